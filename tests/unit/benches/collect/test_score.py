from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from benches.collect.score import (
    Gap,
    Heard,
    calls_over,
    heard_of,
    milliseconds,
    most_in_a_day,
    parked_polls,
    score,
    shown_plays,
)
from tunegenie_assets.sandbox.world import Episode, LocalFile, PlayEvent

BEGIN = datetime(2026, 8, 3, tzinfo=UTC)
END = BEGIN + timedelta(hours=10)
DUE = [BEGIN, END]
EPISODE = Episode("e" * 22, "Talk", "Show", 60_000, "2026")


def play(minute: float, *, late: float | None = None, item: object = "song", private: bool = False) -> PlayEvent:
    """Ends so many minutes after the first poll, and arrives so many minutes after that."""
    heard = LocalFile(f"Song {minute}", "Cher", "Believe", 120_000) if item == "song" else item
    ended_at = BEGIN + timedelta(minutes=minute)
    visible_from = None if late is None else ended_at + timedelta(minutes=late)
    return PlayEvent(heard, ended_at - timedelta(minutes=2), ended_at, None, visible_from, private)  # pyright: ignore[reportArgumentType]


def heard(play: PlayEvent) -> Heard:
    found = heard_of(play)
    assert found
    return found


def gap(begin: float, end: float, noticed: float) -> Gap:
    return Gap(ms(begin), ms(end), naive(noticed))


def naive(minute: float) -> datetime:
    return (BEGIN + timedelta(minutes=minute)).replace(tzinfo=None)


def ms(minute: float) -> int:
    return milliseconds(BEGIN + timedelta(minutes=minute))


def collected(*plays: PlayEvent) -> Counter[Heard]:
    return Counter(heard(play) for play in plays)


def test_only_music_that_is_still_there_and_not_private_counts() -> None:
    plays = [play(1), play(2, item=None), play(3, item=EPISODE), play(4, private=True), play(700)]
    assert score(plays, collected(plays[0]), [], DUE).shown == 1


def test_a_play_that_nothing_tells_of_is_lost_and_a_row_too_many_is_doubled() -> None:
    plays = [play(minute) for minute in (1, 2, 3)]
    found = score(plays, collected(plays[0], plays[0], play(9)), [], DUE)
    assert (found.lost, found.doubled, found.lost_plays) == (2, 2, [heard(plays[1]), heard(plays[2])])


def test_a_gap_covers_what_lies_in_it_and_is_false_when_nothing_does() -> None:
    plays = [play(minute) for minute in (1, 2, 3)]
    gaps = [gap(1.5, 2.5, 5), gap(3.5, 4, 6)]
    found = score(plays, collected(plays[0]), gaps, DUE)
    assert (found.in_gaps, found.lost, found.gaps, found.false_gaps) == (1, 1, 2, 1)


def test_a_gap_before_exactly_one_page_of_new_plays_is_empty_and_not_false() -> None:
    plays = [play(minute) for minute in range(60)]
    found = score(plays, collected(*plays), [gap(9, 10, 100)], DUE)
    assert (found.empty_gaps, found.false_gaps) == (1, 0)
    found = score(plays, collected(*plays), [gap(10, 11, 100)], DUE)
    assert (found.empty_gaps, found.false_gaps) == (0, 1)


def test_a_late_play_that_left_before_the_next_poll_lies_between_polls() -> None:
    others, late = [play(minute) for minute in range(50)], play(0.5, late=44)
    due = [BEGIN, BEGIN + timedelta(minutes=46), END]
    # At minute 46 there are 46 later ones; in the end all 49, and with one more the window is full.
    assert score([*others, late], collected(*others), [], due).lost == 1
    found = score([*others, play(50), late], collected(*others, play(50)), [], [BEGIN, END])
    assert (found.lost, found.between_polls) == (0, 1)


def test_what_came_after_50_later_plays_was_never_shown() -> None:
    others = [play(minute) for minute in range(1, 51)]
    assert heard(play(0.5, late=100)) not in shown_plays([*others, play(0.5, late=100)], begin=BEGIN, end=END)
    assert heard(play(0.5, late=100)) in shown_plays([*others[1:], play(0.5, late=100)], begin=BEGIN, end=END)
    never = score([*others, play(0.5, late=100)], collected(*others), [], DUE)
    assert (never.never_shown, never.lost) == (1, 0)


@given(
    st.lists(st.tuples(st.integers(-400, 500), st.none() | st.integers(0, 90)), max_size=120, unique_by=lambda p: p[0])
)
def test_who_looks_at_every_moment_sees_exactly_what_is_shown(times: list[tuple[int, int | None]]) -> None:
    plays = [play(minute, late=late) for minute, late in times]
    moments = {BEGIN} | {max(p.ended_at, p.visible_from or p.ended_at) for p in plays}
    seen: set[Heard] = set()
    for moment in moments:
        if BEGIN <= moment <= END:
            visible = sorted((p for p in plays if p.is_visible(moment)), key=lambda p: p.ended_at)
            seen |= {heard(p) for p in visible[-50:]}
    assert shown_plays(plays, begin=BEGIN, end=END) == seen


def test_calls_of_any_24_hours() -> None:
    times = [BEGIN + timedelta(hours=hours) for hours in (0, 1, 2, 23, 24, 25)]
    assert most_in_a_day(times) == 4
    assert (calls_over(times, 4), calls_over(times, 3)) == (0, 3)


def test_polls_that_asked_nothing_after_the_quota_was_exhausted_are_parked() -> None:
    due = [BEGIN + timedelta(hours=hour) for hour in range(6)]
    asked = [due[0], due[1] + timedelta(minutes=1), due[4]]
    assert parked_polls(due, [due[1]], asked) == {due[2], due[3]}
    # A poll that nothing kept from asking is one that could have seen a play.
    assert parked_polls(due, [], asked) == set()
    assert parked_polls(due, [due[0] - timedelta(days=2)], asked) == set()
