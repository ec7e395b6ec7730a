"""Invented plays for the bench of the IO managers: a year of them, with the columns of synthetic.plays, as Parquet.

In one file, and in a file for each day as the simulator lands them.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from benches.processes import BenchError
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

FIRST_DAY = date(2024, 1, 1)
DAYS = 365
AFTER = FIRST_DAY + timedelta(days=DAYS)
"""The day after the last."""

# In order of time, as a run over a range hands them on; names repeat as songs do.
PLAYS = """
with drawn as (
    select
        play,
        timestamp '2024-01-01' + to_milliseconds(cast(play * (? / ?) as bigint)) as started_at,
        hash(play, 'listener') % 2000 as listener,
        cast(floor(power(hash(play, 'track') % 1000000 / 1000000, 3) * 40000) as bigint) as track,
        cast(30000 + hash(play, 'length') % 270000 as bigint) as ms_played,
        hash(play, 'habits') as habits
    from range(?) as numbers (play)
)

select
    cast(started_at as date) as play_date,
    'sim-' || listener as listener_id,
    started_at,
    started_at + to_milliseconds(ms_played) as ended_at,
    ms_played,
    left(md5(cast(track as varchar)), 22) as track_id,
    'Song number ' || track as track_name,
    'Artist ' || track // 10 as artist_name,
    case when track % 20 > 0 then 'Album ' || track // 4 end as album_name,
    case habits % 3 when 0 then 'ios' when 1 then 'android' else 'web_player' end as platform,
    case habits % 5 when 0 then 'clickrow' when 1 then 'fwdbtn' else 'trackdone' end as reason_start,
    case habits % 7 when 0 then 'fwdbtn' else 'trackdone' end as reason_end,
    habits % 2 = 0 as shuffle,
    habits % 7 = 0 as skipped
from drawn
order by play
"""


def write_plays(path: Path, rows: int) -> None:
    """Invent that many plays, the same ones each time.

    Raises:
        BenchError: they are not what the schema of synthetic.plays says.
    """
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '1GB'")
        milliseconds = DAYS * 24 * 3600 * 1000
        plays = connection.sql(PLAYS, params=[milliseconds, rows, rows])
        if plays.columns != SYNTHETIC_PLAYS.arrow_schema.names:
            raise BenchError("the plays of benches/io/plays.py lack a column of synthetic.plays")
        plays.write_parquet(str(path))


def write_days(plays: Path, folder: Path) -> None:
    """The plays of that file in files of a day each."""
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '1GB'")
        for offset in range(DAYS):
            day = FIRST_DAY + timedelta(days=offset)
            rows = connection.sql("select * from read_parquet(?) where play_date = ?", params=[str(plays), day])
            rows.write_parquet(str(folder / f"{day}.parquet"), compression="lz4")
