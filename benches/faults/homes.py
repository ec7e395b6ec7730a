"""The homes that faults happen to: one with the first archive, and one with both, as an undisturbed run leaves it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benches.faults.commands import TUNEGENIE, Ended, environment, tunegenie
from benches.faults.looking import Gold, gold_of
from benches.processes import ROOT, BenchError

UNTIL = "2025-03-11"
SEED = "7"


@dataclass(frozen=True)
class Archives:
    """Two files of one simulated listener, which tell of the same plays in part."""

    first: Path
    second: Path

    def named(self, arguments: Sequence[str]) -> list[str]:
        """The arguments of a command, with the files where they are meant."""
        return [word.format(first=self.first, second=self.second) for word in arguments]


@dataclass(frozen=True)
class Undisturbed:
    """What a home is before the run that is disturbed, and after one that was not."""

    before: Path
    after: Path
    gold: Gold
    processor_seconds: float
    """Of the import of the second archive."""


def simulate(folder: Path, days: int) -> Archives:
    """Write the archives of a listener.

    Raises:
        BenchError: the simulation failed.
    """
    exports = folder / "exports"
    listening = ("--listeners", "1", "--days", str(days), "--seed", SEED, "--until", UNTIL)
    formats = ("--format", "lastfm", "--format", "spotify_extended")
    _well(tunegenie(folder / "simulating", ["simulate", *listening, *formats, "--to", str(exports)]))
    [listener] = exports.glob("sim-*")
    return Archives(listener / "lastfm.csv", listener / "spotify_extended.zip")


def build(folder: Path, archives: Archives) -> Undisturbed:
    """Import the first archive, and in a copy of that home the second.

    Raises:
        BenchError: an import failed.
    """
    before, after = folder / "before", folder / "after"
    _well(tunegenie(before, archives.named(("import", "{first}", "--listener", "ada"))))
    shutil.copytree(before, after)
    imported = _well(tunegenie(after, archives.named(("import", "{second}", "--listener", "ada"))))
    gold = gold_of(after)
    if not gold.plays:
        raise BenchError("an undisturbed import left no plays")
    return Undisturbed(before, after, gold, imported.processor_seconds)


def copied(home: Path, name: str) -> Path:
    """A copy beside it, to be disturbed."""
    return Path(shutil.copytree(home, home.with_name(name)))


def at_once(home: Path, commands: Sequence[Sequence[str]]) -> list[Ended]:
    """Several commands on one home, started together."""
    begun = [
        subprocess.Popen(
            [*TUNEGENIE, *arguments],
            cwd=ROOT,
            env=environment(home),
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
