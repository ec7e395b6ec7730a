from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml.recommender.interactions import build_interactions, interaction_matrix
from ml.recommender.listener_features import build_listener_features, listener_matrix
from tests.unit.ml.recommender.samples import play, plays_table, track, tracks_table

LISTENERS = pa.table(
    {
        "listener_id": pa.array(["ada", "bob", "cy"]),
        "country": pa.array(["DE", None, None]),
        "timezone": pa.array(["Europe/Berlin", "UTC", None]),
        "joined_date": pa.array([date(2019, 1, 1), date(2025, 7, 1), None]),
    }
)
TRACKS = tracks_table(
    *[track(f"t{number}", primary_genre=f"genre {number}") for number in range(8)],
    track("u", primary_genre="unclassified"),
)
PLAYS = plays_table(
    *[play("ada", f"t{number}", hour) for number in range(7) for hour in range(number + 1)],
    *[play("ada", "u", hour) for hour in range(50)],
    play("bob", "t1"),
    play("stranger", "t1"),
)


def features() -> dict[str, dict[str, float]]:
    table = build_listener_features(LISTENERS, build_interactions(PLAYS), TRACKS, as_of=date(2026, 1, 1))
    found: dict[str, dict[str, float]] = {}
    for row in table.to_pylist():
        found.setdefault(row["listener_id"], {})[row["feature"]] = row["weight"]
    return found


def test_what_is_known_of_a_listener_is_a_feature_and_what_is_not_is_none() -> None:
    found = features()
    assert {name: weight for name, weight in found["ada"].items() if not name.startswith("taste:")} == {
        "country:DE": 1.0, "zone:Europe/Berlin": 1.0, "account:5": 1.0,
    }  # fmt: skip
    assert found["bob"] == {"zone:UTC": 1.0, "account:0": 1.0, "taste:genre 1": 1.0}
    assert set(found) == {"ada", "bob"}


def test_taste_is_the_five_genres_that_are_played_most_as_they_share_the_listening() -> None:
    tastes = {name: weight for name, weight in features()["ada"].items() if name.startswith("taste:")}
    assert set(tastes) == {f"taste:genre {number}" for number in (2, 3, 4, 5, 6)}
    assert sum(tastes.values()) == pytest.approx(1.0)
    assert tastes["taste:genre 6"] == max(tastes.values())


def test_the_matrix_has_a_row_for_each_listener_of_the_interactions() -> None:
    items = np.array(sorted(TRACKS["track_id"].to_pylist()))
    interactions = interaction_matrix(build_interactions(PLAYS), items)
    table = build_listener_features(LISTENERS, build_interactions(PLAYS), TRACKS, as_of=date(2026, 1, 1))
    matrix: Any = listener_matrix(table, interactions)
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    assert dict(zip(interactions.listener_ids.tolist(), sums.tolist(), strict=True)) == {
        "ada": pytest.approx(4.0), "bob": pytest.approx(3.0), "stranger": 0.0,
    }  # fmt: skip
