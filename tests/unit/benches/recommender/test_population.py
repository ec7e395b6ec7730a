"""The temporal bench: what is asked lies after what was learnt, and who knows the future is perfect."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO

import numpy as np
import pyarrow as pa
import pytest
from rich.console import Console

from benches.recommender.keeping import Keeping
from benches.recommender.lineup import PUBLISHED, SAYS
from benches.recommender.next_month import OWNER, next_months, of_artists
from benches.recommender.population import contenders, simulated_plays, task_of, tracks_of
from benches.recommender.running import Bench
from benches.recommender.training import invented_matrix
from ml.listeners.catalogue import generate_catalogue
from ml.recommender.evaluation import temporal_split
from ml.recommender.interactions import sorted_item_ids

UNTIL = date(2025, 1, 1)


@pytest.fixture(scope="module")
def catalogue() -> pa.Table:
    return generate_catalogue(1, artists=30, released_before=UNTIL)


@pytest.fixture(scope="module")
def plays(catalogue: pa.Table) -> pa.Table:
    return simulated_plays(catalogue, 6, UNTIL - timedelta(days=20), UNTIL, 1)


def test_what_is_asked_was_first_played_after_the_split(catalogue: pa.Table, plays: pa.Table) -> None:
    split = temporal_split(plays)
    task = task_of(split.train, split.test, tracks_of(catalogue))
    ids = sorted_item_ids(tracks_of(catalogue))
    rows, items = task.relevant.nonzero()
    first = plays.group_by(["listener_id", "track_id"]).aggregate([("started_at", "min")]).to_pylist()
    first_played = {(each["listener_id"], each["track_id"]): each["started_at_min"] for each in first}
    asked = {(task.interactions.listener_ids[row], ids[item]) for row, item in zip(rows, items, strict=True)}
    assert asked == {pair for pair, time in first_played.items() if time >= split.split_at}


def test_everybody_who_takes_part_has_a_name(catalogue: pa.Table, plays: pa.Table) -> None:
    split = temporal_split(plays)
    taking_part = contenders(task_of(split.train, split.test, tracks_of(catalogue)))
    assert set(taking_part) <= set(SAYS)
    assert {"popularity", "own_history", PUBLISHED} <= set(taking_part)


def an_owner(catalogue: pa.Table, simulated: pa.Table) -> pa.Table:
    """Plays one catalogue track a day, and one by an artist of whom only these plays tell."""
    known = catalogue["track_id"].to_pylist()
    rows = [
        {
            "listener_id": OWNER,
            "track_id": known[day] if day % 2 else f"own-{day}",
            "artist_name": catalogue["artist_name"][day].as_py() if day % 2 else "Nobody Else",
            "started_at": datetime(2024, 12, 12) + timedelta(days=day),
            "ms_played": 200_000,
            "duration_ms": None,
            "skipped": False,
            "license_class": "spotify_export",
        }
        for day in range(19)
    ]
    return pa.Table.from_pylist(rows, schema=simulated.schema)


def test_a_discovery_is_within_reach_where_the_catalogue_or_the_past_knows_it(
    catalogue: pa.Table, plays: pa.Table
) -> None:
    plays = plays.select(
        ["listener_id", "track_id", "artist_name", "started_at", "ms_played", "duration_ms", "skipped", "license_class"]
    )
    bench = Bench(Keeping(None), Console(file=StringIO()))
    everything = pa.concat_tables([plays, an_owner(catalogue, plays)])
    months = [datetime(2024, 12, 20), datetime(2024, 12, 28)]
    found = next_months(bench, "tracks", everything, tracks_of(catalogue), months)
    assert (found.new, found.within_reach) == (8, 4)
    assert [len(measured.ndcg) for measured in found.results["2024-12"].values()] == [1] * len(found.results["2024-12"])
    by_artist, artists = of_artists(everything, tracks_of(catalogue))
    assert "nobody else" in by_artist["track_id"].to_pylist()
    assert "nobody else" not in artists["track_id"].to_pylist()
    named = next_months(bench, "artists", by_artist, artists, months)
    assert named.new <= 4
    assert named.within_reach == named.new


def test_matrices_for_training_have_features_and_no_item_twice() -> None:
    interactions, features = invented_matrix(20, 50, 30)
    assert interactions.weights.has_canonical_format
    assert 1.0 <= interactions.weights.nnz / 20 <= 30
    assert np.diff(features.named.indptr).min() >= 1
