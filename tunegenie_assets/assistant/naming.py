"""Names that come without a question, from a language model or another program, among what a listener has heard."""

from __future__ import annotations

from collections.abc import Mapping

from ml.assistant.names.folding import key_of
from ml.assistant.names.index import NameIndex
from ml.assistant.names.meant import Name
from ml.assistant.planning.wording import LONGEST_QUESTION
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
    asked = repr(name[:LONGEST_SHOWN])
    if len(name) + len(by) > LONGEST_QUESTION:
        raise NameNotFoundError(f"no {WORDS[kind]} {asked} … has been heard: that is no name")
    mentions = index.find(f'the {WORDS[kind]} "{name.translate(_QUOTES)}"')
    of_kind = [one for mention in mentions for one in mention.candidates if one.kind is kind]
    candidates = [one for one in of_kind if not by or key_of(one.by) == key_of(by)]
    if not candidates:
        near = _listed([called(one) for one in of_kind or index.suggest(name, kind)])
        raise NameNotFoundError(f"no {WORDS[kind]} {asked} has been heard" + (f"; spelt alike: {near}" if near else ""))
    if len(candidates) > 1 and any(mention.is_ambiguous for mention in mentions):
        raise NameNotFoundError(f"{asked} could be {_listed([called(one) for one in candidates])}; say by whom")
    return candidates[0]


def called(name: Name) -> str:
    return f"{name.name} by {name.by}" if name.by else name.name


def _listed(names: list[str]) -> str:
    return ", ".join(list(dict.fromkeys(names))[:SHOWN])
