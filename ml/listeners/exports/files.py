"""Files of exports: tables of records as JSON, JSON lines or CSV, alone or in a zip. The same records, the same bytes.

Which fields a service writes is in fields.py.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ml.listeners.exports.texts import csv_lines, in_one, json_objects

ZIP_DATE = (2024, 1, 1, 0, 0, 0)
# About 15 MB of text; a text of Arrow holds 2 GB at most.
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Layout:
    """How records become a file: `records` makes pieces of text of them, between `before` and `after`."""

    records: Callable[[pa.Table], Iterator[bytes]]
    before: bytes = b""
    after: bytes = b""

    def pieces(self, rows: pa.Table) -> Iterator[bytes]:
        """The content of a file, piece by piece."""
        yield self.before
        yield from self.records(rows)
        yield self.after


def object_around(fields: Mapping[str, object], name: str) -> Layout:
    """One JSON object: `fields`, and under `name` the array of records."""
    opening = f"{json.dumps(fields, ensure_ascii=False)[:-1]}, {json.dumps(name)}: "
    return Layout(_json_array, opening.encode(), b"}")


def write_export(path: Path, layout: Layout, members: Sequence[tuple[str, pa.Table]]) -> None:
    """Write a zip of `members` where the path ends in `.zip`, else the one member as the file itself.

    In a zip every member has the same date. A member holds up to 2 GB.
    """
    if path.suffix != ".zip":
        [(_, rows)] = members
        with path.open("wb") as stream:
            stream.writelines(layout.pieces(rows))
        return
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in members:
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                stream.writelines(layout.pieces(rows))


def _json_array(rows: pa.Table) -> Iterator[bytes]:
    separator = b"[\n\t"
    for batch in _batches(rows):
        yield separator
        yield in_one(json_objects(batch), ",\n\t")
        separator = b",\n\t"
    yield b"\n]\n" if rows.num_rows else b"[]\n"


def _json_lines(rows: pa.Table) -> Iterator[bytes]:
    for batch in _batches(rows):
        yield in_one(json_objects(batch), "\n")
        yield b"\n"


def _csv(rows: pa.Table) -> Iterator[bytes]:
    yield ",".join(rows.column_names).encode() + b"\n"
    for batch in _batches(rows):
        yield in_one(csv_lines(batch), "\n")
        yield b"\n"


def _batches(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    return (batch for batch in rows.to_batches(_ROWS_AT_ONCE) if batch.num_rows)


JSON_ARRAY = Layout(_json_array)
JSON_LINES = Layout(_json_lines)
CSV = Layout(_csv)
