from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ml.genres.finer import NO_GENRE, likeliest_genres
from tests.unit.ml.genres import graphs

BEBOP, SWING, DOOM = range(3)
FAMILY_OF_GENRE = np.array([0, 0, 1])


def genres(known: dict[int, int], count: int = 2 * graphs.EACH) -> sp.csr_matrix:
    weights = np.zeros((count, 3))
    for artist, genre in known.items():
        weights[artist, genre] = 1
    return sp.csr_matrix(weights)


def test_the_genre_is_what_most_of_the_company_has_within_the_family() -> None:
    known = {1: BEBOP, 2: BEBOP, 4: BEBOP, 5: SWING, 13: DOOM, 14: DOOM}
    family = np.repeat([0, 1], graphs.EACH)
    found = likeliest_genres(graphs.matrix(graphs.communities()), genres(known), FAMILY_OF_GENRE, family)
    assert (found[0], found[12]) == (BEBOP, DOOM)


def test_company_without_a_genre_of_the_family_gives_none() -> None:
    family = np.zeros(2 * graphs.EACH, dtype=np.int64)
    found = likeliest_genres(graphs.matrix(graphs.communities()), genres({13: DOOM}), FAMILY_OF_GENRE, family)
    assert set(found.tolist()) == {NO_GENRE}


def test_an_artist_is_no_witness_of_its_own_genre() -> None:
    family = np.zeros(2 * graphs.EACH, dtype=np.int64)
    heard = graphs.matrix(graphs.communities())
    assert likeliest_genres(heard, genres({1: SWING}), FAMILY_OF_GENRE, family)[1] == NO_GENRE
    assert likeliest_genres(heard, genres({1: SWING, 2: BEBOP}), FAMILY_OF_GENRE, family)[1] == BEBOP
