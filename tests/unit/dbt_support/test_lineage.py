from __future__ import annotations

import json
from pathlib import Path

import pytest

from tunegenie_assets.dbt_support.lineage import FILE, KnownOrigins, origins_of, tables_of

TABLES = {
    "silver": {
        "plays": {"play_id": "varchar", "ms_played": "bigint", "artist_id": "varchar", "source": "varchar"},
        "artists": {"artist_id": "varchar", "artist_name": "varchar"},
    },
    "raw": {
        "scrobbles": {"artist": "varchar", "title": "varchar"},
        "listens": {"artist": "varchar", "name": "varchar"},
    },
}
PLAYED = ("silver", "plays", "ms_played")


def told(sql: str, *columns: str, dialect: str = "duckdb") -> dict[str, set[str]]:
    """Origins as `schema.table.column`, by column."""
    found = origins_of(sql, list(columns), TABLES, dialect)
    return {column: {".".join(origin) for origin in origins} for column, origins in found.items()}


@pytest.mark.parametrize(
    ("sql", "origins"),
    [
        ("select ms_played as x from silver.plays", {"silver.plays.ms_played"}),
        ("select p.ms_played as x from warehouse.silver.plays p", {"silver.plays.ms_played"}),
        ('select "p"."ms_played" as x from "warehouse"."silver"."plays" "p"', {"silver.plays.ms_played"}),
        ("select count(*) as x from silver.plays", set[str]()),
        ("select 'none' as x from silver.plays", set[str]()),
        (
            "select sum(ms_played) / count(distinct play_id) as x from silver.plays where source = 'a'",
            {"silver.plays.ms_played", "silver.plays.play_id"},
        ),
        (
            "with a as (select * from silver.plays), b as (select *, ms_played / 2 as h from a) select h as x from b",
            {"silver.plays.ms_played"},
        ),
        (
            "select coalesce(artist_name, play_id) as x from silver.plays join silver.artists using (artist_id)",
            {"silver.artists.artist_name", "silver.plays.play_id"},
        ),
        # Parts of a union agree by place, not by name.
        (
            "select x from (select title as x, 1 from raw.scrobbles union all select artist, 2 from raw.listens)",
            {"raw.scrobbles.title", "raw.listens.artist"},
        ),
        (
            (
                "select title as x from raw.scrobbles "
                "union all (select name from raw.listens union all select artist from raw.listens)"
            ),
            {"raw.scrobbles.title", "raw.listens.name", "raw.listens.artist"},
        ),
        # A subquery of one value, and one that looks at the row around it; what it only compares is no origin.
        (
            (
                "select (select max(a.artist_name) from silver.artists a where a.artist_id = p.artist_id) as x "
                "from silver.plays p"
            ),
            {"silver.artists.artist_name"},
        ),
        (
            "select (select p.ms_played + count(*) from silver.artists a) as x from silver.plays p",
            {"silver.plays.ms_played"},
        ),
        ("select exists (select 1 from silver.artists) as x", set[str]()),
        (
            "select row_number() over (partition by artist_id order by ms_played) as x from silver.plays",
            {"silver.plays.artist_id", "silver.plays.ms_played"},
        ),
        (
            "select word as x from silver.artists, unnest(string_split(artist_name, ' ')) as words(word)",
            {"silver.artists.artist_name"},
        ),
        ("select ms_played as source, source as x from silver.plays", {"silver.plays.source"}),
    ],
)
def test_values_are_followed_to_the_tables_they_come_from(sql: str, origins: set[str]) -> None:
    assert told(sql, "x") == {"x": origins}


def test_names_of_snowflake_are_the_same_in_upper_case() -> None:
    sql = "with P as (select * from TUNEGENIE.SILVER.PLAYS) select sum(ms_played) as MS from p"
    assert told(sql, "ms", dialect="snowflake") == {"ms": {"silver.plays.ms_played"}}


@pytest.mark.parametrize(
    "sql",
    [
        "select x from silver.unheard_of",
        "select nothing as x from silver.plays",
        "select columns(*) from silver.plays",
        "select y from (select 1 as y)",
        (
            "with recursive x_of as (select ms_played as x from silver.plays union all select x + 1 from x_of) "
            "select x from x_of"
        ),
        "select from where",
    ],
)
def test_what_cannot_be_followed_is_left_out(sql: str) -> None:
    assert told(sql, "x") == {}


