"""Reads a real history by the importers, to stand beside simulated ones. Nothing of it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from benches.processes import BenchError
from ml.listeners.realism import History, histories_of
from tunegenie_assets.schemas.histories import SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.landing import Landing
from tunegenie_assets.sources.parsed import ParsedArchives

MUSIC = """
select distinct
    'archive' as listener_id,
    ts - to_milliseconds(ms_played) as started_at,
    ms_played,
    spotify_track_uri as track_id,
    master_metadata_album_artist_name as artist_name,
    coalesce(reason_end, '') as reason_end
from records
where spotify_track_uri is not null and ms_played > 0
"""


def read_history(path: Path) -> History:
    """The music of an extended history; exact copies of a row count once, rows of length zero not at all.

    Raises:
        BenchError: the file holds no extended history.
    """
    return histories_of(read_music(path))[0]


def read_music(path: Path) -> pa.Table:
    """The same as a table.

    Raises:
        BenchError: the file holds no extended history.
    """
    with TemporaryDirectory(prefix="tunegenie-bench-") as folder:
        landing = Landing(Path(folder) / "landing")
        try:
            landed = landing.land_archive(path, listener_id="archive", timezone=None, now=datetime.now(UTC))
            store = ParsedArchives(Path(folder) / "parsed")
            parsed = store.ensure(landing, landed)
            records = store.read_window(SPOTIFY_EXTENDED_HISTORY.name, [parsed], date.min, date.max)
        except SourceError as error:
            raise BenchError(str(error)) from error
        plays = _music(records) if records.num_rows else None
    if plays is None or plays.num_rows == 0:
        raise BenchError(f"{path} holds no extended history of Spotify's")
    return plays


def _music(records: pa.Table) -> pa.Table:
    with duckdb.connect() as connection:
        connection.register("records", records)
        return connection.execute(MUSIC).to_arrow_table()
