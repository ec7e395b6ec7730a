"""Names that come without a question, from a language model or another program, among what a listener has heard."""

from __future__ import annotations

from collections.abc import Mapping

from ml.assistant.names.index import NameIndex
from ml.assistant.names.meant import Name
from ml.assistant.query import Kind

WORDS: Mapping[Kind, str] = {Kind.ARTIST: "artist", Kind.TRACK: "song", Kind.ALBUM: "album"}
"""What introduces a name of each kind in a question."""
LONGEST_SHOWN = 80
SHOWN = 3
_QUOTES = str.maketrans("", "", '"“”„«»')


class NameNotFoundError(Exception):
    """A name is of nothing that was heard, or could be several things; the message says which, and what is near."""


def named(index: NameIndex, name: str, kind: Kind, by: str = "") -> Name:
    """The one thing of a kind that a name names, of an artist where one is given.

    Raises:
        NameNotFoundError: there is none, or there are several.
    """
    text = f'the {WORDS[kind]} "{name.translate(_QUOTES)}"' + (f' by "{by.translate(_QUOTES)}"' if by else "")
    mentions = index.find(text)
    candidates = [one for mention in mentions for one in mention.candidates if one.kind is kind]
    asked = repr(name[:LONGEST_SHOWN])
    if not candidates:
        near = _listed([called(one) for one in index.suggest(name, kind)])
        raise NameNotFoundError(f"no {WORDS[kind]} {asked} has been heard" + (f"; spelt alike: {near}" if near else ""))
    if any(mention.is_ambiguous for mention in mentions):
        raise NameNotFoundError(f"{asked} could be {_listed([called(one) for one in candidates])}; say by whom")
    return candidates[0]


def called(name: Name) -> str:
    return f"{name.name} by {name.by}" if name.by else name.name


def _listed(names: list[str]) -> str:
    return ", ".join(list(dict.fromkeys(names))[:SHOWN])
