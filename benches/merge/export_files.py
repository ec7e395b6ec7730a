"""Writes observed records as the real services write their exports, byte for byte the same for the same records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benches.merge.records import ExportFile
from ml.listeners.exports.files import write_export


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


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(file: ExportFile, folder: Path) -> Written:
    path = folder / file.name
    write_export(path, file.layout, [(name, records.rows) for name, records in file.members])
    return Written(path, sha256(path), file)
