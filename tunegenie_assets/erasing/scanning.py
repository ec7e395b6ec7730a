"""The proof: every file of a home is read to its bytes and searched for the traces of a listener.

Compressed files are opened: gzip, zip members, Parquet columns, and values that SQLite holds compressed. The warehouse
is searched by its tables, in warehouse.py.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from tunegenie_assets.erasing.traces import Traces

_PIECE = 1 << 22
_OVERLAP = 1 << 10
"""Longer than any trace: one that lies across two pieces is found in the second."""
_DATA = ("landing", "parsed", "dbt", "reports/dbt_docs", "inbox")
"""Below these a name is a title or a word of the project's own text: only values and paths tell."""

WAREHOUSE = "warehouse.duckdb"


@dataclass
class Scan:
    """What was read, and where a trace was found."""

    files: int = 0
    bytes_read: int = 0
    hits: list[str] = field(default_factory=list)


def scan_home(home: Path, traces: Traces, leave_out: Iterable[Path] = ()) -> Scan:
    """Search all files below `home` but those left out."""
    scan, passed = Scan(), set(leave_out)
    for file in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
        if file in passed or any(folder in passed for folder in file.parents):
            continue
        name = file.relative_to(home).as_posix()
        pattern = traces.telling if name.startswith(_DATA) else traces.named
        scan.files += 1
        if _in_path(name, traces):
            scan.hits.append(f"{name} (its name)")
        with suppress(FileNotFoundError):
            if _is_database(file) and name != WAREHOUSE:
                scan.hits.append(f"{name} (a copy of a warehouse, which holds its texts compressed; delete it)")
            elif _holds(file, pattern, scan):
                scan.hits.append(name)
    return scan


def _is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(12)[8:] == b"DUCK"


def _in_path(name: str, traces: Traces) -> bool:
    return bool(traces.telling and traces.telling.search(name.encode())) or traces.listener_id in name.split("/")


def _holds(file: Path, pattern: re.Pattern[bytes] | None, scan: Scan) -> bool:
    found = False
    for pieces in _contents(file):
        before = b""
        for piece in pieces:
            scan.bytes_read += len(piece)
            found = found or bool(pattern and pattern.search(before + piece))
            before = piece[-_OVERLAP:]
    return found


def _contents(file: Path) -> Iterator[Iterator[bytes]]:
    """The bytes of the file in pieces, and those of what it holds compressed."""
    with file.open("rb") as stream:
        start = stream.read(16)
        stream.seek(0)
        yield iter(lambda: stream.read(_PIECE), b"")
    if start.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError, zlib.error), gzip.open(file) as unpacked:
            yield iter(lambda: unpacked.read(_PIECE), b"")
    elif start.startswith(b"PK") and zipfile.is_zipfile(file):
        yield from _members(file)
    elif start.startswith(b"PAR1"):
        yield _texts(file)
    elif start.startswith(b"SQLite format 3"):
        yield _cells(file)


def _members(file: Path) -> Iterator[Iterator[bytes]]:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            # A damaged member tells nothing; its bytes as they lie in the file have been searched.
            with suppress(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError), archive.open(name) as one:
                yield iter(lambda one=one: one.read(_PIECE), b"")


def _texts(file: Path) -> Iterator[bytes]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches():
            for name in batch.schema.names:
                column = batch.column(name)
                if str(column.type) in ("string", "large_string"):
                    yield "\n".join(value for value in column.to_pylist() if value).encode()


def _cells(file: Path) -> Iterator[bytes]:
    """Values that are compressed: Dagster keeps snapshots so, the collector its records."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in connection.execute(f'select * from "{table}"'):  # noqa: S608  # a name of this very file
                for value in row:
                    if isinstance(value, bytes):
                        with suppress(zlib.error):
                            yield zlib.decompress(value)
