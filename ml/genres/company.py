"""How much company genres keep: which are heard in the same contexts (a day of a listener) more than chance has it.

The measure is positive pointwise mutual information, the logarithm of how often two genres meet over how often they
would if nobody cared what goes with what (Church and Hanks 1990; Bullinaria and Levy 2007 on vectors of it). What
becomes of it is in clusters.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.arrow import encode

Floats = NDArray[np.float64]
LEAST_CONTEXTS = 20
"""A genre that is heard in fewer forms no cluster, it joins one. Two halves of the listeners of HetRec's Last.fm group
genres the less alike, the rarer these are: 0.30 where five listeners suffice, 0.48 with twenty (adjusted Rand)."""
LEAST_SHARE_OF_CONTEXTS = 0.002
"""The same, where there are more than ten thousand contexts."""
MOST_COMMON = 500
"""Genres that form clusters, the most often heard: time and memory grow with the square."""
DOUBT = 5.0
"""Meetings as chance has them that every pair is taken to have had besides: one shared day is no attraction."""
_ROUNDS = 100


@dataclass(frozen=True)
class Listening:
    """Plays of genres by contexts; genres are in the order of their names."""

    genres: list[str]
    plays: sp.csr_matrix
    all_contexts: int

    @property
    def contexts(self) -> NDArray[np.int64]:
        """In how many each genre is heard."""
        return np.diff(self.plays.indptr).astype(np.int64)

    @property
    def common(self) -> NDArray[np.int64]:
        """Positions of the genres that are heard often enough to form clusters, in order."""
        contexts = self.contexts
        often = contexts >= max(LEAST_CONTEXTS, LEAST_SHARE_OF_CONTEXTS * self.all_contexts)
        most_heard = np.lexsort((np.arange(len(contexts)), -contexts))
        return np.sort(most_heard[often[most_heard]][:MOST_COMMON])

    def shuffled(self, chance: np.random.Generator) -> Listening:
        """As often heard and as many genres in a context, but whichever chance puts together."""
        plays = np.asarray(self.plays.data, dtype=np.float64)
        context = np.asarray(self.plays.indices, dtype=np.int64)
        genre = chance.permutation(np.repeat(np.arange(len(self.genres)), self.contexts))
        return _listening(self.genres, plays, genre, context, self.all_contexts)


@dataclass(frozen=True)
class Company:
    """The arrays have a row for each genre and a column for each common one."""

    weight: Floats
    """How much of the listening a genre is, every context weighing 1."""
    meets: NDArray[np.bool_]
    """Whether two are ever heard in one context."""
    attraction: Floats
    """0 where they meet no more often than chance has it, and of a genre with itself."""


def listening_of(rows: pa.Table) -> Listening:
    """From rows of `context`, `genre` and `plays` in any order."""
    genres, genre = encode(rows["genre"])
    contexts, context = np.unique(rows["context"].to_numpy(), return_inverse=True)
    plays = rows["plays"].to_numpy().astype(np.float64)
    return _listening(genres, plays, genre, context, len(contexts))


def company_of(listening: Listening, common: NDArray[np.int64]) -> Company:
    """The company that every genre keeps with the common ones."""
    shares = _shares(listening.plays)
    meetings = np.asarray((shares @ shares[common].T).todense())
    itself = common, np.arange(len(common))
    meetings[itself] = 0
    sociable = np.asarray((shares - shares.multiply(shares)).sum(axis=1)).ravel()
    """Of each genre, all of its meetings with others."""
    ease = _ease(sociable)
    expected = ease[:, None] * ease[common]
    heard_with = np.bincount(shares.indices, minlength=listening.all_contexts).astype(np.float64)
    pairs = float((heard_with * (heard_with - 1)).sum())
    doubt = DOUBT * float(sociable.sum()) / pairs if pairs else 1.0
    attraction = np.maximum(np.log((meetings + doubt) / (expected + doubt)), 0)
    attraction[itself] = 0
    return Company(np.asarray(shares.sum(axis=1)).ravel(), meetings > 0, attraction)


def _listening(
    genres: list[str], plays: Floats, genre: NDArray[np.int64], context: NDArray[np.int64], all_contexts: int
) -> Listening:
    matrix = sp.csr_matrix((plays, (genre, context)), shape=(len(genres), all_contexts))
    matrix.sum_duplicates()
    return Listening(genres, matrix, all_contexts)


def _shares(plays: sp.csr_matrix) -> sp.csr_matrix:
    """Of each context the shares of its genres, by the root of their plays.

    So a song on repeat counts less than its plays, and a day of music from morning to night no more than any other.
    """
    roots = plays.copy()
    roots.data = np.sqrt(roots.data)
    totals = np.asarray(roots.sum(axis=0)).ravel()
    roots.data /= totals[roots.indices]
    return roots


def _ease(sociable: Floats) -> Floats:
    """Numbers whose products, pair by pair, are the meetings to be expected; every genre has as many as in truth.

    No genre meets itself, so that the shares alone would expect too little of one that is half of all listening.
    """
    ease = sociable / np.sqrt(max(float(sociable.sum()), 1e-12))
    for _ in range(_ROUNDS):
        ease = np.sqrt(ease * sociable / np.maximum(ease.sum() - ease, 1e-12))
    return ease
