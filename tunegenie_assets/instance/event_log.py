"""Dagster's SQLite event log with one transaction for a batch of partition events, over connections that stay open.

The stock storage opens two connections and compiles five statements for each event, about 10 ms: eleven years of
days times four assets would take minutes for bookkeeping alone. In one transaction an event takes 0.2 ms. Dagster
has no public name for its storages, so this module is the one place that imports private ones; the packages are
pinned exactly and a test compares what the two storages answer.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import sqlalchemy as db
from dagster import EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

MATERIALIZATIONS = frozenset({"ASSET_MATERIALIZATION", "ASSET_MATERIALIZATION_PLANNED"})


class PlansOfWholeRuns(SqlEventLogStorage):
    """What a run over many days announces is stored once, and not once for each day."""

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """One event announces all days of a run: half the events, at the price that the days of a failed run show
        as missing rather than as failed.
        """
        return True

    def _store_asset_check_evaluation_planned(self, event: EventLogEntry, event_id: int | None) -> None:
        """Our checks look at whole tables, but a run over a range announces each of them once for every day."""
        dagster_event = event.get_dagster_event()
        key = dagster_event.asset_check_planned_data.asset_check_key
        planned = AssetCheckEvaluationPlanned(asset_key=key.asset_key, check_name=key.name)
        whole = event._replace(dagster_event=dagster_event._replace(event_specific_data=planned))
        super()._store_asset_check_evaluation_planned(whole, event_id)


class BatchedSqliteEventLogStorage(PlansOfWholeRuns, SqliteEventLogStorage):
    """Answers as `SqliteEventLogStorage` does; stores materializations that arrive together faster."""

    @classmethod
    def from_config_value(  # pyright: ignore[reportIncompatibleMethodOverride]  # as the parent does
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> BatchedSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, db.Engine] = {}
        self._open_run = ""
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Generator[db.Connection]:
        """As the parent, with one engine a shard, since a new one compiles every statement again, and with connections
        that stay open: SQLite tidies up a file when the last one to it closes, which takes longer than an event.
        """
        if shard not in self._initialized_dbs:
            with self._db_lock:
                self._close(shard)
            with super()._connect(shard) as connection:
                yield connection
            return
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> db.Engine:
        if shard not in (INDEX_SHARD_NAME, self._open_run):
            # A daemon sees thousands of runs, and may not keep the files of all of them open.
            self._close(self._open_run)
            self._open_run = shard
        if shard not in self._engines:
            self._engines[shard] = db.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=db.QueuePool,
                pool_size=1,
                max_overflow=0,
                # Threads take turns: all of them hold the lock.
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
        return self._engines[shard]

    def _close(self, shard: str) -> None:
        engine = self._engines.pop(shard, None)
        if engine is not None:
            engine.dispose()

    def dispose(self) -> None:
        with self._db_lock:
            for shard in list(self._engines):
                self._close(shard)
        super().dispose()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run in their order: runs of materializations together, anything else as the parent."""
        for together, group in groupby(events, key=_is_materialization):
            batch = list(group)
            if together:
                self._store_materializations(batch)
            else:
                super().store_event_batch(batch)

    def _store_materializations(self, events: Sequence[EventLogEntry]) -> None:
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with self.index_transaction() as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
            last_id = int(connection.execute(db.select(db.func.max(SqlEventLogStorageTable.c.id))).scalar_one())
            ids = range(last_id - len(events) + 1, last_id + 1)
            self._store_asset_event_tags(connection, events, ids)
            # The table of assets keeps the latest event of each asset only, of each type in a column of its own.
            latest = {(e.get_dagster_event().asset_key, _event_type(e)): i for i, e in enumerate(events)}
            for index in latest.values():
                self._store_asset_event(connection, events[index], ids[index])


def _is_materialization(event: EventLogEntry) -> bool:
    return event.is_dagster_event and _event_type(event) in MATERIALIZATIONS


def _event_type(event: EventLogEntry) -> str:
    return event.get_dagster_event().event_type_value
