"""Dagster's event log in PostgreSQL, with what a run over many days announces stored once.

The stock storage already stores the materializations of a batch in one statement; what it lacks is in event_log.py.
Imported only where TUNEGENIE_DAGSTER_STORAGE names a database: it needs the extra `deploy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster_postgres import PostgresEventLogStorage

from tunegenie_assets.instance.event_log import PlansOfWholeRuns


class BatchedPostgresEventLogStorage(PlansOfWholeRuns, PostgresEventLogStorage):
    """Answers as `PostgresEventLogStorage` does."""

    @classmethod
    def from_config_value(  # pyright: ignore[reportIncompatibleMethodOverride]  # as the parent does
        cls, inst_data: object, config_value: Mapping[str, Any]
    ) -> BatchedPostgresEventLogStorage:
        address = str(config_value["postgres_url"])
        return cls(inst_data=inst_data, postgres_url=address)  # pyright: ignore[reportArgumentType]  # handed on
