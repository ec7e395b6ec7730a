"""How a damaged DuckDB file is told from one that is in use, and the error that says so. Nothing is mended here."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

SIGNS = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "Failure while replaying WAL",
)
"""What DuckDB says of a file that is cut short, overwritten or of another kind; it has no class of errors for it."""
ADVICE = "run tunegenie rebuild, which puts it aside and builds it anew from landing"


class WarehouseDamagedError(Exception):
    """The DuckDB file holds something else than DuckDB wrote. Trying again does not help."""


def is_damage(said: str) -> bool:
    """Whether this is what DuckDB says of a damaged file, and not of one that another process writes."""
    return any(sign in said for sign in SIGNS)


@contextmanager
def damage_told(warehouse: Path) -> Generator[None]:
    """What DuckDB says of damage within the block, as one line that says what to do.

    Raises:
        WarehouseDamagedError: the file is damaged.
    """
    try:
        yield
    except duckdb.Error as error:
        if is_damage(str(error)):
            raise WarehouseDamagedError(damaged_line(warehouse, str(error))) from error
        raise


def damaged_line(warehouse: Path, said: str) -> str:
    return f"the warehouse {warehouse} is damaged ({' '.join(said.split())}); {ADVICE}"
