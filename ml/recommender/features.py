"""What is known of a track without anybody having played it, as a table and as a sparse matrix.

A missing value gives no feature. Every track has the constant feature, so none is without any: items without features
would flood the top of the lists. How a model scales and combines them is in feature_sets.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode, positions
from ml.errors import InconsistentInputError

ITEM_FEATURES_SCHEMA = pa.schema([("track_id", pa.string()), ("feature", pa.string()), ("weight", pa.float64())])

CONSTANT_FEATURE = "any:track"
AUDIO_FEATURES = ("danceability", "energy", "valence", "acousticness", "instrumentalness")
"""Those that tell kinds of music apart. All nine that a catalogue may have (with speechiness, liveness, tempo and
loudness) took half as long again to train on for no better NDCG@10 among simulated listeners (.117 against .119)."""
NO_GENRE = ("", "unclassified")
POPULARITY_BUCKET = 20
QUINTILES = 5
WEIGHTS = {"any": 0.1, "artist": 2.0, "genre": 1.0, "family": 0.25, "decade": 0.5, "popularity": 0.5}
"""Of genres and families what an artist's have together."""
SHARE_POWER = 2.0
"""Among an artist's genres each weighs by this power of its share: a tail of small ones takes the place of the great
ones in what is learnt (docs/recommender.md)."""
AUDIO_WEIGHT = 0.2
"""The audio features together weigh as much as one genre."""


@dataclass(frozen=True)
class FeatureMatrix:
    """Features of items, as they were weighted, and which items were seen in training."""

    item_ids: NDArray[np.str_]
    feature_names: NDArray[np.str_]
    """One per column."""
    identity_items: NDArray[np.intp]
    """The items (rows) that were seen, ascending: only these may have a feature that stands for themselves."""
    named: sparse.csr_matrix
    """Shape (items, features), all positive."""

    @property
    def unseen_items(self) -> NDArray[np.bool_]:
        """Which items nobody played, shape (items,)."""
        unseen = np.ones(len(self.item_ids), dtype=bool)
        unseen[self.identity_items] = False
        return unseen


def build_item_features(tracks: pa.Table, shares: pa.Table | None = None) -> pa.Table:
    """ITEM_FEATURES of `tracks` (track_id, artist_id, primary_genre, release_year, popularity, audio features).

    With `shares` (GENRE_SHARES) a track has all genres of its artist and their families, the heavier ones more than by
    their shares; without, or where these have nothing of the artist, the primary genre. Audio features become quintiles
    among the tracks that have them, so that units do not matter.
    """
    count = tracks.num_rows
    parts = [
        _rows(tracks, np.full(count, CONSTANT_FEATURE, dtype=object), WEIGHTS["any"]),
        _rows(tracks, _text_feature(tracks["artist_id"], "artist"), WEIGHTS["artist"]),
        *_genre_features(tracks, shares),
        _rows(tracks, _bucket_feature(tracks["release_year"], "decade", 10, suffix="s"), WEIGHTS["decade"]),
        _rows(tracks, _bucket_feature(tracks["popularity"], "popularity", POPULARITY_BUCKET), WEIGHTS["popularity"]),
    ]
    parts += [_rows(tracks, _quintile_feature(tracks[name], name), AUDIO_WEIGHT) for name in AUDIO_FEATURES]
    return pa.concat_tables(parts).sort_by([("track_id", "ascending"), ("feature", "ascending")]).combine_chunks()


def feature_matrix(item_features: pa.Table, item_ids: NDArray[np.str_], seen_items: NDArray[np.bool_]) -> FeatureMatrix:
    """ITEM_FEATURES as a matrix whose rows are `item_ids` (sorted).

    Raises:
        InconsistentInputError: an item has no feature, or a weight is not a positive number.
    """
    row = positions(item_features["track_id"], item_ids)
    names, column = encode(item_features["feature"])
    known = row >= 0
    values = item_features["weight"].to_numpy().astype(np.float64)
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise InconsistentInputError("weights of item features must be positive numbers")
    named = sparse.csr_matrix((values[known], (row[known], column[known])), shape=(len(item_ids), len(names)))
    lacking = np.flatnonzero(np.diff(named.indptr) == 0)
    if len(lacking):
        raise InconsistentInputError(f"{len(lacking)} tracks have no feature, for example {item_ids[lacking[0]]}")
    return FeatureMatrix(item_ids, np.array(names), np.flatnonzero(seen_items), named)


