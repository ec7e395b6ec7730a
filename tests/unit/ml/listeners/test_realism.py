from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from ml.listeners.realism import (
    ARCHIVE_SLOPE,
    REAL,
    History,
    figures_of,
    histories_of,
    judge_figures,
    judge_likeness,
    rank_slope,
    session_lengths,
)

MINUTE = 60_000
MONDAY = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1000


def history(starts: list[int], tracks: list[int], *, ms_played: int = MINUTE, done: bool = True) -> History:
    count = len(starts)
    return History(
        started_ms=MONDAY + np.array(starts),
        ms_played=np.full(count, ms_played),
        track=np.array(tracks),
        artist=np.array(tracks) // 10,
        done=np.full(count, done),
    )


def test_figures_of_a_history_worked_out_by_hand() -> None:
    day = 24 * 60 * MINUTE
    # Three plays on Monday in two sessions, one play on Saturday.
    figures = figures_of(history([0, MINUTE, 40 * MINUTE, 5 * day], [1, 1, 12, 25]))
    assert figures["plays_a_day"] == 2
    assert figures["session_plays"] == 1
    assert figures["same_track_share"] == pytest.approx(1 / 3)
    assert figures["same_artist_share"] == pytest.approx(1 / 3)
    assert figures["short_share"] == 0
    assert figures["done_share"] == 1
    assert figures["weekend_share"] == 0.25


def test_short_histories_are_not_asked_for_what_takes_years() -> None:
    day = 24 * 60 * MINUTE
    short = figures_of(history([0, 100 * day], [1, 2]))
    assert {"repeat_share", "new_share", "favourites_share", "hour_entropy"}.isdisjoint(short)
    long = figures_of(history([0, 800 * day, 801 * day], [1, 1, 2]))
    assert long["repeat_share"] == pytest.approx(1 / 3)
    assert long["new_share"] == 0.5
    assert long["hour_entropy"] == 0
    assert set(long) == set(REAL)


def test_half_an_hour_of_silence_ends_a_session() -> None:
    lengths = session_lengths(history([0, 31 * MINUTE, 62 * MINUTE + 1, 70 * MINUTE], [1, 2, 3, 4]))
    assert lengths.tolist() == [2, 2]


def test_the_slope_is_that_of_a_power_law() -> None:
    plays = np.repeat(np.arange(200), np.rint(1e6 / (np.arange(200) + 1) ** 0.7).astype(int) // 1000)
    assert rank_slope(plays) == pytest.approx(-0.7, abs=0.02)
    assert rank_slope(np.array([1, 1])) == 0


def test_histories_are_told_apart_and_put_in_order() -> None:
    plays = pa.table(
        {
            "listener_id": ["b", "a", "b"],
            "started_at": pa.array([2_000_000, 5, 1_000_000], pa.timestamp("us")),
            "ms_played": [20, 5, 10],
            "track_id": ["x", "y", "z"],
            "artist_name": ["p", "p", "q"],
            "reason_end": ["trackdone", "fwdbtn", "fwdbtn"],
        }
    )
    first, second = histories_of(plays)
    assert first.ms_played.tolist() == [5]
    assert second.ms_played.tolist() == [10, 20]
    assert second.started_ms.tolist() == [1000, 2000]
    assert second.done.tolist() == [False, True]
    assert histories_of(plays.slice(0, 0)) == []


def test_a_population_that_is_unlike_people_is_told_apart() -> None:
    middle = {name: (real.least + real.most) / 2 for name, real in REAL.items()}
    alike = [{name: value * factor for name, value in middle.items()} for factor in np.linspace(0.8, 1.2, 20)]
    assert all(judged.is_inside for judged in judge_figures(alike))
    same = judge_figures([middle] * 20)
    assert all(judged.is_inside and not judged.differs_alike for judged in same)
    louder = [figures | {"short_share": 0.9} for figures in alike]
    assert [judged.figure for judged in judge_figures(louder) if not judged.is_inside] == ["short_share"]


def test_simulated_listeners_are_like_people() -> None:
    """Two years of forty: what `make bench-realism` shows for three hundred over four years."""
    first, until = date(2023, 1, 1), date(2025, 1, 1)
    catalogue = generate_catalogue(7, artists=3000)
    listeners = simulate_listeners(PopulationSpec(40, 7, first, until), catalogue)
    histories = histories_of(simulate_plays(listeners, catalogue, first, until))
    judged = judge_figures([figures_of(of_listener) for of_listener in histories])
    assert len(judged) >= len(REAL) - 3
    assert sum(figure.is_inside for figure in judged) >= len(judged) - 1
    assert all(likeness.is_usual for likeness in judge_likeness(histories))
    slopes = [rank_slope(of_listener.track) for of_listener in histories]
    assert min(slopes) < ARCHIVE_SLOPE < max(slopes)
