"""`python -m benches.realism`: do simulated listeners listen like people?

A population is simulated for years and measured as three real histories were. With --archive an extended history of
Spotify's stands beside them. Tables go to standard error, the line of JSON to standard output. Exit code 1 when a floor
is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from benches.processes import BenchError
from benches.realism.archive import read_history
from benches.realism.display import show
from benches.report import Floor, Size, finish, missed
from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from ml.listeners.realism import History, figures_of, histories_of, judge_figures, judge_likeness

LINE_WIDTH = 120
COLUMNS = ["listener_id", "started_at", "ms_played", "track_id", "artist_name", "reason_end"]
FLOORS = (
    Floor("ranges_met", "at least", 13),
    Floor("differences_met", "at least", 13),
    Floor("distributions_met", "at least", 3),
    # Fewer listeners: one figure may stray.
    Floor("ranges_share", "at least", 0.9, in_small=True),
)


@dataclass(frozen=True)
class Plan:
    listeners: int
    years: int
    artists: int
    seed: int = 7


PLANS: Mapping[Size, Plan] = {
    "full": Plan(listeners=300, years=4, artists=8_000),
    "small": Plan(listeners=80, years=3, artists=6_000),
}


def simulated(plan: Plan) -> list[History]:
    """The population of a plan, in portions, so that its plays need not be held as texts all at once."""
    first, until = date(2025 - plan.years, 1, 1), date(2025, 1, 1)
    catalogue = generate_catalogue(plan.seed, artists=plan.artists, released_before=until)
    listeners = simulate_listeners(PopulationSpec(plan.listeners, plan.seed, first, until), catalogue)
    portions = [listeners.slice(low, 20) for low in range(0, listeners.num_rows, 20)]
    return [
        history
        for portion in portions
        for history in histories_of(simulate_plays(portion, catalogue, first, until).select(COLUMNS))
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.realism", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--archive", type=Path, help="an extended history of Spotify's to show beside")
    arguments = parser.parse_args()
    size: Size = arguments.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    try:
        archive = figures_of(read_history(arguments.archive)) if arguments.archive else None
    except BenchError as error:
        console.print(f"[red]bench-realism: {error}[/red]")
        return 1
    histories = simulated(PLANS[size])
    judged = judge_figures([figures_of(history) for history in histories])
    likenesses = judge_likeness(histories)
    show(console, histories, judged, likenesses, archive)
    inside = sum(figure.is_inside for figure in judged)
    figures = {
        "ranges_met": inside,
        "ranges_total": len(judged),
        "ranges_share": inside / len(judged),
        "differences_met": sum(figure.differs_alike for figure in judged),
        "distributions_met": sum(likeness.is_usual for likeness in likenesses),
        "distributions_total": len(likenesses),
        "listeners": len(histories),
        "years": PLANS[size].years,
        "plays": sum(len(history.track) for history in histories),
    }
    return finish("realism", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
