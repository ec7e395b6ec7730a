"""What runs by the clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dagster as dg

from tunegenie_assets.jobs import (
    AGAIN_WHEN_KILLED,
    DAILY_BUILD,
    build_everything,
    collect,
    collect_request,
    train_recommender,
    training_request,
)
from tunegenie_assets.partitions import range_tags, week_of
from tunegenie_assets.settings import PREFIX, SettingsError
from tunegenie_assets.sources.fetching import Scope

DAYS_AGAIN = 1
"""Days before the last whole day that a daily build does again, for plays that arrived late."""
_BEFORE_ANY_RUN = datetime(2020, 1, 1)  # noqa: DTZ001  # Dagster reads it in the zone of the schedule


def build_schedules(cron: str, poll: str, timezone: str, *, is_collecting: bool = False) -> list[dg.ScheduleDefinition]:
    """The daily build at `cron` in `timezone`; it does the last whole UTC day and the day before again.

    What is collected: plays at `poll`, the library and what plays need daily, charts weekly. And the recommender is
    trained weekly. They are off until somebody switches them on in the UI, unless `is_collecting`.

    Raises:
        SettingsError: `cron` or `poll` is not a cron expression.
    """
    status = dg.DefaultScheduleStatus.RUNNING if is_collecting else dg.DefaultScheduleStatus.STOPPED
    return [
        _checked("SCHEDULE", cron, "15 4 * * *", lambda: _daily_build(cron, timezone, status)),
        _checked("POLL", poll, "*/30 * * * *", lambda: _collection("poll_plays", poll, timezone, ["plays"], status)),
        _collection("collect_library", "40 2 * * *", timezone, ["library", "enrichment"], status),
        _collection("collect_charts", "20 3 * * 1", timezone, ["charts"], status),
        _weekly_training("40 5 * * 1", timezone, status),
    ]


def next_run(schedule: dg.ScheduleDefinition, now: datetime) -> datetime:
    """When the schedule starts a run for the next time after `now`, an aware moment, on its own clock."""
    windows = dg.TimeWindowPartitionsDefinition(
        cron_schedule=str(schedule.cron_schedule),
        timezone=schedule.execution_timezone,
        start=_BEFORE_ANY_RUN,
        fmt="%Y-%m-%d",
    )
    window = windows.get_next_partition_window(now, respect_bounds=False)
    if window is None:
        raise ValueError(f"{schedule.cron_schedule} never comes")
    return window.start


def _checked(name: str, cron: str, example: str, make: Callable[[], dg.ScheduleDefinition]) -> dg.ScheduleDefinition:
    try:
        return make()
    except dg.DagsterInvalidDefinitionError as error:
        expected = f"expected a cron expression of five fields such as {example}"
        raise SettingsError(f"{PREFIX}{name}={cron!r}: {expected}") from error


def _collection(
    name: str, cron: str, timezone: str, scopes: list[Scope], status: dg.DefaultScheduleStatus
) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job=collect,
        cron_schedule=cron,
        execution_timezone=timezone,
        default_status=status,
        description=f"Ask the services for {' and '.join(scopes)}.",
    )
    def collection(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return collect_request(scopes, run_key=context.scheduled_execution_time.isoformat())

    return collection


def _daily_build(cron: str, timezone: str, status: dg.DefaultScheduleStatus) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=DAILY_BUILD,
        job=build_everything,
        cron_schedule=cron,
        execution_timezone=timezone,
        default_status=status,
        description="Build the last two whole days, then everything that follows from them.",
    )
    def daily_build(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        yesterday = context.scheduled_execution_time.astimezone(tz=UTC).date() - timedelta(days=1)
        tags = range_tags(yesterday - timedelta(days=DAYS_AGAIN), yesterday)
        # Not by the day: a schedule of several builds a day would build once. In UTC no moment comes twice.
        moment = context.scheduled_execution_time.astimezone(tz=UTC).isoformat()
        return dg.RunRequest(run_key=moment, tags=tags | AGAIN_WHEN_KILLED)

    return daily_build


def _weekly_training(cron: str, timezone: str, status: dg.DefaultScheduleStatus) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="weekly_training",
        job=train_recommender,
        cron_schedule=cron,
        execution_timezone=timezone,
        default_status=status,
        description="Train the recommender on all plays up to yesterday, for the week that yesterday is in (UTC).",
    )
    def weekly_training(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        yesterday = context.scheduled_execution_time.astimezone(tz=UTC).date() - timedelta(days=1)
        week = week_of(yesterday)
        return training_request(week, run_key=week.isoformat())

    return weekly_training
