"""What a Dagster instance shows of runs that ended, checks that fail and assets that are out of date.

What is made of it is in incidents.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from tunegenie_assets.alerts.causes import causes_of, telling
from tunegenie_assets.alerts.incidents import FailedRun, GoodRun

if TYPE_CHECKING:
    from dagster import RunRecord

ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
"""A run that somebody cancelled is neither."""
MOST_RUNS = 50
"""Looked at in one tick; the next goes on from there."""
OVERLAP = timedelta(minutes=2)
"""Runs are looked at again for so long: one may be stored after another that ended later."""
SCHEDULE_TAG = "dagster/schedule_name"
WILL_RETRY = "dagster/will_retry"
MOST_LINES, MOST_CHARACTERS = 4, 300
STEP_EVENTS = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}
ERROR = dg.AssetCheckSeverity.ERROR
ALWAYS_TOLD = frozenset({"authorized", "accounts_answer", "plays_still_come"})
"""Checks that are told of though they only warn: plays are lost until somebody acts, and nothing else will say so."""


@dataclass(frozen=True)
class Place:
    """How far the runs have been looked at."""

    since: datetime
    seen: frozenset[str] = field(default_factory=frozenset)


def ended_runs(
    instance: dg.DagsterInstance, place: Place, now: datetime, *, is_watched: Callable[[dg.DagsterRun], bool]
) -> tuple[list[FailedRun | GoodRun], Place]:
    """The runs that ended since `place`, and where to go on: never later than `now`, for a clock may have been ahead.

    Failures of runs that `is_watched` are left out: a person has just seen them. So are those that begin again.
    """
    records = instance.get_run_records(
        filters=dg.RunsFilter(statuses=ENDED, updated_after=place.since - OVERLAP),
        limit=MOST_RUNS + len(place.seen),
        order_by="update_timestamp",
        ascending=True,
    )
    new = [record for record in records if record.dagster_run.run_id not in place.seen][:MOST_RUNS]
    runs = [run for record in new if (run := _ended(instance, record, is_watched)) is not None]
    since = min(now, max([place.since, *(record.update_timestamp for record in new)]))
    recent = {r.dagster_run.run_id for r in records if r.update_timestamp >= since - OVERLAP}
    seen = (place.seen & recent) | {record.dagster_run.run_id for record in new} & recent
    return runs, Place(since, frozenset(seen))


def _ended(
    instance: dg.DagsterInstance, record: RunRecord, is_watched: Callable[[dg.DagsterRun], bool]
) -> FailedRun | GoodRun | None:
    run, at = record.dagster_run, record.update_timestamp
    events = [
        entry.get_dagster_event()
        for entry in instance.all_logs(run.run_id, of_type=STEP_EVENTS)
        if entry.is_dagster_event
    ]
    if run.status is dg.DagsterRunStatus.SUCCESS:
        steps = frozenset(step for e in events if (step := _readable(e.step_key)))
        return GoodRun(run.run_id, run.job_name, steps, at, run.tags.get(SCHEDULE_TAG))
    if is_watched(run) or run.tags.get(WILL_RETRY) == "true":
        return None
    for event in events:
        if event.event_type is dg.DagsterEventType.STEP_FAILURE:
            cause, lines = _cause(event, _failed_checks(instance, run.run_id, event.step_key))
            return FailedRun(run.run_id, run.job_name, _readable(event.step_key), cause, lines, at)
    return FailedRun(run.run_id, run.job_name, None, "run", _last_words(instance, run.run_id), at)


def _readable(step: str | None) -> str | None:
    return step.replace("__", "/") if step else None


def _cause(event: dg.DagsterEvent, failed_checks: Sequence[str]) -> tuple[str, list[str]]:
    """What the cause is called, and its first lines."""
    if failed_checks:
        return f"checks {', '.join(failed_checks)}", [f"check failed: {check}" for check in failed_checks[:MOST_LINES]]
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return "Failure", _first_lines(data.user_failure_data.description)
    cause = telling(causes_of(event))
    return cause.name, _first_lines(cause.message)


def _failed_checks(instance: dg.DagsterInstance, run_id: str, step: str | None) -> list[str]:
    entries = instance.all_logs(run_id, of_type={dg.DagsterEventType.ASSET_CHECK_EVALUATION})
    found = [e.get_dagster_event() for e in entries]
    return [
        f"{data.asset_key.to_user_string()}: {data.check_name}"
        for event in found
        if event.step_key == step
        and not (data := event.asset_check_evaluation_data).passed
        and data.blocking
        and data.severity is ERROR
    ]


def _last_words(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """What was said of a run that ended outside any step, such as one whose process was killed."""
    entries = instance.all_logs(run_id, of_type={dg.DagsterEventType.ENGINE_EVENT, dg.DagsterEventType.RUN_FAILURE})
    messages = [message for entry in entries if (message := entry.get_dagster_event().message)]
    return _first_lines("\n".join(messages[-2:]) or "nothing says why")


def _first_lines(text: str) -> list[str]:
    lines = [" ".join(line.split())[:MOST_CHARACTERS] for line in text.splitlines() if line.strip()]
    return lines[:MOST_LINES]


def failing_checks(
    latest: Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation | None],
) -> tuple[dict[str, str], set[str]]:
    """What each check says that failed when it was last evaluated, and those of which nothing is known right now.

    Those that only warn are for the report. `latest` is what instance/check_log.py tells of all checks.
    """
    failing: dict[str, str] = {}
    unknown: set[str] = set()
    for key, evaluation in latest.items():
        name = f"{key.asset_key.to_user_string()}: {key.name}"
        if evaluation is None:
            unknown.add(name)
        elif not evaluation.passed and (evaluation.severity is ERROR or key.name in ALWAYS_TOLD):
            failing[name] = " ".join((evaluation.description or "").split())[:MOST_CHARACTERS]
    return failing, unknown


def stale_assets(instance: dg.DagsterInstance, keys: Iterable[dg.AssetKey]) -> frozenset[str]:
    """The assets that Dagster's freshness daemon found to be older than their policy allows."""
    records = instance.get_freshness_state_records(list(keys))
    return frozenset(key.to_user_string() for key, record in records.items() if record.freshness_state.value == "FAIL")
