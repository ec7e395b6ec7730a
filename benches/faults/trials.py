"""Each fault on a copy of a home: the disturbed command, the one command after it, and what is there then."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benches.faults import mounts
from benches.faults.commands import Blow, Ended, tunegenie
from benches.faults.homes import Archives, Undisturbed, at_once, copied
from benches.faults.judging import KILL, Outcome, is_told, outcome
from benches.faults.looking import gold_of, left_over
from benches.faults.scenarios import IMPORT_FIRST, IMPORT_SECOND, REBUILD, Scenario

MARKED = r"an earlier command ended in the middle of \w+; its run \w+ is now marked as failed"
FULL_LINE = "the disk is full: make room and run the same command again"
READ_ONLY_LINE = "TUNEGENIE_HOME cannot be written"
INTERRUPTED_LINE = "interrupted; running the same command again continues the work"


@dataclass(frozen=True)
class Trial:
    """One fault that is to happen to one home."""

    kind: str
    run: Callable[[str], Outcome]
    """Takes the name of the home, which no other trial uses."""


class Trials:
    """Makes trials over one pair of archives and its undisturbed homes."""

    def __init__(self, archives: Archives, undisturbed: Undisturbed, seed: int) -> None:
        self._archives = archives
        self._undisturbed = undisturbed
        self._seed = seed

    def blows(self, kind: str, number: signal.Signals, count: int) -> list[Trial]:
        """At moments of the second import, one in each of as many equal parts of it."""
        random = Random(f"{self._seed} {kind}")
        total = self._undisturbed.processor_seconds
        moments = [(part + random.random()) / count * total for part in range(count)]
        return [Trial(kind, lambda name, at=at: self._blow(kind, name, Blow(number, at))) for at in moments]

    def damaged(self, scenario: Scenario) -> Trial:
        return Trial(scenario.kind, lambda name: self._damaged(scenario, name))

    def full_disk(self, room_kib: int) -> Trial:
        kind = "the disk is full"
        return Trial(
            kind,
            lambda name: self._refused(
                kind, name, lambda home, words: mounts.on_full_disk(home, words, room_kib), FULL_LINE
            ),
        )

    def read_only(self) -> Trial:
        kind = "the home cannot be written"
        return Trial(kind, lambda name: self._refused(kind, name, mounts.on_read_only_disk, READ_ONLY_LINE))

    def two_at_once(self) -> Trial:
        return Trial("two commands at once", self._two_at_once)

    def clock_jump(self, library: Path, seconds: int) -> Trial:
        kind = f"the clock jumps an hour {'ahead' if seconds > 0 else 'back'}"
        return Trial(kind, lambda name: self._clock_jump(kind, name, library, seconds))

    def _blow(self, kind: str, name: str, blow: Blow) -> Outcome:
        home = copied(self._undisturbed.before, name)
        ended = self._do(home, IMPORT_SECOND, blow)
        began_runs = _begun_runs(home)
        after = self._do(home, IMPORT_SECOND)
        if kind == KILL:
            # Where no run was under way there is nothing to tell.
            told = is_told(after.said, MARKED) if began_runs else None
        else:
            told = is_told(ended.said, INTERRUPTED_LINE) if ended.code else None
        return self._judged(kind, IMPORT_SECOND, home, after, told=told, said=ended.said + after.said)

    def _damaged(self, scenario: Scenario, name: str) -> Outcome:
        home = copied(self._undisturbed.after, name)
        scenario.harm(home, Random(f"{self._seed} {scenario.kind}"))
        first = self._do(home, scenario.first) if scenario.first else None
        after = self._do(home, scenario.after)
        told = [is_told(first.said, scenario.says) and first.code == 1] if first else []
        told += [is_told(after.said, scenario.after_says)] if scenario.after_says else []
        said = (first.said if first else "") + after.said
        return self._judged(scenario.kind, scenario.after, home, after, told=all(told) if told else None, said=said)

    def _refused(self, kind: str, name: str, disturbed: Callable[[Path, Sequence[str]], Ended], line: str) -> Outcome:
        home = copied(self._undisturbed.before, name)
        ended = disturbed(home, self._archives.named(IMPORT_SECOND))
        after = self._do(home, IMPORT_SECOND)
        told = is_told(ended.said, line) and ended.code == 1
        return self._judged(kind, IMPORT_SECOND, home, after, told=told, said=ended.said + after.said)

    def _two_at_once(self, name: str) -> Outcome:
        home = copied(self._undisturbed.before, name)
        # The home of before holds the first archive only; without its warehouse both have all to do.
        (home / "warehouse.duckdb").unlink()
        both = at_once(home, [self._archives.named(IMPORT_FIRST), self._archives.named(IMPORT_SECOND)])
        worst = max(both, key=lambda ended: abs(ended.code))
        said = "".join(ended.said for ended in both)
        return self._judged("two commands at once", IMPORT_SECOND, home, worst, told=None, said=said)

    def _clock_jump(self, kind: str, name: str, library: Path, seconds: int) -> Outcome:
        home = copied(self._undisturbed.before, name)
        middle = self._undisturbed.processor_seconds / 2
        jump = {"LD_PRELOAD": str(library), "JUMP_AFTER": f"{middle:.2f}", "JUMP_SECONDS": str(seconds)}
        ended = tunegenie(home, self._archives.named(IMPORT_SECOND), told=jump)
        return self._judged(kind, IMPORT_SECOND, home, ended, told=None, said=ended.said)

    def _do(self, home: Path, arguments: Sequence[str], blow: Blow | None = None) -> Ended:
        return tunegenie(home, self._archives.named(arguments), blow)

    def _judged(
        self, kind: str, command: Sequence[str], home: Path, after: Ended, *, told: bool | None, said: str
    ) -> Outcome:
        found = outcome(
            kind,
            "tunegenie rebuild" if command == REBUILD else "the same import again",
            code=after.code,
            gold=gold_of(home),
            undisturbed=self._undisturbed.gold,
            leaked=left_over(home),
            told=told,
            said=said,
        )
        if found.is_recovered and not found.leaked:
            shutil.rmtree(home)
        return found


def _begun_runs(home: Path) -> bool:
    return any(found.startswith("run ") for found in left_over(home))
