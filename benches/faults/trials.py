"""Each fault on a copy of a home: the disturbed command, the one command after it, and what is there then."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benches.faults import mounts
from benches.faults.commands import Blow, Ended, tunegenie
from benches.faults.homes import Course, Place, Sources, at_once
from benches.faults.judging import KILL, Outcome, is_told, outcome
from benches.faults.looking import gold_of, left_over
from benches.faults.scenarios import REBUILD, Scenario
from benches.processes import BenchError

MARKED = r"an earlier command ended in the middle of \w+; its run \w+ is now marked as failed"
FULL_LINE = r"the disk is full( or failing)?: make room and run the same command again; nothing that had landed is lost"
READ_ONLY_LINE = "TUNEGENIE_HOME cannot be written"
INTERRUPTED_LINE = "interrupted; running the same command again continues the work"


@dataclass(frozen=True)
class Trial:
    """One fault that is to happen to one home."""

    kind: str
    run: Callable[[Place], Outcome]
    """In a place where no other trial is."""


class Trials:
    """Makes trials over courses that nothing disturbed."""

    def __init__(self, sources: Sources, courses: Sequence[Course], seed: int) -> None:
        self._sources = sources
        self._courses = courses
        self._seed = seed

    def blows(self, kind: str, number: signal.Signals, count: int, course: Course) -> list[Trial]:
        """At moments of a command, one in each of as many equal parts of it."""
        random = Random(f"{self._seed} {kind} {course.command}")
        shares = [(part + random.random()) / count for part in range(count)]
        return [Trial(kind, lambda place, at=at: self._blow(kind, number, place, course, at)) for at in shares]

    def damaged(self, scenario: Scenario) -> Trial:
        return Trial(scenario.kind, lambda place: self._damaged(scenario, place))

    def full_disk(self, room_kib: int, course: Course) -> Trial:
        def disturbed(home: Path, words: Sequence[str]) -> Ended:
            return mounts.on_full_disk(home, words, room_kib, **self._sources.settings)

        kind = "the disk is full"
        return Trial(kind, lambda place: self._refused(kind, place, course, disturbed, FULL_LINE))

    def read_only(self, course: Course) -> Trial:
        def disturbed(home: Path, words: Sequence[str]) -> Ended:
            return mounts.on_read_only_disk(home, words, **self._sources.settings)

        kind = "the home cannot be written"
        return Trial(kind, lambda place: self._refused(kind, place, course, disturbed, READ_ONLY_LINE))

    def two_at_once(self, first: Course, second: Course) -> Trial:
        """Two imports in a home without a warehouse, so that both have all to do."""
        kind = "two commands at once"

        def run(place: Place) -> Outcome:
            home = place.put(first.after)
            (home / "warehouse.duckdb").unlink()
            commands = [self._sources.named(course.command) for course in (first, second)]
            both = at_once(home, commands, self._sources.settings)
            worst = max(both, key=lambda ended: abs(ended.code))
            return self._judged(kind, second, place, worst, told=None, said="".join(ended.said for ended in both))

        return Trial(kind, run)

    def clock_jump(self, library: Path, seconds: int, course: Course) -> Trial:
        kind = f"the clock jumps an hour {'ahead' if seconds > 0 else 'back'}"

        def run(place: Place) -> Outcome:
            home = place.put(course.before)
            middle = f"{course.processor_seconds / 2:.2f}"
            jump = {"LD_PRELOAD": str(library), "JUMP_AFTER": middle, "JUMP_SECONDS": str(seconds)}
            ended = tunegenie(home, self._sources.named(course.command), told={**self._sources.settings, **jump})
            return self._judged(kind, course, place, ended, told=None, said=ended.said)

        return Trial(kind, run)

    def _blow(self, kind: str, number: signal.Signals, place: Place, course: Course, share: float) -> Outcome:
        ended = self._struck(number, place, course, share)
        began_runs = _begun_runs(place.home)
        after = self._do(place.home, course.command)
        if kind == KILL:
            # Where no run was under way there is nothing to tell.
            told = is_told(after.said, MARKED) if began_runs else None
        else:
            # Before it listens to signals it ends as the system ends it, with nothing begun.
            told = is_told(ended.said, INTERRUPTED_LINE) if ended.code > 0 or began_runs else None
        return self._judged(kind, course, place, after, told=told, said=ended.said + after.said)

    def _struck(self, number: signal.Signals, place: Place, course: Course, share: float) -> Ended:
        """A command that met the signal: one that took less of the processor than before may end too early.

        Raises:
            BenchError: it ended first each time.
        """
        seconds = course.processor_seconds
        for _ in range(3):
            home = place.put(course.before)
            ended = self._do(home, course.command, Blow(number, share * seconds))
            if ended.code:
                return ended
            seconds = 0.95 * ended.processor_seconds
        raise BenchError(f"a command that was to meet {number.name} ended before it")

    def _damaged(self, scenario: Scenario, place: Place) -> Outcome:
        course = self._courses[-1]
        home = place.put(course.after)
        scenario.harm(home, Random(f"{self._seed} {scenario.kind}"))
        first = self._do(home, scenario.first) if scenario.first else None
        after = self._do(home, scenario.after)
        told = [is_told(first.said, scenario.says) and first.code == 1] if first else []
        told += [is_told(after.said, scenario.after_says)] if scenario.after_says else []
        said = (first.said if first else "") + after.said
        told_all = all(told) if told else None
        return self._judged(scenario.kind, course, place, after, told=told_all, said=said, command=scenario.after)

    def _refused(
        self, kind: str, place: Place, course: Course, disturbed: Callable[[Path, Sequence[str]], Ended], line: str
    ) -> Outcome:
        home = place.put(course.before)
        ended = disturbed(home, self._sources.named(course.command))
        after = self._do(home, course.command)
        told = is_told(ended.said, line) and ended.code == 1
        return self._judged(kind, course, place, after, told=told, said=ended.said + after.said)

    def _do(self, home: Path, arguments: Sequence[str], blow: Blow | None = None) -> Ended:
        return tunegenie(home, self._sources.named(arguments), blow, self._sources.settings)

    def _judged(
        self,
        kind: str,
        course: Course,
        place: Place,
        after: Ended,
        *,
        told: bool | None,
        said: str,
        command: Sequence[str] | None = None,
    ) -> Outcome:
        found = outcome(
            kind,
            "tunegenie rebuild" if command == REBUILD else "the same again",
            code=after.code,
            gold=gold_of(place.home),
            undisturbed=course.gold,
            leaked=left_over(place.home),
            told=told,
            said=said,
        )
        if found.is_recovered:
            place.remember()
        return found


def _begun_runs(home: Path) -> bool:
    return any(found.startswith("run ") for found in left_over(home))
