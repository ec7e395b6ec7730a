"""Dagster's own storage in a real PostgreSQL: commands work, nothing is in files, days are counted alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import psycopg2
import pytest
import yaml
from psycopg2 import sql

from tests.integration.conftest import Home, failed_checks, home_at
from tests.integration.desk import last_line
from tests.integration.postgres import PASSWORD, postgres_server, programs
from tests.unit.instance.test_event_log import DOWNSTREAM, UPSTREAM, history_of
from tunegenie_assets.instance.postgres_event_log import BatchedPostgresEventLogStorage
from tunegenie_assets.instance.setup import prepare_dagster_home

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL server (initdb) is installed here")
STOCK = "storage: {postgres: {postgres_url: {env: TUNEGENIE_DAGSTER_STORAGE}}}\ntelemetry: {enabled: false}\n"


@pytest.fixture(scope="module")
def database(clean_environment: None) -> Iterator[str]:
    with postgres_server() as address, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PGPASSWORD", PASSWORD)
        yield address


@pytest.fixture
def kept_there(tmp_path: Path, database: str) -> Home:
    return home_at(tmp_path / "home", TUNEGENIE_DAGSTER_STORAGE=database)


def test_an_import_over_it(kept_there: Home, database: str, archive: Path) -> None:
    first = kept_there.json("import", str(archive), "--listener", "ada")
    assert failed_checks(first) == []
    dagster = kept_there.path / "dagster"
    assert list(dagster.rglob("*.db")) == []
    with dg.DagsterInstance.from_config(str(dagster)) as instance:
        assert isinstance(instance.event_log_storage, BatchedPostgresEventLogStorage)
        assert {run.job_name for run in instance.get_runs()} >= {"land_archives", "import_archives"}
        assert len(instance.get_materialized_partitions(dg.AssetKey(["gold", "fct_plays"]))) > 5
    assert PASSWORD not in "".join(path.read_text(encoding="utf-8") for path in dagster.glob("*.yaml"))

    with dg.DagsterInstance.from_config(str(dagster)) as instance:
        # What stays of an asset when the runs that made it are deleted.
        instance.report_runless_asset_event(dg.AssetMaterialization("inbox", metadata={"file": "ada/export.zip"}))
    assert said_of("ada", database) > 1
    assert kept_there.json("erase", "--listener", "ada", "--yes")["history_cleared"]
    assert said_of("ada", database) == 0


def said_of(listener_id: str, database: str) -> int:
    """Rows of all tables of the database that name the listener."""
    name = re.compile(rf"\b{listener_id}\b")
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        found = 0
        for table in tables:
            cursor.execute(sql.SQL("select * from {}").format(sql.Identifier(table)))
            found += sum(bool(name.search(repr(row))) for row in cursor.fetchall())
    return found


def test_days_are_counted_as_the_stock_storage_counts_them(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEGENIE_DAGSTER_STORAGE", database.replace("postgresql:", "postgresql+psycopg2:"))
    found: list[tuple[list[list[str]], list[str | None], list[dg.DagsterRunStatus]]] = []
    for is_batched in (True, False):
        folder = tmp_path / str(is_batched)
        prepare_dagster_home(folder, database=database)
        if is_batched:
            monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")
        else:
            monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE")
            (folder / "dagster.yaml").write_text(STOCK, encoding="utf-8")
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            # One database for both: each begins with nothing.
            instance.wipe()
            assert isinstance(instance.event_log_storage, BatchedPostgresEventLogStorage) is is_batched
            history_of(instance)
            days = [sorted(instance.get_materialized_partitions(key)) for key in (UPSTREAM, DOWNSTREAM)]
            latest = [instance.get_latest_materialization_event(key) for key in (UPSTREAM, DOWNSTREAM)]
            written = [event.asset_materialization for event in latest if event]
            partitions = [materialization.partition for materialization in written if materialization]
            found.append((days, partitions, [run.status for run in instance.get_runs()]))
    assert found[0] == found[1]
    assert [len(days) for days in found[0][0]] == [33, 32]


def test_a_database_that_does_not_answer_is_told_in_one_line(
    tmp_path: Path, archive: Path, clean_environment: None
) -> None:
    address = f"postgresql://tunegenie:{PASSWORD}@127.0.0.1:9/tunegenie"
    home = home_at(tmp_path / "home", TUNEGENIE_DAGSTER_STORAGE=address)
    result = home.run("import", str(archive))
    assert "TUNEGENIE_DAGSTER_STORAGE" in last_line(result)
    assert PASSWORD not in result.stderr


def test_configuration_is_yaml_that_names_no_address(tmp_path: Path, database: str) -> None:
    prepare_dagster_home(tmp_path, database=database)
    told = yaml.safe_load((tmp_path / "dagster.yaml").read_text(encoding="utf-8"))
    parts = [told[name]["config"] for name in ("run_storage", "event_log_storage", "schedule_storage")]
    assert parts == [{"postgres_url": {"env": "TUNEGENIE_DAGSTER_STORAGE"}}] * 3
