"""Pieces of artists' names, as contexts that artists share: words, letters in a row, the script they are written in.

Which family a piece speaks for is learnt from the artists whose family is known (neighbours.py); the patterns that hold
without having been learnt are NAME_PATTERNS in artists.py.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import scipy.sparse as sp

from ml.genres.names import normalise_name

LETTERS_IN_A_ROW = (3, 4)
MOST_LETTERS = 60
"""Of a name that are looked at: a longer one is a title or a mistake."""


def name_matrix(names: Sequence[str]) -> sp.csr_matrix:
    """Artists by pieces of their names, 1 where a name has the piece."""
    places: dict[str, int] = {}
    columns = array("i")
    ends = np.zeros(len(names) + 1, dtype=np.int64)
    for row, name in enumerate(names):
        columns.extend(places.setdefault(piece, len(places)) for piece in dict.fromkeys(pieces(name)))
        ends[row + 1] = len(columns)
    entries = np.ones(len(columns), dtype=np.float32)
    return sp.csr_matrix((entries, np.array(columns, dtype=np.int32), ends), (len(names), len(places)))


def pieces(name: str) -> Iterator[str]:
    """The pieces of one name; some may come twice."""
    words = re.findall(r"\w+", normalise_name(name[:MOST_LETTERS]))
    if not words:
        return
    yield f"first {words[0]}"
    yield f"last {words[-1]}"
    yield f"{min(len(words), 5)} words"
    yield from (f"word {word}" for word in words)
    framed = f"^{' '.join(words)}$"
    for length in LETTERS_IN_A_ROW:
        yield from (framed[first : first + length] for first in range(len(framed) - length + 1))
    yield from (script(letter) for letter in framed if not letter.isascii())
    if name.isupper():
        yield "capitals only"
    if name.islower():
        yield "no capitals"


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """LATIN, CYRILLIC, HIRAGANA: the first word of the letter's name in Unicode."""
    return unicodedata.name(letter, "unnamed").split()[0]
