"""Where each check stands: its last result, the trend over its last runs, whether it flaps, and the totals.

Pure: results come in as rows of the history, and what is told of them is in page.py and markdown.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

TREND_RUNS = 30
FLAPS = 3
"""Changes between passing and not passing within the trend. A fault that was found and repaired is two of them."""


class Outcome(StrEnum):
    """How a check ended, the gravest first."""

    FAILED = "failed"
    WARNED = "warned"
    PASSED = "passed"


_GRAVITY = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True)
class Result:
    """What one check said in one run."""

    asset: str
    check: str
    run_id: str
    """Empty of what a sensor found outside any run."""
    evaluated_at: datetime
    """Naive UTC."""
    severity: str
    passed: bool
    summary: str | None = None

    @property
    def outcome(self) -> Outcome:
        if self.passed:
            return Outcome.PASSED
        return Outcome.WARNED if self.severity == "warn" else Outcome.FAILED


@dataclass(frozen=True)
class KnownCheck:
    """A check that the graph has: what it asks, whether what follows waits for it, and what to do where it fails."""

    asset: str
    check: str
    description: str
    is_blocking: bool
    advice: str


@dataclass(frozen=True)
class Standing:
    """A check and its last runs."""

    known: KnownCheck
    last: Result | None
    """None where it never ran."""
    trend: tuple[Outcome, ...]
    """Of at most TREND_RUNS runs, the oldest first."""

    @property
    def outcome(self) -> Outcome | None:
        return self.last.outcome if self.last else None

    @property
    def is_flapping(self) -> bool:
        passed = [outcome is Outcome.PASSED for outcome in self.trend]
        return sum(before != after for before, after in pairwise(passed)) >= FLAPS

    @property
    def runs_in_state(self) -> int:
        """For how many runs up to now it has ended as it did last."""
        count = 0
        for outcome in reversed(self.trend):
            if outcome is not self.trend[-1]:
                break
            count += 1
        return count


@dataclass(frozen=True)
class Totals:
    """How many checks stand where."""

    failed: int
    warned: int
    passed: int
    never_ran: int
    flapping: int

    @property
    def all(self) -> int:
        return self.failed + self.warned + self.passed + self.never_ran

    @property
    def headline(self) -> str:
        """What is wrong now, in words."""
        if not self.failed + self.warned + self.passed:
            return "No check has run yet."
        if not self.failed + self.warned:
            return f"All {self.passed:,} checks that ran passed."
        wrong = [_counted(self.failed, "fails", "fail")] if self.failed else []
        wrong += [_counted(self.warned, "warns", "warn")] if self.warned else []
        return f"{' and '.join(wrong)}; {self.passed:,} passed."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {'check' if number == 1 else 'checks'} {one if number == 1 else many}"


def standings(known: Iterable[KnownCheck], results: Iterable[Result]) -> list[Standing]:
    """Where the known checks stand, the gravest first, then those that flap, then by asset and name.

    Results of checks that the graph no longer has are left out. Several results of one run, such as those of the
    parts of a long window, count as the gravest of them.
    """
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        found[result.asset, result.check].append(result)
    standing = [_standing(check, found.get((check.asset, check.check), [])) for check in known]
    return sorted(standing, key=_order)


def totals(standing: Sequence[Standing]) -> Totals:
    outcomes = [one.outcome for one in standing]
    return Totals(
        failed=outcomes.count(Outcome.FAILED),
        warned=outcomes.count(Outcome.WARNED),
        passed=outcomes.count(Outcome.PASSED),
        never_ran=outcomes.count(None),
        flapping=sum(one.is_flapping for one in standing),
    )


def what_is_wrong(standing: Iterable[Standing]) -> list[Standing]:
    """The checks that failed or warned last."""
    return [one for one in standing if one.outcome in (Outcome.FAILED, Outcome.WARNED)]


def what_only_flaps(standing: Iterable[Standing]) -> list[Standing]:
    """The checks that flap and passed last."""
    return [one for one in standing if one.is_flapping and one.outcome is Outcome.PASSED]


def _standing(known: KnownCheck, results: Sequence[Result]) -> Standing:
    runs: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        # What a sensor found stands for itself.
        runs[result.run_id or result.evaluated_at.isoformat()].append(result)
    of_runs = [
        min(run, key=lambda result: (_GRAVITY[result.outcome], -result.evaluated_at.timestamp()))
        for run in runs.values()
    ]
    of_runs.sort(key=lambda result: (result.evaluated_at, result.run_id))
    return Standing(
        known=known,
        last=of_runs[-1] if of_runs else None,
        trend=tuple(result.outcome for result in of_runs[-TREND_RUNS:]),
    )


def _order(standing: Standing) -> tuple[int, bool, str, str]:
    outcome = standing.outcome
    rank = len(_GRAVITY) if outcome is None else _GRAVITY[outcome]
    return (rank, not standing.is_flapping, standing.known.asset, standing.known.check)
