"""The genre of an artist whose family was inferred: within the family the one that most of its company has."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

BLOCK_ARTISTS = 2_000
NO_GENRE = -1


def likeliest_genres(
    contexts: sp.csr_matrix,
    genres: sp.csr_matrix,
    family_of_genre: NDArray[np.int64],
    family: NDArray[np.int64],
) -> NDArray[np.int64]:
    """For each artist a genre of its family, NO_GENRE where nobody in its company has one.

    Args:
        contexts: artists by listeners or playlists; what is stored counts as one.
        genres: artists by genres, weights that say what is known; an artist is no witness of itself.
        family_of_genre: position of each genre's family.
        family: position of each artist's family.
    """
    ones = sp.csr_matrix((np.ones(contexts.nnz, np.float32), contexts.indices, contexts.indptr), contexts.shape)
    degree = np.diff(ones.indptr)
    if not len(family_of_genre):
        return np.full(len(degree), NO_GENRE, dtype=np.int64)
    speaks = sp.diags(np.maximum(degree, 1) ** -0.5)
    known = sp.csr_matrix(speaks @ genres, dtype=np.float32)
    by_context = sp.csr_matrix(ones.T @ known)
    # A context speaks with one voice, however many artists it holds.
    loud = np.asarray(by_context.sum(axis=1)).ravel()
    voice = 1 / np.maximum(loud, 1e-9)
    by_context = sp.csr_matrix(sp.diags(voice) @ by_context)
    own = ones @ voice
    found = np.full(len(degree), NO_GENRE, dtype=np.int64)
    for low in range(0, len(degree), BLOCK_ARTISTS):
        rows = slice(low, low + BLOCK_ARTISTS)
        votes = (ones[rows] @ by_context - sp.diags(own[rows]) @ known[rows]).toarray()
        votes = np.where(family_of_genre == family[rows, None], votes, 0)
        best = votes.argmax(axis=1)
        found[rows] = np.where(votes[np.arange(len(best)), best] > 1e-6, best, NO_GENRE)
    return found