def _rows(tracks: pa.Table, features: NDArray[np.object_], weight: float) -> pa.Table:
    """Long form of one kind of feature; tracks whose feature is None have no row."""
    given = np.array([feature is not None for feature in features], dtype=bool)
    chosen = pa.array(np.flatnonzero(given), pa.int64())
    columns = [
        tracks["track_id"].take(chosen),
        pa.array(features[given], pa.string()),
        pa.array(np.full(int(given.sum()), weight)),
    ]
    return pa.table(columns, schema=ITEM_FEATURES_SCHEMA)


def _genre_features(tracks: pa.Table, shares: pa.Table | None) -> list[pa.Table]:
    primary = _text_feature(tracks["primary_genre"], "genre")
    if shares is None:
        return [_rows(tracks, primary, WEIGHTS["genre"])]
    primary[np.isin(tracks["artist_id"].to_numpy(), shares["artist_id"].to_numpy())] = None
    by_artist = shares.to_pandas()
    by_artist["share"] **= SHARE_POWER
    by_artist["share"] /= by_artist.groupby("artist_id")["share"].transform("sum")
    own = tracks.select(["track_id", "artist_id"]).to_pandas().merge(by_artist, on="artist_id")
    return [_rows(tracks, primary, WEIGHTS["genre"]), *(_shared(own, kind) for kind in ("genre", "family"))]


def _shared(own: pd.DataFrame, kind: str) -> pa.Table:
    """Long form of the genres or families of tracks (track_id, genre, family, share)."""
    sums = own.dropna(subset=[kind]).groupby(["track_id", kind], as_index=False)["share"].sum()
    named = sums.assign(feature=f"{kind}:" + sums[kind], weight=WEIGHTS[kind] * sums["share"])
    return pa.Table.from_pandas(named[ITEM_FEATURES_SCHEMA.names], ITEM_FEATURES_SCHEMA, preserve_index=False)


def _text_feature(column: pa.ChunkedArray, kind: str) -> NDArray[np.object_]:
    names, codes = encode(column)
    labels = [None if name.strip().lower() in NO_GENRE else f"{kind}:{name}" for name in names]
    return np.array([*labels, None], dtype=object)[codes]


def _bucket_feature(column: pa.ChunkedArray, kind: str, width: int, suffix: str = "") -> NDArray[np.object_]:
    """`kind:` and the lower bound of the bucket."""
    values = _floats(column)
    return _labelled(kind, np.floor(values / width) * width, suffix)


def _quintile_feature(column: pa.ChunkedArray, kind: str) -> NDArray[np.object_]:
    """`kind:0` (lowest fifth) to `kind:4`; equal values share a bucket."""
    values = pd.Series(_floats(column))
    # The average rank keeps equal values together; pd.qcut would fail where many values are equal.
    share = values.rank(method="average", pct=True).to_numpy()
    return _labelled(kind, np.minimum(np.ceil(share * QUINTILES) - 1, QUINTILES - 1))


def _labelled(kind: str, buckets: NDArray[np.float64], suffix: str = "") -> NDArray[np.object_]:
    labels = np.full(len(buckets), None, dtype=object)
    given = np.isfinite(buckets)
    values, codes = np.unique(buckets[given].astype(np.int64), return_inverse=True)
    labels[given] = np.array([f"{kind}:{value}{suffix}" for value in values], dtype=object)[codes]
    return labels


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """The column as floats, NaN where null."""
    return column.cast(pa.float64()).to_numpy()
