from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG, cut_off
from tunegenie_assets.schedules import build_schedules, next_run
from tunegenie_assets.settings import SettingsError

DENVER = ZoneInfo("America/Denver")
POLL = "*/30 * * * *"


def request_at(moment: datetime, timezone: str = "America/Denver") -> dg.RunRequest:
    schedule, *_ = build_schedules("15 4 * * *", POLL, timezone)
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    data = schedule.evaluate_tick(context)
    assert data.run_requests is not None
    (request,) = data.run_requests
    return request


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        (datetime(2025, 3, 10, 4, 15, tzinfo=DENVER), "2025-03-08", "2025-03-09"),
        # The evening in Denver is the next day in UTC: its last whole day is the same day in Denver.
        (datetime(2025, 3, 10, 21, 0, tzinfo=DENVER), "2025-03-09", "2025-03-10"),
        (datetime(2025, 1, 1, 4, 15, tzinfo=DENVER), "2024-12-30", "2024-12-31"),
        (datetime(2025, 1, 1, 4, 15, tzinfo=ZoneInfo("Pacific/Kiritimati")), "2024-12-29", "2024-12-30"),
    ],
)
def test_daily_build_does_the_last_two_whole_utc_days(moment: datetime, first: str, last: str) -> None:
    request = request_at(moment)
    assert request.run_key == moment.astimezone(UTC).isoformat()
    assert (request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]) == (first, last)


def test_each_build_of_a_day_has_a_key_of_its_own_and_it_is_the_same_when_asked_again() -> None:
    # Two of these four are 01:30 by the clock that is put back.
    moments = [datetime(2025, 11, 2, hour, 30, tzinfo=UTC).astimezone(DENVER) for hour in (6, 7, 8, 14)]
    assert len({request_at(moment).run_key for moment in moments}) == len(moments)
    assert [request_at(moment).run_key for moment in moments] == [request_at(moment).run_key for moment in moments]


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.sampled_from(["America/Denver", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]),
)
def test_no_day_is_built_before_it_is_over(minutes: int, zone: str) -> None:
    moment = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    last = date.fromisoformat(request_at(moment.astimezone(ZoneInfo(zone)), zone).tags[RANGE_END_TAG])
    over = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    assert timedelta(0) <= moment - over < timedelta(days=1)


def test_it_runs_by_the_clock_of_the_listener_and_is_off_at_first() -> None:
    schedules = build_schedules("15 4 * * *", POLL, "America/Denver")
    assert {schedule.execution_timezone for schedule in schedules} == {"America/Denver"}
    assert {schedule.default_status for schedule in schedules} == {dg.DefaultScheduleStatus.STOPPED}
    schedules = build_schedules("15 4 * * *", POLL, "America/Denver", is_collecting=True)
    assert {schedule.default_status for schedule in schedules} == {dg.DefaultScheduleStatus.RUNNING}


@pytest.mark.parametrize(
    ("poll", "zone", "now", "then"),
    [
        (POLL, "UTC", "2026-03-07T13:44:00+00:00", "2026-03-07T14:00:00+00:00"),
        (POLL, "UTC", "2026-03-07T23:59:59+00:00", "2026-03-08T00:00:00+00:00"),
        ("15 4 * * *", "America/Denver", "2026-03-07T13:44:00+00:00", "2026-03-08T04:15:00-06:00"),
        ("20 3 * * 1", "Asia/Kathmandu", "2026-03-07T13:44:00+00:00", "2026-03-09T03:20:00+05:45"),
        ("0 9 1 * *", "UTC", "2026-12-31T00:00:00+00:00", "2027-01-01T09:00:00+00:00"),
    ],
)
def test_when_a_schedule_runs_next(poll: str, zone: str, now: str, then: str) -> None:
    _, schedule, *_ = build_schedules("15 4 * * *", poll, zone)
    assert next_run(schedule, datetime.fromisoformat(now)).isoformat() == then


CHANGES = [
    ("America/Denver", "2026-03-08"),
    ("America/Denver", "2026-11-01"),
    ("Europe/Zurich", "2026-03-29"),
    ("Europe/Zurich", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Havana", "2026-03-08"),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4])
def test_a_daily_build_comes_once_a_day_where_the_clock_is_changed(zone: str, day: str, hour: int) -> None:
    schedule, *_ = build_schedules(f"15 {hour} * * *", POLL, zone)
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) - timedelta(days=2)
    now, days = begin.astimezone(UTC), list[date]()
    for _ in range(5):
        then = next_run(schedule, now)
        days.append(then.date())
        assert now < then
        now = then.astimezone(UTC) + timedelta(seconds=1)
    assert days == [begin.date() + timedelta(days=number) for number in range(5)]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_plays_are_asked_for_all_through_the_day_on_which_the_clock_is_changed(zone: str, day: str) -> None:
    _, schedule, *_ = build_schedules("15 4 * * *", POLL, zone)
    now = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(minutes=30)
    for _ in range(60):
        then = next_run(schedule, now + timedelta(seconds=1)).astimezone(UTC)
        # Half an hour, or an hour where a zone changes by half an hour.
        assert timedelta(0) < then - now <= timedelta(hours=1)
        now = then


def test_a_daily_build_is_begun_again_where_its_process_was_killed() -> None:
    tags = request_at(datetime(2025, 3, 10, 4, 15, tzinfo=DENVER)).tags
    assert tags["dagster/max_retries"] == "2"


@pytest.mark.parametrize("cron", ["every day", "61 4 * * *", "15 4 * *", ""])
def test_expression_that_is_no_cron_names_the_setting(cron: str) -> None:
    with pytest.raises(SettingsError, match=r"^TUNEGENIE_SCHEDULE=.* five fields such as 15 4 \* \* \*$"):
        build_schedules(cron, POLL, "UTC")
    with pytest.raises(SettingsError, match=r"^TUNEGENIE_POLL=.* such as \*/30 \* \* \* \*$"):
        build_schedules("15 4 * * *", cron, "UTC")


def test_what_is_collected_by_the_clock() -> None:
    _, *collecting, _ = build_schedules("15 4 * * *", POLL, "UTC")
    asked: dict[str, object] = {}
    for schedule in collecting:
        context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 3, 2, tzinfo=UTC))
        [request] = list(schedule.evaluate_tick(context).run_requests or ())
        [op] = request.run_config["ops"].values()
        asked[schedule.name] = (schedule.cron_schedule, op["config"]["scopes"])
    assert asked == {
        "poll_plays": (POLL, ["plays"]),
        "collect_library": ("40 2 * * *", ["library", "enrichment"]),
        "collect_charts": ("20 3 * * 1", ["charts"]),
    }


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.sampled_from(["America/Denver", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]),
)
def test_the_week_that_is_trained_on_monday_holds_the_last_whole_utc_day(minutes: int, zone: str) -> None:
    moment = (datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    *_, schedule = build_schedules("15 4 * * *", POLL, zone)
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    [request] = list(schedule.evaluate_tick(context).run_requests or ())
    week = date.fromisoformat(request.tags[PARTITION_TAG])
    yesterday = moment.astimezone(UTC).date() - timedelta(days=1)
    assert week.weekday() == 0
    assert week <= yesterday < cut_off(week).date() == week + timedelta(days=7)
    assert schedule.cron_schedule == "40 5 * * 1"
