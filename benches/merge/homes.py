"""TuneGenie homes that a bench fills with the real command, and what is read from their warehouses."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benches.processes import Finished, can_cut_network, run
from tunegenie_assets.settings import PREFIX

LISTENER = "ada"
TIMEZONE = "Europe/Zurich"
WRITTEN_AT = "ingested_at"
"""Tells when an archive was landed, which is all that the order of imports may change."""


@dataclass(frozen=True)
class Home:
    """One TUNEGENIE_HOME."""

    path: Path

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    def import_files(self, files: Sequence[Path], *, network: bool = True) -> Finished:
        """`tunegenie import` of all files in one command.

        Raises:
            BenchError: the import failed.
        """
        command = [str(Path(sys.executable).with_name("tunegenie")), "import", *map(str, files)]
        options = ["--listener", LISTENER, "--timezone", TIMEZONE, "--json"]
        environment = {f"{PREFIX}HOME": str(self.path), f"{PREFIX}ENV": "ci"}
        return run([*command, *options], environment, network=network or not can_cut_network())

    def copy_warehouse(self, path: Path) -> Path:
        return Path(shutil.copy(self.warehouse, path))


def tables(warehouse: Path, *layers: str) -> list[str]:
    """Names such as `silver.plays` of the tables (not views) in the layers."""
    sql = "select schema_name || '.' || table_name from duckdb_tables() where not internal order by 1"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = [str(row[0]) for row in connection.execute(sql).fetchall()]
    return [name for name in names if name.split(".")[0] in layers]


def differing_rows(one: Path, other: Path, table: str, *, leave_out: Sequence[str] = ()) -> int:
    """Rows of a table that stand in only one of two warehouses, whatever their order.

    Raises:
        ValueError: the table has other columns in the two.
    """
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        schemas = [connection.execute(f"describe {name}.{table}").fetchall() for name in ("one", "other")]
        columns, theirs = ([str(row[0]) for row in schema if row[0] not in leave_out] for schema in schemas)
        if sorted(columns) != sorted(theirs):
            raise ValueError(f"{table} has the columns {columns} in one warehouse and {theirs} in the other")
        named = ", ".join(f'"{column}"' for column in columns)
        first, second = (f"(select {named} from {name}.{table})" for name in ("one", "other"))
        difference = f"{first} except all {second}", f"{second} except all {first}"
        counts = [connection.execute(f"select count(*) from ({sql})").fetchone() for sql in difference]
    return sum(int(row[0]) for row in counts if row)
