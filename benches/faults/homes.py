"""The homes that faults happen to, and what undisturbed commands make of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benches.faults.commands import TUNEGENIE, Ended, environment, tunegenie
from benches.faults.looking import Gold, gold_of
from benches.processes import ROOT, BenchError

UNTIL = date(2025, 3, 11)
SEED = 7
LISTENER = "ada"


@dataclass(frozen=True)
class Sources:
    """Two files of one simulated listener, which tell of the same plays in part, and settings to collect by."""

    first: Path
    second: Path
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    def named(self, arguments: Sequence[str]) -> list[str]:
        """The arguments of a command, with the files where they are meant."""
        return [word.format(first=self.first, second=self.second) for word in arguments]


@dataclass(frozen=True)
class Course:
    """A command, and what a home is before it and after it where nothing disturbs it."""

    command: Sequence[str]
    before: Path
    after: Path
    gold: Gold
    """After it."""
    processor_seconds: float


def simulate(folder: Path, days: int, settings: Mapping[str, str]) -> Sources:
    """Write the archives of a listener.

    Raises:
        BenchError: the simulation failed.
    """
    exports = folder / "exports"
    listening = ("--listeners", "1", "--days", str(days), "--seed", str(SEED), "--until", UNTIL.isoformat())
    formats = ("--format", "lastfm", "--format", "spotify_extended")
    _well(tunegenie(folder / "simulating", ["simulate", *listening, *formats, "--to", str(exports)]))
    [listener] = exports.glob("sim-*")
    return Sources(listener / "lastfm.csv", listener / "spotify_extended.zip", settings)


class Place:
    """Where homes stand one after the other: at another path dbt takes its project for changed, and reads all of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.home = folder / "home"
        self._parsed = folder / "parsed"

    def put(self, home: Path) -> Path:
        """A copy of this home, in place of the one that stood here; with what dbt has read here."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(home, self.home)
        if self._parsed.exists() and self._own.exists():
            shutil.copyfile(self._parsed, self._own)
        return self.home

    def remember(self) -> None:
        """What dbt has read for the home that stands here."""
        if self._own.exists():
            shutil.copyfile(self._own, self._parsed)

    @property
    def _own(self) -> Path:
        return self.home / "dbt" / "partial_parse.msgpack"


def undisturbed(folder: Path, place: Place, sources: Sources, commands: Sequence[Sequence[str]]) -> list[Course]:
    """One command after the other, each in the home that the one before it left; the first in an empty one.

    Raises:
        BenchError: a command failed, or there are no plays after it.
    """
    before = folder / "empty"
    before.mkdir(mode=0o700)
    courses: list[Course] = []
    for number, command in enumerate(commands, start=1):
        home = place.put(before)
        ended = _well(tunegenie(home, sources.named(command), told=sources.settings))
        place.remember()
        gold = gold_of(home)
        if not gold.plays:
            raise BenchError("an undisturbed command left no plays")
        after = Path(shutil.copytree(home, folder / f"after-{number}"))
        courses.append(Course(command, before, after, gold, ended.processor_seconds))
        before = after
    return courses


def at_once(home: Path, commands: Sequence[Sequence[str]], settings: Mapping[str, str]) -> list[Ended]:
    """Several commands on one home, started together."""
    begun = [
        subprocess.Popen(
            [*TUNEGENIE, *arguments],
            cwd=ROOT,
            env=environment(home, **settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for arguments in commands
    ]
    return [Ended(process.returncode, said, 0.0) for process in begun for said in [process.communicate()[1]]]


def clock_library(folder: Path) -> Path | None:
    """The library that lets a clock jump; None where there is no compiler, or it is not Linux."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "clock.so"
    source = Path(__file__).with_name("clock.c")
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
    built = subprocess.run(command, capture_output=True, check=False)
    return None if built.returncode else library


def _well(ended: Ended) -> Ended:
    if ended.code:
        raise BenchError((ended.said.strip().splitlines() or ["no message"])[-1])
    return ended
