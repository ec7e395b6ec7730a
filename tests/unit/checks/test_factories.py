"""Check factories on a real DuckDB file."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest

from tests.unit.resources.samples import FIRST, PLAYS, SECOND, plays, warehouse_in, window
from tunegenie_assets.checks.factories import ERROR, WARN, completeness_check, no_rows_check, query_check
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

LONG = "select track_id, ms_played from synthetic.plays where ms_played > 500"
ASSET = list(PLAYS.path)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    warehouse = warehouse_in(tmp_path)
    warehouse.write(SYNTHETIC_PLAYS, plays(FIRST), window(FIRST, SECOND))
    return warehouse


def run(check: dg.AssetChecksDefinition, warehouse: DuckDBTables) -> dg.AssetCheckEvaluation:
    (spec,) = check.check_specs

    @dg.asset(key=PLAYS)
    def already_there() -> None: ...

    result = dg.materialize(
        [already_there, check],
        selection=dg.AssetSelection.checks(spec.key),
        resources={"warehouse": warehouse},
    )
    (evaluation,) = result.get_asset_check_evaluations()
    return evaluation


def test_no_rows_pass(warehouse: DuckDBTables) -> None:
    evaluation = run(no_rows_check(ASSET, "short", f"{LONG}0", description="Plays are short."), warehouse)
    assert evaluation.passed
    assert evaluation.metadata["failing_rows"].value == 0
    assert (evaluation.asset_key, evaluation.check_name, evaluation.severity) == (PLAYS, "short", ERROR)


def test_rows_fail_and_some_are_shown(warehouse: DuckDBTables) -> None:
    warehouse.write(SYNTHETIC_PLAYS, pa.concat_tables([plays(FIRST)] * 4), window(FIRST, SECOND))
    evaluation = run(no_rows_check(ASSET, "short", LONG, description="Plays are short.", severity=WARN), warehouse)
    assert not evaluation.passed
    assert evaluation.severity == WARN
    assert evaluation.metadata["failing_rows"].value == 8
    assert str(evaluation.metadata["examples"].value).count("'track_id': 't1'") == 5


def test_judge_decides_and_tells(warehouse: DuckDBTables) -> None:
    check = query_check(
        ASSET,
        "loud",
        LONG,
        lambda rows: (rows.num_rows == 2, {"rows": rows.num_rows}),
        description="There are two.",
    )
    evaluation = run(check, warehouse)
    assert evaluation.passed
    assert evaluation.metadata["rows"].value == 2


@pytest.mark.parametrize("blocking", [True, False])
def test_spec_carries_what_was_said(*, blocking: bool) -> None:
    check = no_rows_check(
        ASSET, "short", LONG, description="Plays are short.", blocking=blocking, additional_deps=[["synthetic", "x"]]
    )
    (spec,) = check.check_specs
    assert (spec.asset_key, spec.blocking, spec.description) == (PLAYS, blocking, "Plays are short.")
    assert [dep.asset_key for dep in spec.additional_deps] == [dg.AssetKey(["synthetic", "x"])]


@pytest.mark.parametrize(("filled", "passed"), [(19, True), (18, False)])
def test_completeness_is_a_share_of_the_rows(warehouse: DuckDBTables, filled: int, *, passed: bool) -> None:
    rows = pa.concat_tables([plays(FIRST)] * 10)
    albums = pa.array(["Rain"] * filled + [None] * (20 - filled), pa.string())
    place = rows.column_names.index("album_name")
    warehouse.write(SYNTHETIC_PLAYS, rows.set_column(place, "album_name", albums), window(FIRST, SECOND))
    evaluation = run(completeness_check(ASSET, ["album_name", "track_id"], at_least=0.95), warehouse)
    assert evaluation.passed is passed
    assert evaluation.severity == WARN
    assert evaluation.metadata["album_name"].value == pytest.approx(filled / 20)
    assert evaluation.metadata["track_id"].value == 1.0


def test_completeness_looks_at_the_rows_it_is_asked_about(warehouse: DuckDBTables) -> None:
    assert not run(completeness_check(ASSET, ["album_name"]), warehouse).passed
    assert run(completeness_check(ASSET, ["album_name"], where="ms_played < 0"), warehouse).passed
