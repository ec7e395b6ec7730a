"""Clusters of genres over what the demo and the import built: whose listening counts, and that months lose no play."""

from __future__ import annotations

from collections import Counter
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from ml.genres.clusters import UNDIVIDED, cluster_genres
from tests.integration.conftest import Home


@pytest.fixture
def clusters(home: Home) -> dict[str, str]:
    return dict(home.rows("select genre, genre_cluster from enrichment.genre_clusters"))


def test_the_demo_groups_its_genres(home: Home, clusters: dict[str, str]) -> None:
    heard = {genre for (genre,) in home.rows("select distinct primary_genre from silver.listening_enriched")}
    assert len(clusters) >= 8
    assert clusters.keys() <= heard - {"unclassified", "other"}
    named = {name for cluster in clusters.values() for name in cluster.split(", ")}
    strongest = home.rows("select genre from enrichment.genre_clusters where is_strongest")
    assert named in ({genre for (genre,) in strongest}, {UNDIVIDED})


def test_they_are_those_of_the_days_of_simulated_listeners(home: Home) -> None:
    """Nobody knows a genre of what ada hears, so nobody else is left; counted here play by play."""
    plays = home.rows(
        "select listener_id, local_date, primary_genre from silver.listening_enriched "
        "where counts_as_play and primary_genre != 'unclassified' and source != 'spotify_recently_played'"
    )
    assert {listener[:4] for listener, _, _ in plays} == {"sim-"}
    days = {day: number for number, day in enumerate(sorted({(listener, day) for listener, day, _ in plays}))}
    counts = Counter((days[listener, day], genre) for listener, day, genre in plays)
    columns = zip(*((day, genre, count) for (day, genre), count in counts.items()), strict=True)
    found = cluster_genres(pa.table(dict(zip(("context", "genre", "plays"), map(list, columns), strict=True))))
    told = home.rows("select genre, plays, days from enrichment.genre_clusters order by genre")
    assert told == [(row["genre"], row["plays"], row["days"]) for row in found.table.to_pylist()]


def test_the_map_is_on_the_page_of_the_asset(home: Home, clusters: dict[str, str]) -> None:
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["enrichment", "genre_clusters"]))
    assert event is not None and event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert str(metadata["map"].value).startswith("![chart](data:image/svg+xml;base64,")
    assert metadata["genres"].value == len(clusters)
    assert metadata["genre_clusters"].value == len(set(clusters.values()))


def test_every_play_of_a_month_is_in_its_cluster_or_in_none(home: Home, clusters: dict[str, str]) -> None:
    def cluster_of(genre: str) -> str:
        return genre if genre == "unclassified" else clusters.get(genre, "no cluster")

    plays = home.rows(
        "select listener_id, local_date, primary_genre, ms_heard from silver.listening_enriched where counts_as_play"
    )
    expected: Counter[tuple[Any, ...]] = Counter()
    minutes: Counter[tuple[Any, ...]] = Counter()
    for listener, day, genre, ms_heard in plays:
        key = (listener, day.year, day.month, cluster_of(genre))
        expected[key] += 1
        minutes[key] += ms_heard or 0
    found = home.rows(
        "select listener_id, year, month, genre_cluster, plays, minutes_listened, plays_share "
        "from gold.genre_cluster_months"
    )
    assert {tuple(row[:4]): row[4] for row in found} == expected
    assert {key: value / 60000 for key, value in minutes.items()} == pytest.approx(
        {tuple(row[:4]): row[5] or 0 for row in found}
    )
    months = Counter({key[:3]: 0 for key in expected})
    for row in found:
        months[row[:3]] += row[6]
    assert dict(months) == pytest.approx(dict.fromkeys(months, 1))
    assert {row[3] for row in found} >= {"unclassified", *clusters.values()}
