"""Which of several things of one name is meant, and when nothing decides.

In this order: the kind that the words around the name ask for; things that are one to a listener (a family and its
genre, a band and its album of that name, a single and its song) count once; a name as it was written before one that
is only spelt alike; then whatever is played ten times as much as all others. What is left is ambiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.assistant.names.folding import bare_title, key_of
from ml.assistant.query import Kind

TITLES = (Kind.TRACK, Kind.ALBUM)
DECIDES = 10
"""So many times the plays of every other thing of the name leave no doubt."""
_ORDER = {kind: place for place, kind in enumerate((Kind.ARTIST, Kind.FAMILY, Kind.GENRE, Kind.ALBUM, Kind.TRACK))}


@dataclass(frozen=True)
class Name:
    """One thing that can be named."""

    kind: Kind
    key: str
    name: str
    by: str = ""
    plays: int = 0


def meant(names: Sequence[Name], words: str, kinds: Sequence[Kind] = ()) -> tuple[tuple[Name, ...], bool]:
    """What can be meant, best first, and whether nothing decides between the first and the others.

    Args:
        names: all things of the name.
        words: the name as it was written.
        kinds: what the words around it ask for; empty where they do not say.
    """
    asked = [name for name in names if name.kind in kinds] or list(names)
    left = _apart(_as_written(_without_versions(asked, words), words))
    if not left:
        return (), False
    left.sort(key=lambda name: (_ORDER[name.kind], -name.plays, name.name, name.key))
    most = max(left, key=lambda name: name.plays)
    others = [name for name in left if name is not most]
    if all(_outweighs(most, other) for other in others):
        return (most, *others), False
    first = left[0]
    of_its_rank = [name for name in left[1:] if not _is_genre_before_title(first, name)]
    return (first, *(name for name in left if name is not first)), bool(of_its_rank)


def _outweighs(name: Name, other: Name) -> bool:
    return name.plays >= DECIDES * max(other.plays, 1)


def _is_genre_before_title(name: Name, other: Name) -> bool:
    """Jazz is the genre, whatever song is called so, if it is not played ten times as much."""
    return name.kind in (Kind.FAMILY, Kind.GENRE) and other.kind in TITLES


def _without_versions(names: Sequence[Name], words: str) -> list[Name]:
    """Without the live cut and the remix where the artist has a title that is the name as a whole."""
    key = key_of(words)
    whole = {(name.kind, key_of(name.by)) for name in names if key_of(name.name) == key}
    return [name for name in names if key_of(name.name) == key or (name.kind, key_of(name.by)) not in whole]


def _as_written(names: Sequence[Name], words: str) -> list[Name]:
    """Of one kind, only those that are written like that, where the others are not played ten times as much."""
    wanted = _plain(words)
    left: list[Name] = []
    for name in names:
        same = [other for other in names if other.kind is name.kind and _plain(other.name) == wanted]
        is_other = _plain(name.name) != wanted and _plain(bare_title(name.name)) != wanted
        if not (is_other and same and not all(_outweighs(name, other) for other in same)):
            left.append(name)
    return left


def _apart(names: Sequence[Name]) -> list[Name]:
    """Without what is the same to a listener as another of them."""
    families = {name.key for name in names if name.kind is Kind.FAMILY}
    artists = {key_of(name.name) for name in names if name.kind is Kind.ARTIST}
    left = [
        name
        for name in names
        if not (name.kind is Kind.GENRE and name.key in families)
        and not (name.kind in TITLES and key_of(name.by) in artists)
    ]
    tracks = [name for name in left if name.kind is Kind.TRACK]
    return [name for name in left if name.kind is not Kind.ALBUM or not _is_single(name, tracks)]


def _is_single(album: Name, tracks: Sequence[Name]) -> bool:
    """Whether half of what is heard of the album is its song of that name."""
    return any(key_of(track.by) == key_of(album.by) and 2 * track.plays >= album.plays for track in tracks)


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("\u2019", "'").split())
