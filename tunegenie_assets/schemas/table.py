"""What a table is: its columns, their types and meaning. The tables themselves are in the modules beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

STRING = pa.string()
INTEGER = pa.int64()
FLOAT = pa.float64()
BOOLEAN = pa.bool_()
DATE = pa.date32()
TIMESTAMP = pa.timestamp("us")
"""A naive timestamp that always means UTC: warehouses compare zone-aware columns in the session's zone."""


@dataclass(frozen=True)
class Column:
    """One column; `required` means that a null in it stops the write."""

    name: str
    type: pa.DataType
    description: str
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One table, `layer.name`; `partition_column` is a DATE column when it is kept by day or by week."""

    layer: str
    name: str
    row: str
    """What one row is, as a sentence."""
    columns: tuple[Column, ...]
    partition_column: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.layer, self.name)

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type) for c in self.columns])

    @property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)

    def empty(self) -> pa.Table:
        return self.arrow_schema.empty_table()


def columns_of(*definitions: tuple[str, pa.DataType, str] | tuple[str, pa.DataType, str, bool]) -> tuple[Column, ...]:
    return tuple(Column(d[0], d[1], d[2], required=len(d) == 4) for d in definitions)


SOURCE_FILE = "Archive id and number of the file in it, such as `…/0003`; landing.archive_files has its name."

# Every record of a source carries these: whose it is, and the file and row it came from.
PROVENANCE = columns_of(
    ("listener_id", STRING, "Listener whose history the record belongs to.", True),
    ("source_file", STRING, SOURCE_FILE, True),
    ("source_row", INTEGER, "Zero-based position of the record within its member.", True),
    ("record_hash", STRING, "SHA-256 of the record's fields, equal for exact duplicates wherever they stand.", True),
    ("ingested_at", TIMESTAMP, "When the archive was landed (UTC).", True),
)
