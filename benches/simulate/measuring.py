"""The simulation measured beside its peers: a long range, many listeners, and each peer, in turns.

Every step is a process of its own (step.py). Tables are in display.py.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benches.processes import run
from benches.report import Figures, Size

PEERS = {
    "faker": "a row-wise Faker loop",
    "thrifty": "such a loop over songs made beforehand",
    "pyarrow": "pyarrow alone, the same rows from memory",
}
THIRTY_MILLION = 30_000_000

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    range_listeners: int
    range_plays: int
    """In one range of days, by `range_listeners`."""
    crowd: int
    """Listeners of whom memory is measured."""
    few_days: int
    many_days: int
    loop_rows: int
    """A loop is slow, and as slow for each row: so many are enough."""
    pyarrow_rows: int
    trials: int


PLANS: Mapping[Size, Plan] = {
    "full": Plan(
        range_listeners=5_000,
        range_plays=THIRTY_MILLION,
        crowd=100_000,
        few_days=3,
        many_days=15,
        loop_rows=20_000,
        pyarrow_rows=4_000_000,
        trials=3,
    ),
    "small": Plan(
        range_listeners=500,
        range_plays=100_000,
        crowd=2_000,
        few_days=2,
        many_days=6,
        loop_rows=2_000,
        pyarrow_rows=50_000,
        trials=1,
    ),
}


@dataclass(frozen=True)
class Written:
    """What one process wrote."""

    plays: int
    seconds: float
    peak_mb: float
    days: int = 0
    listeners_seconds: float = 0
    rows_lost: int = 0
    """Rows and days that were told and are not there, or the other way round."""
    bytes: int = 0

    @property
    def rate(self) -> float:
        """Plays a second."""
        return self.plays / self.seconds


@dataclass(frozen=True)
class Measured:
    plan: Plan
    ranges: Sequence[Written]
    """One for each trial."""
    peers: Mapping[str, Sequence[Written]]
    few: Written
    many: Written

    @property
    def rate(self) -> float:
        return median(written.rate for written in self.ranges)

    def peer_rate(self, name: str) -> float:
        return median(written.rate for written in self.peers[name])


def measure(size: Size, folder: Path, say: Say) -> Measured:
    """Run all steps below `folder`.

    Raises:
        BenchError: a step failed.
    """
    plan = PLANS[size]
    ranges: list[Written] = []
    peers: dict[str, list[Written]] = {name: [] for name in PEERS}
    for trial in range(plan.trials):
        say(f"{plan.range_plays:,} plays of {plan.range_listeners:,} listeners, {trial + 1} of {plan.trials}")
        days = folder / "range"
        ranges.append(_step("range", days, listeners=plan.range_listeners, plays=plan.range_plays))
        for name, found in peers.items():
            say(PEERS[name])
            rows = plan.pyarrow_rows if name == "pyarrow" else plan.loop_rows
            found.append(_step(name, days, plays=rows))
        shutil.rmtree(days)
    crowds: list[Written] = []
    for days in (plan.few_days, plan.many_days):
        say(f"{plan.crowd:,} listeners for {days} days")
        crowds.append(_step("days", folder / "crowd", listeners=plan.crowd, days=days))
        shutil.rmtree(folder / "crowd")
    return Measured(plan, ranges, peers, *crowds)


def figures_of(measured: Measured) -> Figures:
    every = [*measured.ranges, measured.few, measured.many]
    return {
        "plays_per_second": round(measured.rate),
        "seconds_of_30_million": THIRTY_MILLION / measured.rate,
        "ratio_to_faker": measured.rate / measured.peer_rate("faker"),
        "ratio_to_thrifty_loop": measured.rate / measured.peer_rate("thrifty"),
        "ratio_to_pyarrow": measured.rate / measured.peer_rate("pyarrow"),
        "peak_mb": max(written.peak_mb for written in every),
        "memory_ratio": measured.many.peak_mb / measured.few.peak_mb,
        "plays": min(written.plays for written in measured.ranges),
        "days": measured.ranges[0].days,
        "listeners": measured.plan.crowd,
        "listeners_seconds": measured.many.listeners_seconds,
        "crowd_plays": measured.many.plays,
        "crowd_plays_per_second": round(measured.many.rate),
        "bytes_per_play": sum(written.bytes for written in every) / sum(written.plays for written in every),
        "rows_lost": sum(written.rows_lost for written in every),
    }


def _step(action: str, folder: Path, *, listeners: int = 0, days: int = 0, plays: int = 0) -> Written:
    amounts = ["--listeners", str(listeners), "--days", str(days), "--plays", str(plays)]
    finished = run([sys.executable, "-m", "benches.simulate.step", action, str(folder), *amounts])
    return Written(peak_mb=finished.peak_mb, **json.loads(finished.stdout.splitlines()[-1]))
