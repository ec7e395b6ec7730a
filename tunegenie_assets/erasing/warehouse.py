"""A listener in the warehouse, DuckDB or Snowflake: the values that are theirs, forgetting them, and looking again.

DuckDB leaves deleted rows in free blocks of its file, so the file is deleted, and built anew from landing. On Snowflake
rows are deleted, and every table that is made of many listeners is built anew; Time Travel and Fail-safe keep what was.
"""

from __future__ import annotations

from pathlib import Path

from tunegenie_assets.erasing.scanning import Scan
from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.registry import LAYERS
from tunegenie_assets.settings import Environment, Settings

OWNER_COLUMNS = ("listener_id", "subject")
_COLUMNS = f"""
    select lower(c.table_schema) as layer, lower(c.table_name) as name, lower(c.column_name) as column_name,
           case when lower(c.data_type) in ('varchar', 'text') then 1 else 0 end as is_text
    from information_schema.columns as c
    inner join information_schema.tables as t
        on c.table_schema = t.table_schema and c.table_name = t.table_name and t.table_type = 'BASE TABLE'
    where lower(c.table_schema) in ({", ".join(f"'{layer}'" for layer in LAYERS)})
    order by 1, 2, 3
"""  # noqa: S608  # names of our own layers
_VALUES = (
    ("raw", "spotify_extended_history", "username"),
    ("raw", "spotify_extended_history", "ip_addr"),
    ("landing", "archives", "archive_id"),
)
"""Columns in which values stand that one listener alone has."""


class Warehouse:
    """The warehouse of one home."""

    def __init__(self, settings: Settings, tables: WarehouseIOManager) -> None:
        self._settings = settings
        self._tables = tables

    @property
    def exists(self) -> bool:
        return self._is_snowflake or self._settings.warehouse_path.exists()

    @property
    def _is_snowflake(self) -> bool:
        return self._settings.env is Environment.PRODUCTION

    def rows(self, listener_id: str) -> dict[str, int]:
        """How many rows are the listener's, by table; tables without any are left out."""
        found: dict[str, int] = {}
        for (layer, name), column in self._owned().items():
            # Names of tables and columns come from the warehouse itself.
            sql = f"select count(*) as found from {layer}.{name} where {column} = ?"  # noqa: S608
            [row] = self._tables.query(sql, [listener_id]).to_pylist()
            if row["found"]:
                found[f"{layer}.{name}"] = int(row["found"])
        return found

    def values(self, listener_id: str) -> tuple[set[str], set[str]]:
        """The listener's values, and those of everybody else."""
        theirs, others = set[str](), set[str]()
        there = {(row["layer"], row["name"], row["column_name"]) for row in self._columns()}
        for layer, name, column in _VALUES:
            if (layer, name, column) not in there:
                continue
            sql = f"select distinct listener_id, {column} as found from {layer}.{name} where {column} is not null"  # noqa: S608
            for row in self._tables.query(sql).to_pylist():
                (theirs if row["listener_id"] == listener_id else others).add(row["found"])
        return theirs, others

    def forget(self, listener_id: str, *, anybody_left: bool) -> None:
        """Delete what is theirs; where nobody is left, everything."""
        if not self._is_snowflake:
            path = self._settings.warehouse_path
            with warehouse_lock(self._settings.warehouse_lock_path):
                for file in (path, Path(f"{path}.wal")):
                    file.unlink(missing_ok=True)
            return
        self._tables.erase(self._owned() if anybody_left else dict.fromkeys(self._all()), listener_id)

    def scan(self, traces: Traces, scan: Scan) -> None:
        """Add the tables in which anything of the listener still is."""
        if not self.exists:
            return
        scan.hits += [f"{table} ({rows} rows)" for table, rows in self.rows(traces.listener_id).items()]
        texts: dict[tuple[str, str], list[str]] = {}
        for row in self._columns():
            if row["is_text"]:
                texts.setdefault((row["layer"], row["name"]), []).append(row["column_name"])
        if not traces.values:
            return
        marks = ", ".join("?" * len(traces.values))
        for (layer, name), columns in texts.items():
            equal = " or ".join(f"{column} in ({marks})" for column in columns)
            sql = f"select count(*) as found from {layer}.{name} where {equal}"  # noqa: S608  # as above
            [row] = self._tables.query(sql, [*traces.values] * len(columns)).to_pylist()
            if row["found"]:
                scan.hits.append(f"{layer}.{name} ({row['found']} rows with a value of theirs)")

    def _owned(self) -> dict[tuple[str, str], str]:
        """Of the tables whose rows are listeners' own, the column that says whose."""
        found: dict[tuple[str, str], str] = {}
        for row in self._columns():
            if row["column_name"] in OWNER_COLUMNS:
                found.setdefault((row["layer"], row["name"]), row["column_name"])
        return found

    def _all(self) -> set[tuple[str, str]]:
        return {(row["layer"], row["name"]) for row in self._columns()}

    def _columns(self) -> list[dict[str, str]]:
        return self._tables.query(_COLUMNS).to_pylist() if self.exists else []
