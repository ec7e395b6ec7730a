"""Read-only ways to the warehouse for questions: one statement at a time, with a limit of time and of rows.

Statements and parameters come from ml/assistant. A question holds the warehouse only while its statement runs, so that
it never stands in the way of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import duckdb
import pyarrow as pa

from ml.assistant.executing import MissingTableError
from ml.assistant.query import Value
from tunegenie_assets.locking import warehouse_lock

MOST_SECONDS = 20.0
"""A statement of a question takes milliseconds; one that takes this long has gone wrong."""
MOST_ROWS = 100_000
WAIT_SECONDS = 15.0
"""How long a question waits for a step of a run that writes."""


class ReadingError(Exception):
    """A statement of a question took too long, or brought too much."""


@dataclass(frozen=True)
class ReadOnlyDuckDB:
    """The local warehouse, opened for each statement without the right to write."""

    path: Path
    lock: Path
    memory: str

    def read(self, sql: str, parameters: Sequence[Value]) -> pa.Table:
        """The rows of a statement.

        Raises:
            ReadingError: there are too many, or it took too long.
            MissingTableError: a table of it has not been built.
            WarehouseBusyError: a run has been writing all the while.
        """
        with (
            warehouse_lock(self.lock, WAIT_SECONDS),
            closing(duckdb.connect(str(self.path), read_only=True)) as connection,
        ):
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set memory_limit = ?", [self.memory])
            # Sums of fractions depend on their order, which two threads change from one run to the next.
            connection.execute("set threads = 1")
            connection.execute("set enable_external_access = false")
            timer = Timer(MOST_SECONDS, connection.interrupt)
            timer.start()
            try:
                found = connection.sql(sql, params=list(parameters)).to_arrow_table()
            except duckdb.CatalogException as error:
                raise MissingTableError("a table that this is read from has not been built") from error
            except duckdb.InterruptException as error:
                raise ReadingError(f"no answer within {MOST_SECONDS:.0f} s; ask about a shorter time") from error
            finally:
                timer.cancel()
        return _few_enough(found)


@dataclass(frozen=True)
class ReadOnlySnowflake:
    """The warehouse in production; the role of the settings decides what it may read."""

    query: Callable[[str, list[Value]], pa.Table]
    """Runs a statement with parameters, within the session's own limit of time."""

    def read(self, sql: str, parameters: Sequence[Value]) -> pa.Table:
        """The rows of a statement.

        Raises:
            ReadingError: there are too many.
        """
        return _few_enough(self.query(sql, list(parameters)))


def _few_enough(rows: pa.Table) -> pa.Table:
    if rows.num_rows > MOST_ROWS:
        raise ReadingError(f"an answer has at most {MOST_ROWS:,} rows")
    return rows
