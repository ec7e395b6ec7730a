"""Names and genre words brought to one spelling, so that sources that write them differently meet."""

from __future__ import annotations

import unicodedata


def normalise_name(name: str) -> str:
    """The name in Unicode NFKC, without case, runs of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def normalise_genre(genre: str) -> str:
    """The genre in lower case, without white space at the ends."""
    return genre.strip().lower()
