"""Checks of plays against their own past: how many a day has, how a week is made up. What is usual is in ml/quality.

People and simulated listeners are judged apart: a population is steady, and would hide the people in it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.quality.usual import FIGURES, Verdict, judge_days, judge_weeks
from tunegenie_assets.checks.factories import WARN, query_check

DAYS = """
select listeners.is_simulated, plays.play_date, count(*) as plays, count(distinct plays.listener_id) as listeners
from silver.plays as plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
group by listeners.is_simulated, plays.play_date
order by listeners.is_simulated, plays.play_date
"""
A_MONDAY = date(1970, 1, 5)
# Counted from there: `date_trunc` to a week begins, on Snowflake, on the day that the reader's session says.
WEEKS = f"""
with plays as (
    select *, cast(floor(datediff('day', date '{A_MONDAY}', play_date) / 7) as bigint) as week
    from silver.plays
)
select
    listeners.is_simulated,
    plays.week,
    max(plays.play_date) as last_day,
    count(*) as plays,
    avg(case when plays.ms_played is null then null when plays.ms_played < 30000 then 1.0e0 else 0.0e0 end)
        as short_share,
    avg(case when plays.ms_played is null then 1.0e0 else 0.0e0 end) as unmeasured_share,
    avg(case when plays.album_name is null then 1.0e0 else 0.0e0 end) as nameless_album_share,
    avg(cast(plays.ms_played as double)) / 60000 as minutes
from plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
group by listeners.is_simulated, plays.week
order by listeners.is_simulated, plays.week
"""  # noqa: S608  # a date of ours
_WHOSE = {False: "people", True: "simulated listeners"}


def judge_volume(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    """Of the rows of DAYS; silence passes with words."""
    days: dict[bool, dict[date, int]] = defaultdict(dict)
    listeners: dict[bool, int] = defaultdict(int)
    for row in rows.to_pylist():
        days[row["is_simulated"]][row["play_date"]] = row["plays"]
        listeners[row["is_simulated"]] = max(listeners[row["is_simulated"]], row["listeners"])
    return _together({whose: judge_days(plays, listeners[whose]) for whose, plays in days.items()})


def judge_distribution(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    """Of the rows of WEEKS; the newest week of each is left out unless it is over."""
    weeks: dict[bool, dict[date, dict[str, float | None]]] = defaultdict(dict)
    plays: dict[bool, dict[date, int]] = defaultdict(dict)
    for row in rows.to_pylist():
        if row["last_day"].isoweekday() != 7 and row["week"] == _newest(rows, is_simulated=row["is_simulated"]):
            continue
        week = A_MONDAY + timedelta(weeks=row["week"])
        weeks[row["is_simulated"]][week] = {figure.name: row[figure.name] for figure in FIGURES}
        plays[row["is_simulated"]][week] = row["plays"]
    return _together({whose: judge_weeks(found, plays[whose]) for whose, found in weeks.items()})


def _newest(rows: pa.Table, *, is_simulated: bool) -> int:
    return max(row["week"] for row in rows.to_pylist() if row["is_simulated"] is is_simulated)


def _together(verdicts: dict[bool, Verdict]) -> tuple[bool, dict[str, Any]]:
    said = [f"{_WHOSE[whose]}: {verdict.says}" for whose, verdict in sorted(verdicts.items())]
    return all(verdict.passed for verdict in verdicts.values()), {"summary": "; ".join(said) or "nothing was played"}


usual_volume = query_check(
    ["silver", "plays"],
    "usual_volume",
    DAYS,
    judge_volume,
    description=(
        "The last seven whole days have about as many plays as the same weekdays of half a year before. Days on which "
        "few listeners play nothing at all, and days as quiet as a year before, are as usual; of them the last "
        "7 and 14 days together have no less than half of the fewest plays that as many days had before."
    ),
    severity=WARN,
    additional_deps=[["silver", "listeners"]],
)

usual_distribution = query_check(
    ["silver", "plays"],
    "usual_distribution",
    WEEKS,
    judge_distribution,
    description=(
        "The plays of the last whole week are made up as those of half a year before: short ones, unmeasured ones, "
        "those without an album, and how long they are."
    ),
    severity=WARN,
    additional_deps=[["silver", "listeners"]],
)

USUAL_CHECKS: list[dg.AssetChecksDefinition] = [usual_volume, usual_distribution]
"""Checks of plays against their own past."""
