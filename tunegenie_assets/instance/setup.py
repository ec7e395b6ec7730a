"""Writes the Dagster instance of a TuneGenie home: its folder, `dagster.yaml` and the workspace. Knows no asset."""

from __future__ import annotations

import json
from pathlib import Path

from tunegenie_assets.instance.database import check_database

CONFIGURATION = """\
# Written by tunegenie and rewritten when it differs; put your own changes into another DAGSTER_HOME.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    # DuckDB has one writer: runs of the daemon wait for each other.
    max_concurrent_runs: 1
run_retries:
  # A run that was killed is begun again where its tags ask for that; one that failed would fail again.
  enabled: true
  max_retries: 0
  retry_on_asset_or_op_failure: false
run_monitoring:
  # A run whose process was killed fails within seconds: the code server that began it sees its end. This is for one
  # that never begins, does not heed its cancellation, or hangs: with one run at a time the queue would wait for ever.
  enabled: true
  start_timeout_seconds: 600
  cancel_timeout_seconds: 300
  max_runtime_seconds: 43200
"""

SQLITE = """\
event_log_storage:
  module: tunegenie_assets.instance.event_log
  class: BatchedSqliteEventLogStorage
  config:
    base_dir: {base_dir}
"""
"""Files beside it: nothing to install, and fast enough for one machine."""

POSTGRES = """\
run_storage:
  module: dagster_postgres.run_storage
  class: PostgresRunStorage
  config: &address
    postgres_url: {env: TUNEGENIE_DAGSTER_STORAGE}
event_log_storage:
  module: tunegenie_assets.instance.postgres_event_log
  class: BatchedPostgresEventLogStorage
  config: *address
schedule_storage:
  module: dagster_postgres.schedule_storage
  class: PostgresScheduleStorage
  config: *address
"""
"""For several containers. The address is read from the environment: it may hold a password, which no file should."""

WORKSPACE = "workspace.yaml"
WORKSPACE_TEXT = """\
# Written by tunegenie: the code location as `tunegenie ui` loads it, from any folder.
load_from:
  - python_module:
      module_name: tunegenie_assets.definitions
      location_name: tunegenie
"""


def prepare_dagster_home(folder: Path, *, database: str | None = None) -> None:
    """Make `folder` a Dagster home that keeps its records in files or in `database`; again changes nothing.

    Raises:
        SettingsError: the database cannot be used.
    """
    if database is not None:
        check_database(database)
    folder.mkdir(parents=True, exist_ok=True)
    # A JSON string is a YAML string, whatever characters the path has.
    storage = POSTGRES if database is not None else SQLITE.format(base_dir=json.dumps(str(folder / "history" / "runs")))
    _write(folder / "dagster.yaml", CONFIGURATION + storage)
    _write(folder / WORKSPACE, WORKSPACE_TEXT)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
