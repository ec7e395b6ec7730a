"""What the simulation is compared with: loops over rows as scripts have them, and pyarrow alone writing the same rows.

The loops draw every column of PLAYS_SCHEMA and care for nothing else: no sessions, no taste, no two plays that belong
together. Each of them is one thread, which is all that a loop of Python can use.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from faker import Faker

from ml.listeners.plays import PLAYS_SCHEMA

Row = dict[str, object]
Song = tuple[str, str, str, str]
"""Id, name, artist and album of a track."""

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2025, 12, 31)
LISTENERS = 5_000
SONGS = 5_000
PLATFORMS = ("ios", "android", "web_player")
REASONS_START = ("clickrow", "trackdone", "fwdbtn", "backbtn", "appload")
REASONS_END = ("trackdone", "fwdbtn", "backbtn", "endplay", "logout")
NAMES = [field.name for field in PLAYS_SCHEMA if pa.types.is_string(field.type)]


def faker_loop(rows: int, path: Path, seed: int) -> float:
    """Seconds of the common way: Faker is asked for every name of every row, and pandas writes what came out."""
    fake = seeded(seed)
    begin = time.monotonic()
    write(faker_rows(fake, rows, lambda: song(fake)), path)
    return time.monotonic() - begin


def thrifty_loop(rows: int, path: Path, seed: int) -> float:
    """Seconds of the same loop by someone who has Faker make a few thousand songs once, and draws from them."""
    fake = seeded(seed)
    songs = [song(fake) for _ in range(SONGS)]
    begin = time.monotonic()
    write(faker_rows(fake, rows, lambda: random.choice(songs)), path)
    return time.monotonic() - begin


def faker_rows(fake: Faker, rows: int, choose: Callable[[], Song]) -> list[Row]:
    drawn: list[Row] = []
    for _ in range(rows):
        started_at = fake.date_time_between_dates(FIRST_DAY, LAST_DAY)
        ms_played = random.randint(1_000, 300_000)
        track_id, track_name, artist_name, album_name = choose()
        drawn.append(
            {
                "play_date": started_at.date(),
                "listener_id": f"sim-{random.randrange(LISTENERS)}",
                "started_at": started_at,
                "ended_at": started_at + timedelta(milliseconds=ms_played),
                "ms_played": ms_played,
                "track_id": track_id,
                "track_name": track_name,
                "artist_name": artist_name,
                "album_name": album_name,
                "platform": random.choice(PLATFORMS),
                "reason_start": random.choice(REASONS_START),
                "reason_end": random.choice(REASONS_END),
                "shuffle": random.random() < 0.5,
                "skipped": random.random() < 0.3,
            }
        )
    return drawn


def song(fake: Faker) -> Song:
    return fake.pystr(22, 22), fake.catch_phrase(), fake.name(), fake.word()


def seeded(seed: int) -> Faker:
    random.seed(seed)
    fake = Faker()
    fake.seed_instance(seed)
    return fake


def write(rows: list[Row], path: Path) -> None:
    pd.DataFrame(rows).to_parquet(path)


def pyarrow_alone(files: Sequence[Path], folder: Path, threads: int) -> tuple[int, float]:
    """Rows and seconds of writing simulated days again that are in memory: as many files, as many threads.

    Names are held as codes into their dictionaries, the form that pyarrow writes fastest.
    """
    tables = [pq.read_table(file, read_dictionary=NAMES) for file in files]

    def write_day(number: int) -> None:
        pq.write_table(tables[number], folder / f"{number}.parquet", compression="lz4")

    folder.mkdir(parents=True)
    begin = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write_day, range(len(tables))))
    return sum(table.num_rows for table in tables), time.monotonic() - begin
