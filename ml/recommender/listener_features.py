"""What is known of a listener besides the tracks they play: where they are, for how long they listen, what they like.

A missing value gives no feature. How a model scales and combines them is the model's business.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from ml.arrow import encode, positions
from ml.recommender.features import NO_GENRE
from ml.recommender.interactions import InteractionMatrix

LISTENER_FEATURES_SCHEMA = pa.schema([("listener_id", pa.string()), ("feature", pa.string()), ("weight", pa.float64())])
DAYS_OF_A_YEAR = 365
OLDEST_YEARS = 5
TASTE_GENRES = 5


def build_listener_features(listeners: pa.Table, interactions: pa.Table, tracks: pa.Table, *, as_of: date) -> pa.Table:
    """LISTENER_FEATURES of the listeners, sorted by listener and feature.

    Args:
        listeners: listener_id, country, timezone, joined_date; any of the last three may be null.
        interactions: listener_id, track_id, weight.
        tracks: track_id, primary_genre.
        as_of: the day on which accounts are so many years old.

    `country:`, `zone:` and `account:` (whole years, at most 5) weigh 1; the five genres `taste:` that a listener likes
    best share another 1 as they share the listener's weights.
    """
    people = listeners.select(["listener_id", "country", "timezone", "joined_date"]).to_pandas()
    age = (pd.Timestamp(as_of) - pd.to_datetime(people["joined_date"])).dt.days // DAYS_OF_A_YEAR
    years = age.clip(0, OLDEST_YEARS).map(lambda value: None if pd.isna(value) else str(int(value)))
    parts = [
        _one_each(people["listener_id"], kind, values)
        for kind, values in (("country", people["country"]), ("zone", people["timezone"]), ("account", years))
    ]
    rows = pd.concat([*parts, _tastes(interactions, tracks, people["listener_id"])])
    rows = rows.sort_values(["listener_id", "feature"])
    return pa.Table.from_pandas(rows, LISTENER_FEATURES_SCHEMA, preserve_index=False)


def listener_matrix(listener_features: pa.Table, interactions: InteractionMatrix) -> sparse.csr_matrix:
    """LISTENER_FEATURES as float32 of shape (listeners of the interactions, features); strangers are left out."""
    row = positions(listener_features["listener_id"], interactions.listener_ids)
    names, column = encode(listener_features["feature"])
    known = row >= 0
    weights = listener_features["weight"].to_numpy().astype(np.float32)[known]
    shape = (len(interactions.listener_ids), len(names))
    return sparse.csr_matrix((weights, (row[known], column[known])), shape=shape)


def _one_each(listener_ids: pd.Series, kind: str, values: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"listener_id": listener_ids, "feature": values, "weight": 1.0}).dropna(subset=["feature"])
    return rows.assign(feature=f"{kind}:" + rows["feature"].astype(str))


def _tastes(interactions: pa.Table, tracks: pa.Table, listener_ids: pd.Series) -> pd.DataFrame:
    genres = tracks.select(["track_id", "primary_genre"]).to_pandas()
    genres = genres[~genres["primary_genre"].fillna("").str.strip().str.lower().isin(NO_GENRE)]
    likes = interactions.select(["listener_id", "track_id", "weight"]).to_pandas()
    likes = likes[likes["listener_id"].isin(listener_ids)].merge(genres, on="track_id")
    tastes = likes.groupby(["listener_id", "primary_genre"], as_index=False)["weight"].sum()
    tastes = tastes[tastes["weight"] > 0].sort_values(
        ["listener_id", "weight", "primary_genre"], ascending=[True, False, True]
    )
    tastes = tastes.groupby("listener_id").head(TASTE_GENRES)
    tastes["weight"] /= tastes.groupby("listener_id")["weight"].transform("sum")
    return tastes.assign(feature="taste:" + tastes["primary_genre"])[["listener_id", "feature", "weight"]]
