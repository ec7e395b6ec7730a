"""Gold built from histories of several lengths, and what one new day costs in each. Tables are in display.py.

The histories differ in days alone, and the new days are the same, so a difference in their cost comes from the history.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benches.processes import Finished, run
from benches.report import Size
from benches.warehouse.histories import MEMORY, History, plays_in_gold
from tunegenie_assets.settings import PREFIX

TRIALS: dict[Size, int] = {"full": 3, "small": 1}
HISTORIES: dict[Size, tuple[History, ...]] = {
    # 1, 10 and 50 million plays.
    "full": tuple(History(listeners=5_000, plays_per_day=20, days=days) for days in (10, 100, 500)),
    "small": tuple(History(listeners=100, plays_per_day=20, days=days) for days in (5, 25)),
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """What one history cost."""

    plays: int
    days: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    database_mb: float
    whole_seconds: float
    """Of the models that are built whole, as dbt times them: what a run of a day pays for them as well."""
    slowest: Mapping[str, float]
    """Seconds of the models that took longest."""

    @property
    def rows_per_second(self) -> float:
        return self.plays / self.seconds


@dataclass(frozen=True)
class Measured:
    builds: Sequence[Build]
    day_seconds: Sequence[float]
    """By history: what the models that are kept by day took for a new day, the median of the trials, as dbt times
    them. Its own start would hide a difference."""
    copy_seconds: float
    """What copying the plays of the longest history once takes: the limit of a build."""
    plays_lost: int
    """Made and not in gold, or the other way round, over all histories."""
    new_plays: int
    trials: int

    @property
    def day_cost_ratio(self) -> float:
        """Of the longest history over the shortest."""
        return self.day_seconds[-1] / self.day_seconds[0]


def measure(size: Size, folder: Path, say: Say) -> Measured:
    """Build each history below `folder`, then add new days to each in turn.

    Raises:
        BenchError: dbt failed.
    """
    histories = HISTORIES[size]
    homes = [folder / str(history.plays) for history in histories]
    builds: list[Build] = []
    for home, history in zip(homes, histories, strict=True):
        say(f"making {history.plays:,} plays")
        _step("create", home, history, until_day=history.days)
        say(f"building gold from {history.plays:,} plays")
        builds.append(_build(home, history))
    lost = sum(
        abs(history.plays - plays_in_gold(home / "warehouse.duckdb"))
        for home, history in zip(homes, histories, strict=True)
    )
    say(f"copying {histories[-1].plays:,} plays")
    copied = json.loads(_step("copy", homes[-1], histories[-1], until_day=histories[-1].days).stdout)["copied"]
    days: list[list[float]] = [[] for _ in histories]
    for trial in range(TRIALS[size]):
        for number in _alternating(trial, len(histories)):
            say(f"new day {trial + 1} after {histories[number].plays:,} plays")
            days[number].append(_add_day(homes[number], histories[number], trial))
    return Measured(
        builds=builds,
        day_seconds=[statistics.median(found) for found in days],
        plays_lost=lost,
        copy_seconds=sum(copied.values()),
        new_plays=histories[0].listeners * histories[0].plays_per_day,
        trials=TRIALS[size],
    )


def _build(home: Path, history: History) -> Build:
    finished = _step("build", home, history, until_day=history.days)
    daily, whole = _seconds(finished)
    models = sorted((daily | whole).items(), key=lambda model: -model[1])
    return Build(
        plays=history.plays,
        days=history.days,
        seconds=finished.seconds,
        cpu_seconds=finished.cpu_seconds,
        peak_mb=finished.peak_mb,
        database_mb=(home / "warehouse.duckdb").stat().st_size / 2**20,
        whole_seconds=sum(whole.values()),
        slowest=dict(models[:8]),
    )


def _add_day(home: Path, history: History, trial: int) -> float:
    """Seconds of the models that are kept by day."""
    day = history.days + trial
    _step("add", home, history, from_day=day, until_day=day + 1)
    daily, _ = _seconds(_step("build-daily", home, history, from_day=day, until_day=day + 1))
    return sum(daily.values())


def _step(action: str, home: Path, history: History, *, from_day: int = 0, until_day: int) -> Finished:
    command = [
        sys.executable, "-m", "benches.warehouse.step", action, str(home),
        "--listeners", str(history.listeners), "--plays-per-day", str(history.plays_per_day),
        "--from-day", str(from_day), "--until-day", str(until_day),
    ]  # fmt: skip
    environment = {f"{PREFIX}HOME": str(home), f"{PREFIX}DUCKDB_MEMORY": MEMORY, f"{PREFIX}ENV": "ci"}
    return run(command, environment)


def _seconds(finished: Finished) -> tuple[dict[str, float], dict[str, float]]:
    """By model: of those that are kept by day, and of the others."""
    told = json.loads(finished.stdout)
    return told["daily"], told["whole"]


def _alternating(trial: int, count: int) -> Sequence[int]:
    """No history is always first."""
    return range(count) if trial % 2 == 0 else range(count - 1, -1, -1)
