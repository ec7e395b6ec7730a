from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.alerts.incidents import (
    MOST_LISTED,
    REMIND_AFTER,
    FailedRun,
    GoodRun,
    Incident,
    Message,
    News,
    Observed,
    as_json,
    follow,
    from_json,
)

START = datetime(2026, 3, 1, 4, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def failed(day: float = 0, step: str | None = "raw/plays", cause: str = "OSError", job: str = "build") -> FailedRun:
    return FailedRun(f"run-{day}", job, step, cause, ["the disk is full"], START + day * DAY)


def good(day: float, *steps: str, job: str = "build") -> GoodRun:
    return GoodRun(f"run-{day}", job, frozenset(steps), START + day * DAY)


def told(*looks: Observed) -> list[tuple[News, str]]:
    """What is said over looks that follow one another by a day."""
    incidents: dict[str, Incident] = {}
    said: list[Message] = []
    for day, observed in enumerate(looks):
        incidents, messages = follow(incidents, observed, START + day * DAY)
        # As between two ticks of a sensor.
        incidents = from_json(json.loads(json.dumps(as_json(incidents))))
        said += messages
    return [(message.news, message.title) for message in said]


def test_a_failure_is_told_of_once_and_so_is_its_end() -> None:
    assert told(
        Observed([failed(0), failed(0.1), failed(0.2)]),
        Observed([failed(1)]),
        Observed([good(2, "raw/plays")]),
        Observed([good(3, "raw/plays")]),
    ) == [(News.PROBLEM, "build failed at raw/plays"), (News.RECOVERED, "build works again")]


def test_a_failure_after_a_recovery_is_a_new_one() -> None:
    looks = [Observed([failed(0)]), Observed([good(1, "raw/plays")]), Observed([failed(2)])]
    assert [news for news, _ in told(*looks)] == [News.PROBLEM, News.RECOVERED, News.PROBLEM]


@pytest.mark.parametrize("other", [failed(0.1, step="raw/other"), failed(0.1, cause="KeyError"), failed(0.1, job="x")])
def test_another_step_cause_or_job_is_another_incident(other: FailedRun) -> None:
    assert [news for news, _ in told(Observed([failed(), other]))] == [News.PROBLEM, News.PROBLEM]


def test_a_run_that_did_other_steps_proves_nothing() -> None:
    assert told(Observed([failed()]), Observed([good(1, "raw/other")]), Observed([good(1, "raw/plays", job="x")])) == [
        (News.PROBLEM, "build failed at raw/plays")
    ]


def test_a_run_that_was_killed_is_over_with_the_next_good_one() -> None:
    assert told(Observed([failed(step=None)]), Observed([good(1)])) == [
        (News.PROBLEM, "build failed"),
        (News.RECOVERED, "build works again"),
    ]


def test_a_failure_that_goes_on_is_told_of_again_after_days() -> None:
    said = told(*(Observed([failed(day)]) for day in range(7)))
    assert said == [
        (News.PROBLEM, "build failed at raw/plays"),
        (News.REMINDER, "build failed at raw/plays, 4 times since 2026-03-01 04:15 UTC"),
        (News.REMINDER, "build failed at raw/plays, 7 times since 2026-03-01 04:15 UTC"),
    ]
    assert REMIND_AFTER == 3 * DAY


def test_checks_that_fail_together_are_one_message() -> None:
    both = {"silver/plays: unique": "2 rows", "gold/days: unique": ""}
    _, [message] = follow({}, Observed(failing_checks=both), START)
    assert (message.title, list(message.lines)) == (
        "2 checks fail",
        ["gold/days: unique", "silver/plays: unique: 2 rows"],
    )
    one = {"silver/plays: unique": "2 rows"}
    assert told(*(Observed(failing_checks=found) for found in (one, both, one, {}, {}))) == [
        (News.PROBLEM, "silver/plays: unique fails"),
        (News.PROBLEM, "gold/days: unique fails"),
        (News.RECOVERED, "gold/days: unique passes again"),
        (News.RECOVERED, "silver/plays: unique passes again"),
    ]


def test_a_check_that_a_run_has_announced_and_not_made_is_as_it_was() -> None:
    fails, waits = Observed(failing_checks={"a: b": ""}), Observed(unknown_checks=frozenset({"a: b"}))
    assert told(waits, fails, waits, fails) == [(News.PROBLEM, "a: b fails")]
    assert [news for news, _ in told(fails, waits, Observed())] == [News.PROBLEM, News.RECOVERED]


@pytest.mark.parametrize(
    ("after", "told_of"),
    [(timedelta(minutes=30), []), (timedelta(hours=5), [(News.PROBLEM, "a/2 is out of date")])],
)
def test_assets_that_go_out_of_date_together_are_one_message(after: timedelta, told_of: list[tuple[News, str]]) -> None:
    moments = [({"a/1"}, timedelta()), ({"a/1", "a/2"}, after), ({"a/2"}, after * 2), (set[str](), after * 3)]
    incidents: dict[str, Incident] = {}
    heard: list[tuple[News, str]] = []
    for stale, later in moments:
        incidents, messages = follow(incidents, Observed(stale=frozenset(stale)), START + later)
        heard += [(message.news, message.title) for message in messages]
    recovered = (News.RECOVERED, "every asset is up to date again")
    assert heard == [(News.PROBLEM, "a/1 is out of date"), *told_of, recovered]


def test_assets_of_one_message_are_told_of_again_together() -> None:
    incidents: dict[str, Incident] = {}
    heard: list[str] = []
    moments = [timedelta(), timedelta(minutes=90), timedelta(hours=3), REMIND_AFTER, REMIND_AFTER + timedelta(hours=3)]
    for later, stale in zip(moments, [{"a/1"}, {"a/1", "a/2"}, *[{"a/1", "a/2", "a/3"}] * 3], strict=True):
        incidents, messages = follow(incidents, Observed(stale=frozenset(stale)), START + later)
        heard += [message.title for message in messages]
    # The third is 3 hours after the first, whenever the second was.
    assert heard == [
        "a/1 is out of date",
        "a/3 is out of date",
        "2 assets still are out of date",
        "a/3 still is out of date",
    ]


def test_a_message_names_some_and_counts_the_rest() -> None:
    _, [message] = follow({}, Observed(stale=frozenset(f"gold/{n:02}" for n in range(60))), START)
    assert message.title == "60 assets are out of date"
    assert len(message.lines) == MOST_LISTED + 1
    assert message.lines[-1] == "… and 50 more"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b"]), st.sampled_from([None, "s", "t"])), max_size=40))
def test_problems_and_recoveries_of_a_step_take_turns(runs: list[tuple[bool, str, str | None]]) -> None:
    """Within the time of a reminder, whatever happens: never two problems of one kind without its end between them."""
    incidents: dict[str, Incident] = {}
    for minute, (is_good, job, step) in enumerate(runs):
        at = minute / 24 / 60
        before = dict(incidents)
        run = good(at, *([step] if step else []), job=job) if is_good else failed(at, step, job=job)
        incidents, messages = follow(incidents, Observed([run]), START)
        news = [message.news for message in messages]
        assert news in ([], [News.PROBLEM], [News.RECOVERED])
        assert (News.PROBLEM in news) == (len(incidents) > len(before))
        assert (News.RECOVERED in news) == (len(incidents) < len(before))
