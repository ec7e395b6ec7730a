"""A home of which nothing, half or a damaged file is there ends in one line; one without a model says what to run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from ml.assistant.compiling import Compiler, Dialect
from ml.assistant.executing import Executor, MissingTableError, NothingRecommendedError
from ml.assistant.query import SemanticQuery
from tunegenie_assets.assistant.opening import NothingBuiltError, open_assistant, read_only
from tunegenie_assets.settings import Settings, load_settings

RECOMMEND = SemanticQuery.model_validate({"intent": "recommend"})
LISTENER = "create schema gold; create table gold.dim_listener (listener_id varchar, timezone varchar);"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = load_settings(home=tmp_path)
    made.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    return made


def built(settings: Settings, statements: str) -> None:
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(statements)


def error_of(settings: Settings) -> str:
    with pytest.raises(NothingBuiltError) as raised:
        open_assistant(settings, "ada")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_without_a_warehouse_nothing_has_been_built(settings: Settings) -> None:
    assert "nothing has been built yet" in error_of(settings)


def test_without_its_tables_nothing_has_been_built(settings: Settings) -> None:
    built(settings, "create schema gold")
    assert "nothing has been built yet" in error_of(settings)


def test_a_file_that_is_no_warehouse_is_named(settings: Settings) -> None:
    settings.warehouse_path.write_bytes(b"no warehouse" * 1000)
    assert str(settings.warehouse_path) in error_of(settings)


def test_a_table_that_lacks_columns_is_half_built(settings: Settings) -> None:
    built(
        settings,
        "create schema gold; create table gold.dim_listener (listener_id varchar);"
        "create table gold.fct_counted_plays (listener_id varchar)",
    )
    assert "tunegenie rebuild" in error_of(settings)


def test_a_table_that_is_not_there_is_told_apart(settings: Settings) -> None:
    built(settings, LISTENER)
    with pytest.raises(MissingTableError, match="has not been built"):
        read_only(settings).read("select * from gold.dim_artist", ())


@pytest.mark.parametrize("is_made", [True, False])
def test_without_a_model_there_is_nothing_to_recommend(settings: Settings, manifest: str, *, is_made: bool) -> None:
    tables = """
    create schema recommender;
    create table recommender.recommendations (listener_id varchar, track_id varchar, rank integer, reason varchar);
    create table recommender.track_neighbours (
        track_id varchar, neighbour_id varchar, rank integer, similarity double, reason varchar
    );
    create table gold.fct_counted_plays (listener_id varchar, track_id varchar, recording_key varchar);
    create table gold.dim_artist (artist_id varchar, artist_name varchar, primary_genre varchar);
    create table gold.dim_track (
        track_id varchar, track_name varchar, artist_id varchar, artist_name varchar, recording_key varchar
    );
    """
    built(settings, LISTENER + (tables if is_made else ""))
    executor = Executor(Compiler.of(manifest, Dialect.DUCKDB), read_only(settings), "ada")
    with pytest.raises(NothingRecommendedError, match="run tunegenie train"):
        executor.run(RECOMMEND, as_of=date(2024, 1, 1))
