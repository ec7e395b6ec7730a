"""`python -m benches.faults`: after kills, damage, a full disk and more, does one command bring everything back?

Tables and progress go to standard error, the line of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from rich.console import Console

from benches.faults import display, homes, mounts
from benches.faults.commands import PROCESSES
from benches.faults.homes import Course, Place
from benches.faults.judging import KILL, Outcome, figures_of
from benches.faults.scenarios import COLLECT, IMPORT_FIRST, IMPORT_SECOND, SCENARIOS
from benches.faults.service import scrobbles
from benches.faults.trials import Trial, Trials
from benches.processes import BenchError
from benches.report import Floor, Size, finish, missed

LINE_WIDTH = 140
SEED = 11
HOUR = 3600


@dataclass(frozen=True)
class Plan:
    commands: Sequence[Sequence[str]]
    """What an undisturbed home does, one after the other."""
    kills: Mapping[Sequence[str], int]
    """Of each of these commands."""
    terminations: int
    """Of the last command."""
    rooms_kib: tuple[int, ...]
    """Left on the disk that becomes full, in KiB."""
    everything: bool


PLANS: Mapping[Size, Plan] = {
    "full": Plan(
        commands=(IMPORT_FIRST, IMPORT_SECOND, COLLECT),
        kills={IMPORT_SECOND: 35, COLLECT: 15},
        terminations=4,
        rooms_kib=(64, 1024, 4096, 12288),
        everything=True,
    ),
    "small": Plan(commands=(IMPORT_SECOND,), kills={IMPORT_SECOND: 1}, terminations=0, rooms_kib=(), everything=False),
}
DAYS = 30
"""That the listener has listened. What a command costs hardly depends on it; what it may lose is the same."""
FLOORS = (
    Floor("equal_share", "at least", 1, in_small=True),
    Floor("lost", "at most", 0, in_small=True),
    Floor("leaked", "at most", 0, in_small=True),
    Floor("told_share", "at least", 1, in_small=True),
    Floor("one_command_share", "at least", 1, in_small=True),
    # What is to be survived must have happened.
    Floor("kills", "at least", 50),
    Floor("equal_after_restart", "at least", 50),
    Floor("fault_kinds", "at least", 15),
    Floor("skipped", "at most", 0),
)


def trials_of(
    plan: Plan, trials: Trials, courses: Sequence[Course], folder: Path, console: Console
) -> tuple[list[Trial], int]:
    """The trials of a plan, and how many of them this machine does not allow."""
    chosen = [trials.damaged(scenario) for scenario in SCENARIOS if plan.everything or scenario.in_small]
    for course in courses:
        chosen += trials.blows(KILL, signal.SIGKILL, plan.kills.get(course.command, 0), course)
    chosen += trials.blows("SIGTERM", signal.SIGTERM, plan.terminations, courses[-1])
    if not plan.everything:
        return chosen, 0
    first, second, collected = courses
    chosen.append(trials.two_at_once(first, second))
    jumps = [(seconds, course) for course in (second, collected) for seconds in (HOUR, -HOUR)]
    skipped = 0
    library = homes.clock_library(folder)
    if library is None:
        console.print("skipped: the clock cannot be made to jump without a C compiler on Linux")
        skipped += len(jumps)
    else:
        chosen += [trials.clock_jump(library, *jump) for jump in jumps]
    disks = [trials.read_only(second), *(trials.full_disk(room, second) for room in plan.rooms_kib)]
    if mounts.can_mount():
        chosen += disks
    else:
        console.print("skipped: a full disk and a home that cannot be written, as no mounts are allowed here")
        skipped += len(disks)
    return chosen, skipped


def run_all(chosen: Sequence[Trial], places: Sequence[Place], console: Console) -> list[Outcome]:
    """As many at a time as there are places."""
    free = SimpleQueue[Place]()
    for place in places:
        free.put(place)

    def run(numbered: tuple[int, Trial]) -> Outcome:
        number, trial = numbered
        place = free.get()
        try:
            found = trial.run(place)
        finally:
            free.put(place)
        display.show_failure(console, found)
        console.print(f"[dim]{number + 1} of {len(chosen)}: {trial.kind}[/dim]")
        return found

    with ThreadPoolExecutor(len(places)) as pool:
        return list(pool.map(run, enumerate(chosen)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.faults", description=__doc__)
    parser.add_argument("--size", choices=tuple(PLANS), default="full")
    parser.add_argument("--workers", type=int, default=2, help="Homes at a time.")
    parser.add_argument("--only", action="append", help="Faults whose name holds this; may be given several times.")
    given = parser.parse_args()
    size: Size = given.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    if not PROCESSES.is_dir():
        console.print("[red]bench-faults: it needs Linux, which tells of processes in /proc[/red]")
        return 1
    plan, began = PLANS[size], time.monotonic()
    with TemporaryDirectory(prefix="tunegenie-bench-faults-") as name, scrobbles(DAYS) as settings:
        folder = Path(name)
        try:
            sources = homes.simulate(folder, DAYS, settings)
            places = [Place(folder / f"place-{number}") for number in range(given.workers)]
            courses = homes.undisturbed(folder, places[0], sources, plan.commands)
            console.print("[dim]undisturbed homes are built[/dim]")
            trials = Trials(sources, courses, SEED)
            chosen, skipped = trials_of(plan, trials, courses, folder, console)
            chosen = [t for t in chosen if not given.only or any(name in t.kind for name in given.only)]
            outcomes = run_all(chosen, places, console)
        except BenchError as error:
            console.print(f"[red]bench-faults: {error}[/red]")
            return 1
    display.show(console, outcomes)
    figures = {**figures_of(outcomes, skipped), "seconds": time.monotonic() - began}
    return finish("faults", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
