"""Are clusters of genres a matter of chance? Two halves of the listeners are grouped by themselves and compared.

A genre is the foremost tag of an artist, a context one listener, and how many artists of the genre they hear the plays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from benches.genres.hetrec import Tagged
from ml.genres.clusters import cluster_genres
from ml.genres.company import listening_of


def agreement(tagged: Tagged, seeds: range) -> dict[str, float]:
    """Clusters of all listeners, and how alike two halves of them group the genres that are common in both."""
    rows = _heard(tagged)
    indices: list[float] = []
    for seed in seeds:
        listeners = rows["context"].to_numpy()
        of_first = (np.random.default_rng(seed).random(int(listeners.max()) + 1) < 0.5)[listeners]
        one, other = _formed(rows[of_first]), _formed(rows[~of_first])
        both = sorted(one.keys() & other.keys())
        indices.append(adjusted_rand([one[genre] for genre in both], [other[genre] for genre in both]))
    whole = cluster_genres(_table(rows))
    return {
        "clusters": whole.count,
        "cluster_silhouette": whole.silhouette,
        "cluster_agreement": float(np.mean(indices)),
    }


def adjusted_rand(one: Sequence[str], other: Sequence[str]) -> float:
    """Of two groupings of the same things: 1 if they are the same, 0 on average if drawn (Hubert and Arabie 1985)."""
    table = pd.crosstab(pd.Series(one, dtype=object), pd.Series(other, dtype=object)).to_numpy()
    pairs, by_one, by_other, total = (
        float((counts * (counts - 1) / 2).sum())
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    expected = by_one * by_other / total
    most = (by_one + by_other) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def _heard(tagged: Tagged) -> pd.DataFrame:
    entries = sp.coo_matrix(tagged.world.plays)
    genre = np.asarray(tagged.genres.argmax(axis=1)).ravel()[entries.row]
    heard = pd.DataFrame({"context": entries.col, "genre": genre})[tagged.world.labels.is_known[entries.row]]
    return heard.groupby(["context", "genre"], as_index=False).size()


def _formed(rows: pd.DataFrame) -> dict[str, str]:
    """The cluster of each genre that is common among these listeners."""
    heard = _table(rows)
    listening = listening_of(heard)
    common = {listening.genres[genre] for genre in listening.common}
    found = cluster_genres(heard).table
    return {
        genre: cluster
        for genre, cluster in zip(found["genre"].to_pylist(), found["genre_cluster"].to_pylist(), strict=True)
        if genre in common
    }


def _table(rows: pd.DataFrame) -> pa.Table:
    genres = [str(genre) for genre in rows["genre"]]
    return pa.table({"context": rows["context"].to_numpy(), "genre": genres, "plays": rows["size"].to_numpy()})
