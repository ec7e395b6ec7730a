"""What runs by the clock."""

from datetime import UTC, timedelta

import dagster as dg

from tunegenie_assets.jobs import build_everything
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.settings import PREFIX, SettingsError

DAYS_AGAIN = 1
"""Days before the last whole day that a daily build does again, for plays that arrived late."""


def build_schedules(cron: str, timezone: str) -> list[dg.ScheduleDefinition]:
    """The daily build at `cron` in `timezone`; it does the last whole UTC day and the day before again.

    Raises:
        SettingsError: `cron` is not a cron expression.
    """
    try:
        return [_daily_build(cron, timezone)]
    except dg.DagsterInvalidDefinitionError as error:
        expected = "expected a cron expression of five fields such as 15 4 * * *"
        raise SettingsError(f"{PREFIX}SCHEDULE={cron!r}: {expected}") from error


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
