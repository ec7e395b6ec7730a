"""How rows reach Snowflake: Parquet files where `copy into` finds them, which are gone when the load has ended.

Without a bucket they are put onto a stage that ends with the session. With one they are written below the URL over
which the operator's stage stands, and Snowflake reads them there. Tables and transactions are in snowflake_tables.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from snowflake.connector.cursor import SnowflakeCursor
from upath import UPath

from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.storage import make_folder

ROWS_PER_FILE = 1_000_000
"""About 50 MB of plays. A warehouse reads as many files at once as it has threads, eight for the smallest."""


@dataclass(frozen=True)
class ExternalStage:
    """The operator's stage and the URL it stands over, such as `raw.landing` and `s3://bucket/landing/loads`."""

    name: str
    url: str


@contextmanager
def staged(cursor: SnowflakeCursor, schema: Table, rows: pa.Table, stage: ExternalStage | None) -> Generator[str]:
    """The rows as files while the block runs; yields where `copy into` finds them.

    A process that is killed leaves its files in the bucket, under a name that no other load has: a rule of the bucket
    removes what is older than a day.
    """
    load = f"{schema.layer}/{schema.name}/{uuid4().hex}"
    if stage is None:
        with tempfile.TemporaryDirectory() as folder:
            own = f"{schema.layer}.tunegenie_load"
            cursor.execute(f"create temporary stage if not exists {own}")
            for file in _write(rows, UPath(folder)):
                cursor.execute(f"put 'file://{file}' @{own}/{load} auto_compress = false")
                file.unlink()
            yield f"@{own}/{load}"
        return
    folder = UPath(stage.url) / load
    make_folder(folder)
    try:
        for _ in _write(rows, folder):
            pass
        yield f"@{stage.name}/{load}"
    finally:
        _remove(folder)


def _write(rows: pa.Table, folder: UPath) -> Iterator[UPath]:
    """One file after the other, so that few of them need be on a disk at a time; at least one, for its columns."""
    for number, begin in enumerate(range(0, max(rows.num_rows, 1), ROWS_PER_FILE)):
        path = folder / f"part-{number:05d}.parquet"
        with path.open("wb") as file:
            pq.write_table(rows.slice(begin, ROWS_PER_FILE), file)
        yield path


def _remove(folder: UPath) -> None:
    for file in list(folder.iterdir()):
        file.unlink()
    if isinstance(folder, Path):
        # Folders of an object store are parts of names.
        folder.rmdir()
