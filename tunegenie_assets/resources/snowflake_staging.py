"""How rows reach Snowflake: Parquet files where `copy into` finds them. Transactions are in snowflake_tables.py.

Without a bucket they are put onto a stage that ends with the session. With one they are written below the URL over
which the operator's stage stands, Snowflake reads them there, and they are gone when the load has ended. Files that lie
below that URL already are read where they lie, and stay.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from snowflake.connector.cursor import SnowflakeCursor
from upath import UPath

from tunegenie_assets.resources.parquet_files import ParquetFiles
from tunegenie_assets.resources.tables import Rows
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.storage import location, make_folder, store

ROWS_PER_FILE = 1_000_000
"""About 50 MB of plays. A warehouse reads as many files at once as it has threads, eight for the smallest."""
FILES_PER_COPY = 1000
"""The most names that Snowflake takes in one statement."""


SEMANTIC_MODELS = "gold.semantic_models"
"""The stage of what Cortex Analyst reads: beside the tables that it describes, for the roles that see these."""


@dataclass(frozen=True)
class ExternalStage:
    """The operator's stage and the URL it stands over, such as `raw.landing` and `s3://bucket/landing/loads`."""

    name: str
    url: str


@contextmanager
def staged(cursor: SnowflakeCursor, schema: Table, rows: Rows, stage: ExternalStage | None) -> Generator[list[str]]:
    """The rows as files while the block runs; yields the clause after `from` of each `copy into` that loads them.

    A process that is killed leaves in the bucket what it wrote there, under a name that no other load has: a rule of
    the bucket removes what is older than a day.
    """
    load = f"{schema.layer}/{schema.name}/{uuid4().hex}"
    if isinstance(rows, ParquetFiles) and not rows.paths:
        yield []
    elif stage is None:
        own = f"{schema.layer}.tunegenie_load"
        cursor.execute(f"create temporary stage if not exists {own}")
        _put(cursor, rows, f"@{own}/{load}")
        yield [f"@{own}/{load}"]
    elif isinstance(rows, ParquetFiles) and _lie_below(rows, stage):
        yield list(_by_name(rows, stage))
    else:
        folder = location(stage.url) / load
        make_folder(folder)
        try:
            if isinstance(rows, ParquetFiles):
                _copy(rows, folder)
            else:
                for _ in _write(rows, folder):
                    pass
            yield [f"@{stage.name}/{load}"]
        finally:
            _remove(folder)


def upload(cursor: SnowflakeCursor, file: Path, stage: str) -> None:
    """Put one file as it is onto a stage that lasts, in place of an older one of its name."""
    # Snowflake's services cannot read what its client encrypted, which a stage without this would make it do.
    cursor.execute(
        f"create stage if not exists {stage} encryption = (type = 'SNOWFLAKE_SSE') directory = (enable = true)"
    )
    cursor.execute(f"put 'file://{file}' @{stage} auto_compress = false overwrite = true")


def _lie_below(files: ParquetFiles, stage: ExternalStage) -> bool:
    return all(path.is_relative_to(location(stage.url)) for path in files.paths)


def _by_name(files: ParquetFiles, stage: ExternalStage) -> Iterator[str]:
    """Files below the stage's URL, as many of a folder as a statement takes."""
    for folder, paths in groupby(files.paths, key=lambda path: path.parent):
        below = folder.relative_to(location(stage.url)).as_posix()
        names = [f"'{path.name}'" for path in paths]
        for begin in range(0, len(names), FILES_PER_COPY):
            yield f"@{stage.name}/{below}/ files = ({', '.join(names[begin : begin + FILES_PER_COPY])})"


def _put(cursor: SnowflakeCursor, rows: Rows, target: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(rows, ParquetFiles):
            # One statement for all, which uploads several at a time: a statement for each is a second for each.
            _gather(rows, UPath(folder))
            cursor.execute(f"put 'file://{folder}/*' {target} auto_compress = false")
            return
        for file in _write(rows, UPath(folder)):
            cursor.execute(f"put 'file://{file}' {target} auto_compress = false")
            file.unlink()


def _write(rows: pa.Table, folder: UPath) -> Iterator[UPath]:
    """One file after the other, so that few of them need be on a disk at a time; at least one, for its columns."""
    for number, begin in enumerate(range(0, max(rows.num_rows, 1), ROWS_PER_FILE)):
        path = folder / _part(number)
        with path.open("wb") as file:
            pq.write_table(rows.slice(begin, ROWS_PER_FILE), file)
        yield path


def _copy(files: ParquetFiles, folder: UPath) -> None:
    for number, path in enumerate(files.paths):
        target = folder / _part(number)
        if not isinstance(path, Path) and path.fs is folder.fs:
            # Within one object store, which copies without sending the bytes here and back.
            path.fs.copy(path.path, target.path)
            continue
        with path.open("rb") as source:
            store(source, target)


def _gather(files: ParquetFiles, folder: UPath) -> None:
    """Show the files in a local folder in which there are no others; what is not on this machine is brought here."""
    if not all(isinstance(path, Path) for path in files.paths):
        _copy(files, folder)
        return
    for number, path in enumerate(files.paths):
        (folder / _part(number)).symlink_to(path.absolute())


def _part(number: int) -> str:
    return f"part-{number:05d}.parquet"


def _remove(folder: UPath) -> None:
    for file in list(folder.iterdir()):
        file.unlink()
    if isinstance(folder, Path):
        # Folders of an object store are parts of names.
        folder.rmdir()
