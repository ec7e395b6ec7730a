"""Names that are nearly spelt as asked: within one or two typos, or merely the nearest there are.

The letters of a name are bits of one number; a typo changes at most two of them. That rules out nearly all of 200,000
names in a fraction of a millisecond, and only for the others the typos are counted (rapidfuzz).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters: of three, one typo is too much."""
LONG = 8
_LEAST_ALIKE = 50.0
"""Of a hundred, where a name is to be suggested."""
_BITS = 64


def typos_allowed(letters: int) -> int:
    """One in four to seven letters, two in more."""
    if letters < SHORTEST:
        return 0
    return 1 if letters < LONG else 2


def typos_between(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped; `most` + 1 where there are more."""
    return OSA.distance(one, other, score_cutoff=most)


class NearNames:
    """The keys of names by length, and the letters of each."""

    def __init__(self, keys: list[str]) -> None:
        lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        order = np.argsort(lengths, kind="stable")
        self._keys = [keys[place] for place in order.tolist()]
        self._begins = np.searchsorted(lengths[order], np.arange(int(lengths.max(initial=0)) + 2))
        self._letters = _letters(self._keys, lengths[order])

    def within(self, key: str) -> list[tuple[int, str]]:
        """The typos and the key of each name that is near enough, the nearest first."""
        most = typos_allowed(len(key))
        if not most:
            return []
        shortest, longest = max(SHORTEST, len(key) - most), len(key) + most
        last = len(self._begins) - 1
        begin, end = int(self._begins[min(shortest, last)]), int(self._begins[min(longest + 1, last)])
        apart = np.bitwise_count(self._letters[begin:end] ^ _bits(key))
        alike = [self._keys[place] for place in (np.flatnonzero(apart <= 2 * most) + begin).tolist()]
        found = process.extract(key, alike, scorer=OSA.distance, score_cutoff=most, limit=None)
        return sorted((int(typos), other) for other, typos, _ in found if typos)

    def nearest(self, key: str, count: int) -> list[str]:
        """The keys that are most alike, however far; none where nothing is alike at all."""
        found = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=count)
        return [name for name, _, _ in found]


def _bits(key: str) -> np.uint64:
    return np.uint64(sum({1 << (ord(letter) % _BITS) for letter in key}))


def _letters(keys: list[str], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The same for all keys at once; none of them is empty."""
    if not keys:
        return np.array([], dtype=np.uint64)
    codes = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits = np.left_shift(np.uint64(1), (codes % _BITS).astype(np.uint64))
    return np.bitwise_or.reduceat(bits, np.concatenate(([0], np.cumsum(lengths)[:-1])))
