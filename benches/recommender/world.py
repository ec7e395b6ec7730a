"""Who listens to which artist how often, and who gave which tag: HetRec 2011 Last.fm-2K, or a small invented world.

The file is read in place and never kept. What is held out, and what a model may see of it, is in splits.py.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from benches.genres.invented import invented_world
from benches.processes import BenchError

FILE = "hetrec2011_lastfm_2k.zip"


@dataclass(frozen=True)
class World:
    title: str
    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    counts: sparse.csr_matrix
    """Shape (listeners, items): how often each was played."""
    tagger: NDArray[np.int64]
    """Of each tag that was given, the listener; -1 for one who listens to nothing."""
    tagged: NDArray[np.int64]
    """The item."""
    tag: NDArray[np.int64]
    """The tag."""


def read_hetrec(path: Path) -> World:
    """Listeners and artists in the order of their numbers.

    Raises:
        BenchError: the file is not what it should be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            played = _table(archive, "user_artists.dat")
            given = _table(archive, "user_taggedartists.dat")
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise BenchError(f"{path} is no HetRec Last.fm-2K: {error}") from error
    listeners, row = np.unique(played["userID"], return_inverse=True)
    items, column = np.unique(played["artistID"], return_inverse=True)
    counts = sparse.csr_matrix(
        (played["weight"].to_numpy(np.float64), (row, column)), shape=(len(listeners), len(items))
    )
    given = given[given["artistID"].isin(items)]
    return World(
        title="HetRec Last.fm-2K",
        listener_ids=_ids(len(listeners)),
        item_ids=_ids(len(items)),
        counts=counts,
        tagger=_places(given["userID"].to_numpy(), listeners),
        tagged=_places(given["artistID"].to_numpy(), items),
        tag=given["tagID"].to_numpy(np.int64),
    )


def invented(items: int = 1_200, listeners: int = 400, edges: int = 14_000, seed: int = 1) -> World:
    """Listeners who keep to two families of artists, and tag some of these with the family or with anything."""
    drawn = invented_world(items, listeners, edges, families=12, seed=seed)
    chance = np.random.default_rng(seed)
    if drawn.plays is None:
        raise BenchError("an invented world has plays")
    plays = sparse.csr_matrix(drawn.plays.T, dtype=np.float64)
    plays.data = np.ceil(np.exp(chance.normal(5.0, 1.2, plays.nnz)))
    plays.sort_indices()
    cells = plays.tocoo()
    chosen = np.flatnonzero(chance.random(plays.nnz) < 0.5)
    family = drawn.labels.weights.argmax(axis=1)[cells.col[chosen]]
    # Two tags for each family, which say the same, and twenty that say nothing.
    says = chance.random(len(chosen)) < 0.8
    tag = np.where(says, 2 * family + chance.integers(0, 2, len(chosen)), 24 + chance.integers(0, 20, len(chosen)))
    return World(
        title="invented",
        listener_ids=_ids(listeners),
        item_ids=_ids(items),
        counts=plays,
        tagger=cells.row[chosen].astype(np.int64),
        tagged=cells.col[chosen].astype(np.int64),
        tag=tag,
    )


def _ids(count: int) -> NDArray[np.str_]:
    """Names whose order is that of the numbers."""
    return np.array([f"{number:06d}" for number in range(count)])


def _places(values: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    place = np.minimum(np.searchsorted(among, values), len(among) - 1)
    return np.where(among[place] == values, place, -1)


def _table(archive: zipfile.ZipFile, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(archive.read(name)), sep="\t")
