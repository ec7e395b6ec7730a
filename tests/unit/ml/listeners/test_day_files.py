from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.errors import InvalidListenersError
from ml.listeners.day_files import write_plays
from ml.listeners.plays import PLAYS_SCHEMA, simulate_plays
from tests.unit.ml.listeners.conftest import FIRST_DAY, UNTIL


def read(path: Path) -> pa.Table:
    """The rows of a file, whose columns are those of the plays without a conversion."""
    table = pq.read_table(path)
    assert [(column.name, column.type) for column in table.schema] == [(c.name, c.type) for c in PLAYS_SCHEMA]
    return table.cast(PLAYS_SCHEMA)


def test_the_files_hold_the_plays_of_their_days(listeners: pa.Table, catalogue: pa.Table, tmp_path: Path) -> None:
    told: list[tuple[date, int]] = []
    files = write_plays(
        listeners, catalogue, FIRST_DAY, UNTIL, tmp_path, progress=lambda day, rows: told.append((day, rows))
    )
    assert [file.day for file in files] == [FIRST_DAY + timedelta(days=day) for day in range((UNTIL - FIRST_DAY).days)]
    assert told == [(file.day, file.rows) for file in files]
    assert sorted(tmp_path.iterdir()) == sorted(file.path for file in files)
    tables = [read(file.path) for file in files]
    assert {column.name for column in pq.read_schema(files[0].path) if column.nullable} == {"album_name"}
    assert [table.num_rows for table in tables] == [file.rows for file in files]
    assert pa.concat_tables(tables).combine_chunks().equals(simulate_plays(listeners, catalogue, FIRST_DAY, UNTIL))


@pytest.mark.parametrize("threads", [1, 3, 7])
def test_threads_change_nothing(listeners: pa.Table, catalogue: pa.Table, tmp_path: Path, threads: int) -> None:
    until = FIRST_DAY + timedelta(days=3)
    files = write_plays(listeners, catalogue, FIRST_DAY, until, tmp_path, threads=threads)
    plays = pa.concat_tables([read(file.path) for file in files]).combine_chunks()
    assert plays.equals(simulate_plays(listeners, catalogue, FIRST_DAY, until))


def test_the_same_plays_make_the_same_bytes(listeners: pa.Table, catalogue: pa.Table, tmp_path: Path) -> None:
    day = FIRST_DAY + timedelta(days=1)
    first = write_plays(listeners, catalogue, day, day + timedelta(days=1), tmp_path / "a")
    again = write_plays(listeners, catalogue, day, day + timedelta(days=1), tmp_path / "b")
    assert first[0].path.read_bytes() == again[0].path.read_bytes()
    in_place = write_plays(listeners, catalogue, day, day + timedelta(days=1), tmp_path / "a")
    assert in_place[0].path.read_bytes() == again[0].path.read_bytes()


def test_days_on_which_nobody_plays_have_files_without_rows(
    listeners: pa.Table, catalogue: pa.Table, tmp_path: Path
) -> None:
    start, end = FIRST_DAY - timedelta(days=2), FIRST_DAY + timedelta(days=1)
    files = write_plays(listeners, catalogue, start, end, tmp_path)
    assert [file.rows > 0 for file in files] == [False, False, True]
    assert read(files[0].path).num_rows == 0


def test_nothing_is_left_of_a_simulation_that_fails(listeners: pa.Table, catalogue: pa.Table, tmp_path: Path) -> None:
    seeds = listeners.set_column(listeners.column_names.index("seed"), "seed", pa.array([*range(60)]))
    with pytest.raises(InvalidListenersError):
        write_plays(seeds, catalogue, FIRST_DAY, UNTIL, tmp_path)

    def stop(day: date, _: int) -> None:
        if day == FIRST_DAY + timedelta(days=1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_plays(listeners, catalogue, FIRST_DAY, UNTIL, tmp_path, progress=stop)
    assert not list(tmp_path.glob("*.part"))
