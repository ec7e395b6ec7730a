"""`tunegenie recount`: what depends on the counting policy and on what listeners said, built anew for all days.

`exclude` and `timezone` recount after they stored what was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import RunFailedError, RunReport, dagster_instance, run_job, together
from tunegenie_assets.cli.stats import NOTHING_BUILT
from tunegenie_assets.cli.training import train_after
from tunegenie_assets.jobs import RECOUNT
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.settings import CountingPolicy, Settings


@dataclass(frozen=True)
class SourceCount:
    """The plays of one source, those that count, and those that would count under each policy."""

    source: str
    plays: int
    counted: int
    by_policy: dict[str, int]

    def as_json(self) -> dict[str, object]:
        return {"source": self.source, "plays": self.plays, "counted": self.counted, "by_policy": self.by_policy}


def run(*, as_json: bool) -> None:
    """Recount everything, and print how many plays count under each policy."""
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    report = recount(platform, progress)
    if report is None:
        raise CommandError(NOTHING_BUILT)
    counts = counts_by_source(platform)
    if as_json:
        display.print_json(_document(platform.settings, counts, report))
    else:
        _print(platform.settings, counts, report, out)


def recount(platform: Platform, progress: Console, listener_id: str | None = None) -> RunReport | None:
    """Run the job over all days on which the listener has plays, or anyone without one.

    None where there are no plays: what was said is read by the import that brings the first.

    Raises:
        RunFailedError: the run failed; what was said stays stored.
    """
    days = days_held(platform, listener_id)
    if days is None:
        return None
    with dagster_instance(platform.settings) as instance:
        try:
            recounted = run_job(platform.definitions, instance, RECOUNT, progress, tags=range_tags(*days))
            trained = train_after(platform, platform.definitions, instance, progress)
            return together([recounted, *trained], under=recounted)
        except RunFailedError as error:
            raise RunFailedError(f"{error}; tunegenie recount tries again") from error


def days_held(platform: Platform, listener_id: str | None = None) -> tuple[date, date] | None:
    """The first and the last UTC day with plays, of one listener or of all; None without counted plays."""
    if not platform.has_in_silver("plays", "counted_plays"):
        return None
    [days] = platform.warehouse.query(
        """
        select min(play_date) as first, max(play_date) as last
        from silver.plays
        where listener_id = coalesce(?, listener_id)
        """,
        [listener_id],
    ).to_pylist()
    return (days["first"], days["last"]) if days["first"] else None


def no_plays_yet(listener_id: str) -> str:
    return f"{listener_id} has no plays yet: it counts from the first import on."


def counted_plays(platform: Platform, listener_id: str) -> int:
    """How many plays of a listener count."""
    sql = "select count(*) as plays from silver.counted_plays where listener_id = ? and counts_as_play"
    [row] = platform.warehouse.query(sql, [listener_id]).to_pylist()
    return int(row["plays"])


def counts_by_source(platform: Platform) -> list[SourceCount]:
    """Plays and counted plays of each source under each policy."""
    policies = ", ".join(
        f"sum(case when counted.counts_{policy} then 1 else 0 end) as counts_{policy}" for policy in CountingPolicy
    )
    rows = platform.warehouse.query(
        f"""
        select plays.source, count(*) as plays, sum(case when counted.counts_as_play then 1 else 0 end) as counted,
               {policies}
        from silver.plays as plays
        inner join silver.counted_plays as counted on plays.play_id = counted.play_id
        group by plays.source
        order by plays.source
        """  # noqa: S608  # names of the policies
    ).to_pylist()
    return [
        SourceCount(
            source=row["source"],
            plays=int(row["plays"]),
            counted=int(row["counted"]),
            by_policy={policy.value: int(row[f"counts_{policy}"]) for policy in CountingPolicy},
        )
        for row in rows
    ]


def _document(settings: Settings, counts: list[SourceCount], report: RunReport) -> dict[str, Any]:
    return {
        "command": "recount",
        "counting": settings.counting.value,
        "sources": [count.as_json() for count in counts],
        "run": display.run_json(report),
    }


def _print(settings: Settings, counts: list[SourceCount], report: RunReport, out: Console) -> None:
    # Under `all` every play counts, so the table needs no column of the plays.
    columns = ["source", "counted", *(policy.value for policy in CountingPolicy)]
    rows = [(display.source_name(count.source), count.counted, *count.by_policy.values()) for count in counts]
    out.print(display.table("Plays that count, and that would under each policy", columns, rows, unwrapped={"source"}))
    out.print(
        f"Counted are those of {settings.counting.value} (TUNEGENIE_COUNTING) that nothing excludes.", markup=False
    )
    out.print()
    out.print(display.checks_line(report))
    out.print()
    out.print(display.stage_table(report))
