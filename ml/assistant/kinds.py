"""Kinds of things as the semantic layer has them: what a name is a value of, what rows of a kind are grouped by.

Which kind a question asks for is read in planning/; what a kind is called in an answer is told in telling.py.
"""

from __future__ import annotations

from ml.assistant.query import Filter, Kind, Operator

BY_KIND = {
    Kind.ARTIST: "artist",
    Kind.TRACK: "recording",
    Kind.ALBUM: "album",
    Kind.GENRE: "artist__primary_genre",
    Kind.FAMILY: "artist__genre_family",
}
"""What a name of each kind is a value of."""
GROUPS = {
    Kind.ARTIST: ("artist", "artist__name"),
    Kind.TRACK: ("recording", "recording__name", "recording__artist_name"),
    Kind.ALBUM: ("album", "album__name", "album__artist_name"),
    Kind.GENRE: ("artist__primary_genre",),
    Kind.FAMILY: ("artist__genre_family",),
}
"""What a ranking of each kind is grouped by: ids, so that two of one name stay two, and the names that are shown."""
NAMELESS = {
    Kind.ALBUM: Filter(dimension="album", operator=Operator.KNOWN),
    Kind.GENRE: Filter(dimension="artist__primary_genre", operator=Operator.NOT_IN, values=("unclassified",)),
    Kind.FAMILY: Filter(dimension="artist__genre_family", operator=Operator.NOT_IN, values=("unclassified",)),
}
"""What is left out of rankings: plays of which it is not known."""


def of_kind(kind: Kind) -> tuple[tuple[str, ...], tuple[Filter, ...]]:
    """What a ranking of a kind is grouped by, and what it leaves out."""
    return GROUPS[kind], (NAMELESS[kind],) if kind in NAMELESS else ()
