"""The proof: every file of a home is read to its bytes and searched for the traces of a listener.

Compressed files are opened: gzip, zip members, Parquet columns, and values that SQLite holds compressed. The warehouse
is searched by its tables, in warehouse.py. One that is damaged is searched as it lies, and told.
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
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from tunegenie_assets.erasing.traces import Traces

_T = TypeVar("_T")
_PIECE = 1 << 22
_OVERLAP = 1 << 10
"""Longer than any trace: one that lies across two pieces is found in the second."""
_DATA = ("landing", "parsed", "dbt", "reports/dbt_docs", "inbox")
"""Below these a name is a title or a word of the project's own text: only values and paths tell."""

WAREHOUSE = "warehouse.duckdb"
_CANNOT_BE_OPENED = (
    OSError,  # of gzip, and of pages of Parquet
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    sqlite3.Error,
    pa.ArrowException,
    ValueError,
    NotImplementedError,  # a kind of compression that this Python has not
    RuntimeError,  # a member with a password
)
"""What the readers of compressed files say of one that is damaged or closed."""


@dataclass
class Scan:
    """What was read, and where a trace was found."""

    files: int = 0
    bytes_read: int = 0
    hits: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)
    """Files that could not be opened to their end: searched as they lie, not what they hold compressed."""


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
        try:
            if _is_database(file) and name != WAREHOUSE:
                scan.hits.append(f"{name} (a copy of a warehouse, which holds its texts compressed; delete it)")
            elif _holds(file, name, pattern, scan):
                scan.hits.append(name)
        except FileNotFoundError:
            continue  # another process has deleted it
        except OSError as error:
            scan.hits.append(f"{name} (it could not be read: {error.strerror or error})")
    return scan


def _is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(12)[8:] == b"DUCK"


def _in_path(name: str, traces: Traces) -> bool:
    return bool((traces.telling and traces.telling.search(name.encode())) or traces.owned.search(name))


def _holds(file: Path, name: str, pattern: re.Pattern[bytes] | None, scan: Scan) -> bool:
    with file.open("rb") as stream:
        start = stream.read(16)
        stream.seek(0)
        found = _found_in(iter(lambda: stream.read(_PIECE), b""), pattern, scan)
    for pieces in _until_damage(_unpacked(file, start), name, scan):
        found = _found_in(_until_damage(pieces, name, scan), pattern, scan) or found
    return found


def _until_damage(parts: Iterator[_T], name: str, scan: Scan) -> Iterator[_T]:
    """What comes before the damage, which is told."""
    try:
        yield from parts
    except _CANNOT_BE_OPENED:
        if name not in scan.unopened:
            scan.unopened.append(name)


def _found_in(pieces: Iterator[bytes], pattern: re.Pattern[bytes] | None, scan: Scan) -> bool:
    found, before = False, b""
    for piece in pieces:
        scan.bytes_read += len(piece)
        found = found or bool(pattern and pattern.search(before + piece))
        before = piece[-_OVERLAP:]
    return found


def _unpacked(file: Path, start: bytes) -> Iterator[Iterator[bytes]]:
    """What the file holds compressed; a part that is damaged does not end the others."""
    if start.startswith(b"\x1f\x8b"):
        yield _gzipped(file)
    elif start.startswith(b"PK\x03\x04"):
        yield from _members(file)
    elif start.startswith(b"PAR1"):
        yield _texts(file)
    elif start.startswith(b"SQLite format 3"):
        yield _cells(file)


def _gzipped(file: Path) -> Iterator[bytes]:
    with gzip.open(file) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


def _members(file: Path) -> Iterator[Iterator[bytes]]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            yield _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


def _texts(file: Path) -> Iterator[bytes]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches():
            for name in batch.schema.names:
                column = batch.column(name)
                if not pa.types.is_primitive(column.type):  # lists of texts, too
                    yield "\n".join(str(value) for value in column.to_pylist() if value).encode()


def _cells(file: Path) -> Iterator[bytes]:
    """Values that are compressed: Dagster keeps snapshots so, the collector its records."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        # A text that is no UTF-8 would end the reading of its table.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in connection.execute(f'select * from "{table}"'):  # noqa: S608  # a name of this very file
                for value in row:
                    if isinstance(value, bytes):
                        with suppress(zlib.error):
                            yield zlib.decompress(value)
