"""Writes observed records as the real services write their exports, byte for byte the same for the same records.

DuckDB writes JSON and CSV, so that no row becomes a Python object.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from benches.merge.records import ExportFile

OPTIONS = {
    "json": "format json, array true",
    "maloja": "format json, array true",
    "jsonl": "format json, array false",
    "csv": "format csv, header true",
}
ZIP_DATE = (2024, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Written:
    """An export on disk; `archive_id` is the SHA-256 of its bytes, by which the ledger names it."""

    path: Path
    archive_id: str
    content: ExportFile

    def source_file(self, member: str) -> str:
        """How the ledger names a file inside: by its position among all of them."""
        names = sorted(name for name, _ in self.content.members)
        return f"{self.archive_id}/{names.index(member):04}"


def write_exports(files: Iterable[ExportFile], folder: Path) -> list[Written]:
    """Write every file into `folder`, which must exist."""
    return [_write(file, folder) for file in files]


def write_rows(rows: pa.Table, path: Path, layout: str) -> None:
    """Write the rows of one member in their order."""
    with duckdb.connect() as connection:
        # Two threads would write the rows in another order.
        connection.execute("set threads = 1")
        connection.register("rows", rows)
        connection.execute(f"copy (select * from rows) to '{path}' ({OPTIONS[layout]})")


def add_to_zip(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    """Add a file under a fixed date, in pieces."""
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, 2**20)


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(file: ExportFile, folder: Path) -> Written:
    path = folder / file.name
    with TemporaryDirectory(dir=folder) as scratch:
        member = Path(scratch) / "member"
        if file.is_zip:
            with zipfile.ZipFile(path, "w", compresslevel=6) as archive:
                for name, records in file.members:
                    write_rows(records.rows, member, file.layout)
                    add_to_zip(archive, member, name)
        else:
            write_rows(file.members[0][1].rows, path, file.layout)
            if file.layout == "maloja":
                _wrap(path)
    return Written(path, sha256(path), file)


def _wrap(path: Path) -> None:
    """A Maloja export is one object around the array of scrobbles."""
    scrobbles = path.read_bytes()
    path.write_bytes(b'{"maloja": {"export_time": 1551400000}, "scrobbles": ' + scrobbles + b"}")
