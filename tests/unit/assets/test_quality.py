"""The history of checks, written from the event log of real runs on an instance of this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest

from ml.quality.standing import Outcome
from tests.unit.resources.samples import warehouse_in
from tunegenie_assets.assets.quality import (
    add_results,
    build_check_results,
    build_data_quality,
    connected,
    standing_of,
)
from tunegenie_assets.checks.advice import known_checks
from tunegenie_assets.checks.factories import WARN, no_rows_check
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.report_folder import DATA_QUALITY, SUMMARY, ReportFolder, page_of
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.schemas.landing import LISTENER_ZONES
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.tokens import Token, TokenStore

KEY = ["synthetic", "plays"]
LATE = datetime(2026, 3, 1)


@dg.asset(key=KEY)
def plays() -> None: ...


@dg.asset_check(asset=KEY, name="every_play_once")
def told_of_ada() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, severity=WARN, description="ada@example.org, called ada, from 10.0.0.1")


failing = no_rows_check(KEY, "no_overlap", "select 'ada' as listener_id", description="Nobody.", severity=WARN)
CHECKS = [told_of_ada, failing]
SPECS = [spec for check in CHECKS for spec in check.check_specs]
KEYS = [spec.key for spec in SPECS]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    warehouse = warehouse_in(tmp_path)
    warehouse.create_all()
    rows = LISTENER_ZONES.empty().to_pydict()
    filled = {name: [None] for name in rows} | {"listener_id": ["ada"]}
    warehouse.write(LISTENER_ZONES, pa.Table.from_pydict(filled, schema=LISTENER_ZONES.arrow_schema), None)
    return warehouse


def run(instance: dg.DagsterInstance, warehouse: DuckDBTables) -> None:
    assert dg.materialize([plays, *CHECKS], instance=instance, resources={"warehouse": warehouse}).success


def test_results_are_written_once_however_often(instance: dg.DagsterInstance, warehouse: DuckDBTables) -> None:
    run(instance, warehouse)
    assert add_results(instance, warehouse, KEYS) == 2
    assert add_results(instance, warehouse, KEYS) == 0
    run(instance, warehouse)
    assert add_results(instance, warehouse, KEYS) == 2
    rows = warehouse.query("select check_name, severity, passed, summary from reports.check_results").to_pylist()
    assert len(rows) == 4
    assert {row["check_name"]: (row["severity"], row["passed"]) for row in rows} == {
        "every_play_once": ("warn", True),
        "no_overlap": ("warn", False),
    }


def test_the_history_stays_when_the_log_forgets(instance: dg.DagsterInstance, warehouse: DuckDBTables) -> None:
    run(instance, warehouse)
    add_results(instance, warehouse, KEYS)
    for record in instance.get_run_records():
        instance.delete_run(record.dagster_run.run_id)
    assert add_results(instance, warehouse, KEYS) == 0
    assert warehouse.query("select * from reports.check_results").num_rows == 2


def test_nobody_is_named_in_the_history(instance: dg.DagsterInstance, warehouse: DuckDBTables) -> None:
    run(instance, warehouse)
    add_results(instance, warehouse, KEYS)
    rows = warehouse.query("select summary from reports.check_results order by check_name").to_pylist()
    assert [row["summary"] for row in rows] == ["…, called a listener, from …", "1 row with listener_id"]


def test_who_is_connected_is_not_named_before_anything_landed(
    instance: dg.DagsterInstance, warehouse: DuckDBTables, tmp_path: Path
) -> None:
    TokenStore(tmp_path / "tokens").save(Token("spotify", "bob", "account", "a", "r", frozenset(), LATE, LATE))
    listeners = connected(build_services(load_settings(home=tmp_path, lastfm_names="carol=fm-carol")))
    assert listeners == {"bob", "carol"}
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(KEY), check_name="every_play_once", passed=True, severity=WARN, description="bob: spotify"
    )
    instance.report_runless_asset_event(evaluation)
    add_results(instance, warehouse, KEYS, listeners)
    assert warehouse.query("select summary from reports.check_results").to_pylist() == [
        {"summary": "a listener: spotify"}
    ]


def test_what_a_sensor_found_outside_any_run_is_kept(instance: dg.DagsterInstance, warehouse: DuckDBTables) -> None:
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(KEY), check_name="every_play_once", passed=False, severity=WARN, description="late"
    )
    instance.report_runless_asset_event(evaluation)
    assert add_results(instance, warehouse, KEYS) == 1
    assert add_results(instance, warehouse, KEYS) == 0
    [row] = warehouse.query("select run_id, passed from reports.check_results").to_pylist()
    assert row == {"run_id": "", "passed": False}


def test_a_run_reports_the_checks_of_itself(
    instance: dg.DagsterInstance, warehouse: DuckDBTables, tmp_path: Path
) -> None:
    known = known_checks(SPECS)
    reports = ReportFolder(root=str(tmp_path / "reports"))
    services = build_services(load_settings(home=tmp_path))
    assets = [build_check_results([dg.AssetKey(KEY)], KEYS), build_data_quality(known)]
    for _ in range(3):
        result = dg.materialize(
            [plays, *CHECKS, *assets],
            instance=instance,
            resources={"warehouse": warehouse, "reports": reports, "services": services},
        )
        assert result.success
    first, second = standing_of(warehouse, known)
    assert (first.known.check, first.trend) == ("no_overlap", (Outcome.WARNED,) * 3)
    assert (second.known.check, second.trend) == ("every_play_once", (Outcome.PASSED,) * 3)
    page = page_of(Path(reports.root), DATA_QUALITY)
    assert "1 check warns; 1 passed." in page.read_text(encoding="utf-8")
    assert "1 check warns; 1 passed." in page.with_name(SUMMARY).read_text(encoding="utf-8")
