"""`python -m benches.collect`: is live collection safe to leave alone, with faults, kills and an exhausted quota?

Tables and progress go to standard error, the line of JSON to standard output. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress

from benches.collect import display, faulty
from benches.collect.child import STATE
from benches.collect.score import Score, calls_over, most_in_a_day, parked_polls, score
from benches.collect.soak import DAILY_CALLS, Plan, Soak, Soaked, is_of_another_app, make_sandbox, our_spotify_calls
from benches.collect.truth import (
    collected_plays,
    collected_scrobbles,
    equals_what_landed,
    gaps_told,
    scrobbles_told,
)
from benches.processes import BenchError
from benches.report import Figures, Floor, Size, finish, missed
from tunegenie_assets.sandbox.journal import JournalEntry
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.fetching import WIDE_WALK
from tunegenie_assets.sources.services.state import CollectorState

LINE_WIDTH = 120
RECENT = "/v1/me/player/recently-played"

PLANS: Mapping[Size, Plan] = {
    "full": Plan(polls=1000, days=30, listeners=4, kills=20, exhaustions=2),
    "small": Plan(polls=60, days=2, listeners=2, kills=5, exhaustions=1),
}
FLOORS = (
    Floor("plays_lost", "at most", 0, in_small=True),
    Floor("plays_doubled", "at most", 0, in_small=True),
    Floor("calls_over_budget", "at most", 0, in_small=True),
    Floor("gaps_false", "at most", 0, in_small=True),
    Floor("scrobbles_lost", "at most", 0, in_small=True),
    Floor("scrobbles_doubled", "at most", 0, in_small=True),
    Floor("reauthorizations", "at most", 0, in_small=True),
    Floor("state_rebuilt", "at least", 1, in_small=True),
    Floor("faults_share", "at least", 0.08, in_small=True),
    # What is to be survived must have happened.
    Floor("kills", "at least", 20),
    Floor("quota_exhausted", "at least", 2),
    Floor("fault_kinds", "at least", len(faulty.KINDS)),
    Floor("gaps", "at least", 1),
)


def judge(soaked: Soaked, sandbox: Sandbox, folder: Path, console: Console) -> Figures:
    state = CollectorState(folder / STATE)
    journal = list(sandbox.journal)
    ours = [entry for entry in journal if not is_of_another_app(entry)]
    scores = {
        account.listener_id: score(
            account.plays,
            collected_plays(state, account.listener_id),
            gaps_told(state, account.listener_id),
            soaked.due,
            parked_polls(soaked.due, _exhausted(soaked, journal), _asked(ours, account.listener_id)),
        )
        for account in soaked.world.accounts.values()
    }
    display.show_scores(console, scores)
    display.show_trouble(console, ours, soaked.kills)
    display.show_problems(console, Counter(problem for report in soaked.reports for problem in report.problems))
    calls = [entry.time for entry in our_spotify_calls(journal)]
    fullest_day = most_in_a_day(calls)
    return {
        "polls": soaked.plan.polls,
        "faults": sum(entry.fault is not None for entry in ours),
        "requests": len(ours),
        "kills": len(soaked.kills),
        **_sums(scores),
        "calls_over_budget": calls_over(calls, DAILY_CALLS),
        "calls_most_in_a_day": fullest_day,
        "budget_used": fullest_day / DAILY_CALLS,
        "quota_exhausted": _exhaustions(soaked, journal),
        "fault_kinds": len({entry.fault for entry in ours if entry.fault}),
        "faults_share": sum(entry.fault is not None for entry in ours) / len(ours),
        "reauthorizations": sum(report.needs_reauth for report in soaked.reports),
        **_scrobble_figures(soaked, state, sandbox),
        "state_rebuilt": equals_what_landed(folder, soaked.end.replace(tzinfo=None)),
    }


def _exhausted(soaked: Soaked, journal: Sequence[JournalEntry]) -> list[datetime]:
    """When the quota was exhausted."""
    return [journal[min(requests, len(journal) - 1)].time for requests in soaked.exhausted_at]


def _asked(journal: Iterable[JournalEntry], listener_id: str) -> list[datetime]:
    """When the listener's recent plays were asked for, whatever the answer."""
    return [entry.time for entry in journal if entry.listener_id == listener_id and entry.path == RECENT]


def _sums(scores: Mapping[str, Score]) -> Figures:
    names = {
        "plays_lost": "lost",
        "plays_doubled": "doubled",
        "plays_shown": "shown",
        "plays_in_gaps": "in_gaps",
        "plays_between_polls": "between_polls",
        "plays_never_shown": "never_shown",
        "gaps": "gaps",
        "gaps_empty": "empty_gaps",
        "gaps_false": "false_gaps",
    }
    return {figure: sum(getattr(found, name) for found in scores.values()) for figure, name in names.items()}


def _scrobble_figures(soaked: Soaked, state: CollectorState, sandbox: Sandbox) -> Figures:
    total = lost = doubled = 0
    for listener_id in soaked.scrobblers:
        collected = collected_scrobbles(state, listener_id)
        name = soaked.world.accounts[listener_id].lastfm_name
        sandbox.clock.set(soaked.end)
        told = scrobbles_told(sandbox, name)
        # One that comes late is looked for only so often.
        sandbox.clock.set(soaked.end - WIDE_WALK)
        due = scrobbles_told(sandbox, name)
        total += told.total()
        lost += (due - collected).total()
        doubled += (collected - told).total()
    return {"scrobbles": total, "scrobbles_lost": lost, "scrobbles_doubled": doubled}


def _exhaustions(soaked: Soaked, journal: list[JournalEntry]) -> int:
    """Times that the quota was exhausted and refused us: a refusal that is no fault is the quota's."""
    ends = [*soaked.exhausted_at[1:], len(journal)]
    return sum(
        any(entry.status == 429 and not entry.fault for entry in our_spotify_calls(journal[begin:end]))
        for begin, end in zip(soaked.exhausted_at, ends, strict=True)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.collect", description=__doc__)
    parser.add_argument("--size", choices=tuple(PLANS), default="full")
    size: Size = parser.parse_args().size
    plan = PLANS[size]
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    began = time.monotonic()
    with (
        TemporaryDirectory(prefix="tunegenie-bench-collect-") as name,
        make_sandbox(plan) as sandbox,
        Progress(console=console, disable=not console.is_terminal) as progress,
    ):
        folder = Path(name)
        task = progress.add_task("polls", total=plan.polls)

        def tell(poll: int) -> None:
            progress.advance(task)
            # A bar is for a terminal; a pipe is told each tenth of the way.
            if not console.is_terminal and poll % (plan.polls // 10) == 0:
                console.print(f"[dim]poll {poll:,} of {plan.polls:,} …[/dim]")

        try:
            soaked = Soak(plan, sandbox, folder, tell=tell).run(folder)
        except BenchError as error:
            console.print(f"[red]bench-collect: {error}[/red]")
            return 1
        figures = {**judge(soaked, sandbox, folder, console), "seconds": time.monotonic() - began}
    return finish("collect", size, figures, missed(FLOORS, figures, size))


if __name__ == "__main__":
    sys.exit(main())
