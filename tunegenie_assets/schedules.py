"""What runs by the clock."""

from collections.abc import Callable
from datetime import UTC, timedelta

import dagster as dg

from tunegenie_assets.jobs import build_everything, collect, collect_request
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.settings import PREFIX, SettingsError
from tunegenie_assets.sources.fetching import Scope

DAYS_AGAIN = 1
"""Days before the last whole day that a daily build does again, for plays that arrived late."""


def build_schedules(cron: str, poll: str, timezone: str) -> list[dg.ScheduleDefinition]:
    """The daily build at `cron` in `timezone`; it does the last whole UTC day and the day before again.

    And what is collected: plays at `poll`, the library and what plays need daily, charts weekly.

    Raises:
        SettingsError: `cron` or `poll` is not a cron expression.
    """
    return [
        _checked("SCHEDULE", cron, lambda: _daily_build(cron, timezone)),
        _checked("POLL", poll, lambda: _collection("poll_plays", poll, timezone, ["plays"])),
        _collection("collect_library", "40 2 * * *", timezone, ["library", "enrichment"]),
        _collection("collect_charts", "20 3 * * 1", timezone, ["charts"]),
    ]


def _checked(name: str, cron: str, make: Callable[[], dg.ScheduleDefinition]) -> dg.ScheduleDefinition:
    try:
        return make()
    except dg.DagsterInvalidDefinitionError as error:
        expected = "expected a cron expression of five fields such as 15 4 * * *"
        raise SettingsError(f"{PREFIX}{name}={cron!r}: {expected}") from error


def _collection(name: str, cron: str, timezone: str, scopes: list[Scope]) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job=collect,
        cron_schedule=cron,
        execution_timezone=timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Ask the services for {' and '.join(scopes)}.",
    )
    def collection(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return collect_request(scopes, run_key=context.scheduled_execution_time.isoformat())

    return collection


def _daily_build(cron: str, timezone: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="daily_build",
        job=build_everything,
        cron_schedule=cron,
        execution_timezone=timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Build the last two whole days, then everything that follows from them.",
    )
    def daily_build(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        yesterday = context.scheduled_execution_time.astimezone(tz=UTC).date() - timedelta(days=1)
        tags = range_tags(yesterday - timedelta(days=DAYS_AGAIN), yesterday)
        return dg.RunRequest(run_key=yesterday.isoformat(), tags=tags)

    return daily_build