def test_the_others_are_told_beside_it() -> None:
    assert told("select nothing as x, ms_played as y from silver.plays", "x", "y") == {"y": {"silver.plays.ms_played"}}


def test_tables_are_those_of_the_manifest() -> None:
    column = {"ms": {"data_type": "bigint"}, "what": {"data_type": None}}
    manifest = {
        "nodes": {
            "model.a": {"resource_type": "model", "schema": "silver", "alias": "plays", "columns": column},
            "test.a": {"resource_type": "test", "schema": "x", "alias": "y", "columns": {}},
        },
        "sources": {"source.a": {"resource_type": "source", "schema": "raw", "identifier": "pages", "columns": {}}},
    }
    assert tables_of(manifest) == {"silver": {"plays": {"ms": "bigint", "what": "varchar"}}, "raw": {"pages": {}}}


def known(folder: Path, project: str = "one") -> KnownOrigins:
    return KnownOrigins(folder / FILE, project, {**TABLES, "gold": {"days": {"ms": "bigint"}}}, "duckdb")


def test_what_was_worked_out_is_kept_for_every_window(tmp_path: Path) -> None:
    sql = "select ms_played as ms from silver.plays where play_id > '{}'"
    assert known(tmp_path).of({"gold.days": sql.format("2024-01-01")}) == {"gold.days": {"ms": frozenset({PLAYED})}}
    first = (tmp_path / FILE).read_text()
    assert known(tmp_path).of({"gold.days": sql.format("it''s 2025")}) == {"gold.days": {"ms": frozenset({PLAYED})}}
    assert (tmp_path / FILE).read_text() == first
    # It is what is read.
    (tmp_path / FILE).write_text(first.replace("ms_played", "play_id"))
    [origin] = known(tmp_path).of({"gold.days": sql})["gold.days"]["ms"]
    assert origin == ("silver", "plays", "play_id")


def test_another_project_and_a_broken_file_begin_anew(tmp_path: Path) -> None:
    sql = {"gold.days": "select ms_played as ms from silver.plays"}
    known(tmp_path).of(sql)
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace("ms_played", "play_id"))
    assert known(tmp_path, "two").of(sql)["gold.days"]["ms"] == {PLAYED}
    assert json.loads((tmp_path / FILE).read_text())["project"] == "two"
    (tmp_path / FILE).write_text("{")
    assert known(tmp_path, "two").of(sql)["gold.days"]["ms"] == {PLAYED}


def test_other_sql_is_worked_out_anew(tmp_path: Path) -> None:
    known(tmp_path).of({"gold.days": "select ms_played as ms from silver.plays"})
    changed = known(tmp_path).of({"gold.days": "select play_id as ms from silver.plays"})
    assert changed["gold.days"]["ms"] == {("silver", "plays", "play_id")}


@pytest.mark.parametrize(
    "held",
    [
        "[]",
        "{}",
        '{"project": "one"}',
        '{"project": "one", "models": []}',
        '{"project": "one", "models": {"gold.days": {"ms": [["silver", "plays", "ms_played"]]}}}',
        '{"project": "one", "models": {"gold.days": {"form": "x", "columns": {"ms": [["silver"]]}}}}',
    ],
)
def test_a_file_of_another_shape_begins_anew(tmp_path: Path, held: str) -> None:
    (tmp_path / FILE).write_text(held)
    found = known(tmp_path).of({"gold.days": "select ms_played as ms from silver.plays"})
    assert found == {"gold.days": {"ms": frozenset({PLAYED})}}


def test_a_column_that_is_declared_later_is_followed_too(tmp_path: Path) -> None:
    sql = {"gold.days": "select ms_played as ms, play_id as id from silver.plays"}
    assert set(known(tmp_path).of(sql)["gold.days"]) == {"ms"}
    more = {**TABLES, "gold": {"days": {"ms": "bigint", "id": "varchar"}}}
    found = KnownOrigins(tmp_path / FILE, "one", more, "duckdb").of(sql)
    assert found["gold.days"] == {"ms": {PLAYED}, "id": {("silver", "plays", "play_id")}}


def test_of_each_model_the_last_form_is_kept(tmp_path: Path) -> None:
    for place in range(3):
        known(tmp_path).of({"gold.days": f"select ms_played + {place} as ms from silver.plays"})
    assert list(json.loads((tmp_path / FILE).read_text())["models"]) == ["gold.days"]
