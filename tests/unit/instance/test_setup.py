from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from tunegenie_assets.instance.event_log import BatchedSqliteEventLogStorage
from tunegenie_assets.instance.setup import prepare_dagster_home


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "my home: #1" / "dagster"


def test_preparing_twice_changes_nothing(home: Path) -> None:
    prepare_dagster_home(home)
    before = contents(home)
    prepare_dagster_home(home)
    assert sorted(before) == ["dagster.yaml", "workspace.yaml"]
    assert contents(home) == before


def test_other_configuration_is_rewritten(home: Path) -> None:
    prepare_dagster_home(home)
    before = (home / "dagster.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: true\n", encoding="utf-8")
    prepare_dagster_home(home)
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == before


def test_instance_of_the_home_is_quiet_serial_and_batched(home: Path) -> None:
    prepare_dagster_home(home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance.event_log_storage, BatchedSqliteEventLogStorage)
        assert Path(instance.root_directory) == home
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 1
        assert instance.run_retries_enabled
        assert instance.run_monitoring_enabled
        # Longer than any build; a run that hangs does not hold up the queue for ever.
        assert instance.run_monitoring_max_runtime_seconds == 12 * 3600
    assert (home / "history" / "runs" / "index.db").exists()
