"""What the Dagster UI shows of the tables of a built home: rows, days, charts and where columns come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import pytest

from tests.integration.conftest import Home
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.settings import load_settings

LINEAGE = "dagster/column_lineage"
WITH_CHART = {
    *("gold/fct_plays", "gold/genre_analysis_complete", "gold/monthly_insights_complete", "gold/hour_by_weekday"),
    *("gold/dim_track", "gold/dim_artist", "gold/dim_album", "silver/plays", "recommender/evaluation"),
}
READ_BY_HAND: Mapping[tuple[str, str], set[str]] = {
    ("bronze/lastfm_scrobbles", "artist_name"): {"raw/lastfm_scrobbles: artist"},
    ("silver/play_ledger", "record_hash"): {"silver/play_records: record_hash"},
    ("silver/play_ledger", "source_row"): {"silver/play_records: source_row", "raw/rejected_records: source_row"},
    ("gold/fct_plays", "ms_played"): {"silver/counted_plays: ms_played"},
    ("gold/fct_plays", "date_key"): {"silver/counted_plays: local_date"},
    ("gold/fct_plays", "completion"): {"silver/counted_plays: ms_played", "silver/counted_plays: length_ms"},
    ("gold/dim_artist", "artist_name"): {"silver/artists: artist_name"},
    ("gold/dim_artist", "primary_genre"): {"enrichment/artist_genres: primary_genre"},
    ("gold/dim_artist", "genre_family"): {"enrichment/genre_taxonomy: family"},
    ("gold/hour_by_weekday", "plays"): set(),
    ("gold/hour_by_weekday", "plays_share"): {"gold/fct_plays: listener_id"},
    ("gold/hour_by_weekday", "iso_weekday"): {"gold/fct_plays: date_key"},
    ("gold/hour_by_weekday", "minutes_listened"): {"gold/fct_plays: ms_heard"},
}
"""Columns whose SQL a person has read."""

Shown = dict[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def specs(built: dict[str, Any]) -> dict[str, dg.AssetSpec]:
    home: Home = built["home"]
    home.apply()
    definitions = build_definitions(load_settings(home=home.path))
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


@pytest.fixture(scope="module")
def shown(built: dict[str, Any], specs: dict[str, dg.AssetSpec]) -> Iterator[Shown]:
    """The metadata of the latest materialization of each asset that has one, as the UI shows it."""
    home: Home = built["home"]
    prepare_dagster_home(home.path / "dagster")
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        latest = {name: instance.get_latest_materialization_event(spec.key) for name, spec in specs.items()}
        yield {
            name: event.asset_materialization.metadata
            for name, event in latest.items()
            if event is not None and event.asset_materialization is not None
        }


def columns(spec: dg.AssetSpec) -> set[str]:
    schema = spec.metadata.get("dagster/column_schema")
    return {column.name for column in schema.columns} if isinstance(schema, dg.TableSchema) else set()


def origins(metadata: Mapping[str, Any]) -> dict[str, set[tuple[str, str]]]:
    by_column = metadata[LINEAGE].value.deps_by_column
    return {name: {(d.asset_key.to_user_string(), d.column_name) for d in deps} for name, deps in by_column.items()}


def test_every_column_of_every_model_says_where_it_comes_from(specs: dict[str, dg.AssetSpec], shown: Shown) -> None:
    models = {name for name, spec in specs.items() if "dbt" in spec.kinds and spec.kinds & {"table", "view"}}
    assert models <= shown.keys()
    for name in models:
        assert origins(shown[name]).keys() == columns(specs[name]), name


def test_columns_come_from_columns_that_exist_in_tables_that_the_model_reads(
    specs: dict[str, dg.AssetSpec], shown: Shown
) -> None:
    followed = 0
    for name in (name for name, metadata in shown.items() if LINEAGE in metadata):
        read = {dep.asset_key.to_user_string() for dep in specs[name].deps}
        for upstream, column in set[tuple[str, str]]().union(*origins(shown[name]).values()):
            assert upstream in read, f"{name} does not read {upstream}"
            assert column in columns(specs[upstream]), f"{name}: {upstream} has no {column}"
            followed += 1
    assert followed > 1000


@pytest.mark.parametrize(("table", "column"), READ_BY_HAND)
def test_columns_that_a_person_has_followed(table: str, column: str, shown: Shown) -> None:
    found = {f"{upstream}: {name}" for upstream, name in origins(shown[table])[column]}
    assert found == READ_BY_HAND[table, column]


def test_lineage_is_kept_with_the_last_day_alone(home: Home, built: dict[str, Any], shown: Shown) -> None:
    key = dg.AssetKey(["silver", "plays"])
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        events = instance.fetch_materializations(key, limit=30).records
    holding = [record.partition_key for record in events if LINEAGE in record.asset_materialization.metadata]  # pyright: ignore[reportOptionalMemberAccess]  # as fetched
    assert LINEAGE in shown["silver/plays"]
    assert 1 <= len(holding) < len(events) / 2


def test_every_table_says_how_many_rows_it_has_and_of_which_days(
    home: Home, specs: dict[str, dg.AssetSpec], shown: Shown
) -> None:
    for name, metadata in shown.items():
        if columns(specs[name]) and name.split("/")[0] in {"bronze", "silver", "gold"}:
            [(rows,)] = home.rows(f"select count(*) from {name.replace('/', '.')}")
            assert metadata["dagster/row_count"].value == rows, name
    for name, column in [("gold/fct_plays", "play_date"), ("gold/daily_listening_summary", "local_date")]:
        [(first, last)] = home.rows(f"select min({column}), max({column}) from {name.replace('/', '.')}")
        told = tuple(shown[name][word].value for word in ("rows_from", "rows_to", "days_of"))
        assert told == (first.isoformat(), last.isoformat(), column)


def test_pictures_say_more(shown: Shown) -> None:
    drawn = {name: metadata["chart"] for name, metadata in shown.items() if "chart" in metadata}
    assert drawn.keys() >= WITH_CHART
    assert "map" in shown["enrichment/genre_clusters"]
    assert "history" in shown["recommender/evaluation"]
    assert all("data:image/svg+xml;base64," in json.dumps(chart.value) for chart in drawn.values())
