"""What is usual of listening, and what is not: the plays of a day, and how the plays of a week are made up.

Warnings only: people fall silent, travel, find a new band. A figure is unusual where it is far outside what the same
figures of the past months did, so that a steady population is judged closely and a moody listener hardly ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

WEEKS = 26
"""Of the past, that a day or a week is compared with."""
FEWEST_WEEKS = 8
"""With fewer of them nothing is usual yet."""
JUDGED_DAYS = 7
"""So long a bad day is told of."""
LOW_SHARE = 0.5
SPREADS = 2.5
"""With these the history of a real listener over eleven years has 4 unusual days of 2,521, before SPANS are judged."""
MANY_LISTENERS = 10
"""Fewer may all be away on one day, and what one of them does varies more than what many do together."""
SPANS: tuple[tuple[int, int], ...] = ((7, 26), (14, 52))
"""Days that are judged together where there are fewer than MANY_LISTENERS, and the weeks that they are compared with.

Somebody who listens on every other day has no usual day: what stopped shows in a week or two.
"""
LEAST_PLAYS = 50
"""Shares of fewer plays are chance."""
FAR_SPREADS = 5.0
_MAD_TO_SPREAD = 1.4826
"""Makes the median deviation what the standard deviation is of a bell curve."""


@dataclass(frozen=True)
class Verdict:
    """Whether something is as usual, and what there is to say."""

    passed: bool
    says: str


@dataclass(frozen=True)
class Figure:
    """One figure of the plays of a week, and how far it must move before anybody should look."""

    name: str
    meaning: str
    least_move: float
    """For shares in points, for others as a part of what is usual."""
    is_share: bool = True


FIGURES: tuple[Figure, ...] = (
    Figure("short_share", "plays under 30 seconds", 0.2),
    Figure("unmeasured_share", "plays without a length", 0.3),
    Figure("nameless_album_share", "plays without an album", 0.3),
    Figure("minutes", "minutes of a play", 0.4, is_share=False),
)


def judge_days(plays: Mapping[date, int], listeners: int) -> Verdict:
    """Whether the last whole days had about as many plays as the same weekdays of the months before.

    The newest day is left out, since it may not be over. A day without any plays is judged where there are
    MANY_LISTENERS; a day that was as quiet a year before, such as a holiday, is as usual. Of fewer listeners the
    last days are judged together too, and without any plays as well.
    """
    if not plays:
        return Verdict(passed=True, says="nothing was played")
    newest = max(plays)
    days = [newest - timedelta(days=back) for back in range(JUDGED_DAYS, 0, -1)]
    usual = {day: _usual_plays(plays, day) for day in days}
    judged = [day for day in days if usual[day] is not None]
    if not judged:
        return Verdict(passed=True, says=f"too short a history: {FEWEST_WEEKS} weeks are needed")
    low = [day for day in judged if is_low(plays, day, listeners) and not _was_quiet(plays, day, listeners)]
    told = [f"{day} had {plays.get(day, 0):,} plays, usual are {usual[day]:,.0f}" for day in low]
    if listeners < MANY_LISTENERS:
        told += [low_span for span, weeks in SPANS if (low_span := _low_span(plays, days[-1], span, weeks))]
    if not told:
        return Verdict(passed=True, says=f"{judged[0]} to {judged[-1]}: as many plays as usual")
    return Verdict(passed=False, says=", ".join(told))


def is_low(plays: Mapping[date, int], day: date, listeners: int) -> bool:
    """Whether a day has less than half of the usual plays, and of few listeners less than its weekday varies by."""
    usual = _usual_plays(plays, day)
    found = plays.get(day, 0)
    if usual is None or (not found and listeners < MANY_LISTENERS):
        return False
    varies = 0.0 if listeners >= MANY_LISTENERS else SPREADS * _spread(_same_weekdays(plays, day))
    return found < LOW_SHARE * usual and found < usual - varies


def _low_span(plays: Mapping[date, int], last: date, span: int, weeks: int) -> str | None:
    """In words, where the days up to `last` have less than half of the fewest plays that as many days had before."""
    if min(plays) > last - timedelta(weeks=weeks):
        return None
    days = [plays.get(last - timedelta(days=back), 0) for back in range(7 * weeks)]
    found = sum(days[:span])
    fewest = min(sum(days[start : start + span]) for start in range(span, len(days) - span + 1))
    if found >= LOW_SHARE * fewest:
        return None
    return f"the {span} days to {last} had {found:,} plays, the fewest of {weeks} weeks before are {fewest:,}"


def judge_weeks(weeks: Mapping[date, Mapping[str, float | None]], plays: Mapping[date, int]) -> Verdict:
    """Whether the newest whole week, by its Monday, is made up like those of the months before.

    `plays` are those of each week; weeks with few are left out.
    """
    known = sorted(week for week in weeks if plays.get(week, 0) >= LEAST_PLAYS)
    if not known:
        return Verdict(passed=True, says=f"no week has {LEAST_PLAYS} plays")
    newest = known[-1]
    past = [week for week in known[:-1] if week >= newest - timedelta(weeks=WEEKS)]
    if len(past) < FEWEST_WEEKS:
        return Verdict(passed=True, says=f"too short a history: {FEWEST_WEEKS} weeks are needed")
    strange = [told for figure in FIGURES if (told := _strange(figure, weeks, newest, past))]
    if strange:
        return Verdict(passed=False, says=f"the week of {newest}: {'; '.join(strange)}")
    return Verdict(passed=True, says=f"the week of {newest} is made up as usual")


def _strange(
    figure: Figure, weeks: Mapping[date, Mapping[str, float | None]], newest: date, past: Sequence[date]
) -> str | None:
    """In words, where the figure of the newest week is far from the others; None otherwise."""
    found = weeks[newest].get(figure.name)
    values = [value for week in past if (value := weeks[week].get(figure.name)) is not None]
    if found is None or len(values) < FEWEST_WEEKS:
        return None
    usual = median(values)
    least = figure.least_move if figure.is_share else figure.least_move * abs(usual)
    if abs(found - usual) <= max(least, FAR_SPREADS * _spread(values)):
        return None
    if figure.is_share:
        return f"{found:.0%} {figure.meaning}, usual are {usual:.0%}"
    return f"{found:.1f} {figure.meaning}, usual are {usual:.1f}"


def _usual_plays(plays: Mapping[date, int], day: date) -> float | None:
    same = _same_weekdays(plays, day)
    return median(same) if len(same) >= FEWEST_WEEKS else None


def _same_weekdays(plays: Mapping[date, int], day: date) -> list[int]:
    """The plays of the same weekday in the weeks before; weeks without any say nothing of those with some."""
    before = (plays.get(day - timedelta(weeks=back), 0) for back in range(1, WEEKS + 1))
    return [found for found in before if found]


def _was_quiet(plays: Mapping[date, int], day: date, listeners: int) -> bool:
    """Whether the same date of the year before, or one beside it, was as quiet for its time."""
    # 364 days before is the same weekday, and a feast is on that date or a day from it.
    return any(is_low(plays, day - timedelta(days=back), listeners) for back in (364, 365, 366))


def _spread(values: Sequence[float]) -> float:
    middle = median(values)
    return _MAD_TO_SPREAD * median(abs(value - middle) for value in values)
