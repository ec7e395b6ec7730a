from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.resources.imports import import_one
from tests.unit.resources.samples import warehouse_in
from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.unfinished import unfinished_listeners


class Warehouse:
    """The three tables that tell what of a listener's records has arrived, as dbt would build them."""

    def __init__(self, folder: Path) -> None:
        self.tables = warehouse_in(folder)
        self._path = folder / "warehouse.duckdb"

    def build(
        self,
        *,
        fates: list[str],
        facts: list[bool],
        daily: int,
        source_file: str = "a/0000",
        member_name: str = "'a.json'",
    ) -> None:
        with duckdb.connect(str(self._path)) as connection:
            for statement in (
                "create schema if not exists landing",
                "create or replace table landing.archive_files (listener_id text, source_file text, member_name text)",
                f"insert into landing.archive_files values ('ada', 'a/0000', {member_name})",
                "create schema if not exists silver",
                "create schema if not exists gold",
                """
                create or replace table silver.play_ledger
                    (listener_id text, source text, source_file text, fate text)
                """,
                "create or replace table gold.fct_plays (listener_id text, counts_as_play boolean)",
                "create or replace table gold.daily_listening_summary (listener_id text, total_plays bigint)",
            ):
                connection.execute(statement)
            for fate in fates:
                connection.execute(
                    "insert into silver.play_ledger values ('ada', 'spotify_extended_history', ?, ?)",
                    [source_file, fate],
                )
            for counts in facts:
                connection.execute("insert into gold.fct_plays values ('ada', ?)", [counts])
            connection.execute("insert into gold.daily_listening_summary values ('ada', ?)", [daily])


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_listeners_are_unfinished_until_all_records_arrived(
    store: ArchiveStore, warehouse: Warehouse, tmp_path: Path
) -> None:
    assert unfinished_listeners(store, warehouse.tables) == set()
    import_one(store, write_zip(tmp_path / "a.zip", {AUDIO: [record(), record(ms_played=1), record(ms_played=-1)]}))
    assert unfinished_listeners(store, warehouse.tables) == {"ada"}
    warehouse.build(fates=["kept", "kept", "unparseable"], facts=[True, False], daily=1)
    assert unfinished_listeners(store, warehouse.tables) == set()


@pytest.mark.parametrize(
    ("fates", "facts", "daily"),
    [
        (["kept", "kept"], [True, True], 2),
        (["kept", "kept", "unparseable"], [True], 1),
        (["kept", "kept", "unparseable"], [True, False], 2),
        (["kept", "kept", "unparseable"], [], 0),
    ],
)
def test_any_difference_makes_a_listener_unfinished(
    store: ArchiveStore, warehouse: Warehouse, tmp_path: Path, *, fates: list[str], facts: list[bool], daily: int
) -> None:
    import_one(store, write_zip(tmp_path / "a.zip", {AUDIO: [record(), record(ms_played=1), record(ms_played=-1)]}))
    warehouse.build(fates=fates, facts=facts, daily=daily)
    assert unfinished_listeners(store, warehouse.tables) == {"ada"}


@pytest.mark.parametrize(("source_file", "member_name"), [("a/ada.json", "'a.json'"), ("a/0000", "null")])
def test_records_that_name_their_file_as_an_earlier_version_did_are_missing(
    store: ArchiveStore, warehouse: Warehouse, history: Path, source_file: str, member_name: str
) -> None:
    import_one(store, history)
    arrived: dict[str, Any] = {"fates": ["kept", "kept"], "facts": [True, True], "daily": 2}
    warehouse.build(**arrived)
    assert unfinished_listeners(store, warehouse.tables) == set()
    warehouse.build(**arrived, source_file=source_file, member_name=member_name)
    assert unfinished_listeners(store, warehouse.tables) == {"ada"}


@pytest.mark.parametrize("shape", [("gold.fct_plays", "counts_as_play"), ("landing.archive_files", "member_name")])
def test_warehouse_of_an_earlier_shape_is_unfinished(
    store: ArchiveStore, warehouse: Warehouse, history: Path, tmp_path: Path, shape: tuple[str, str]
) -> None:
    table, column = shape
    import_one(store, history)
    warehouse.build(fates=["kept", "kept"], facts=[True, True], daily=2)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(f"alter table {table} add column other bigint")
        connection.execute(f"alter table {table} drop column {column}")
    assert unfinished_listeners(store, warehouse.tables) == {"ada"}
