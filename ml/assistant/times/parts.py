"""Every named period that begins at a word, and parts of it.

`early 2019`, `first week of march`, `the week before christmas`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from ml.assistant.times import calendar_points, relative_points
from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_windows import MONTHS, ONE_DAY, SEASONS, WEEKDAYS, Span
from ml.assistant.times.points import Bare, NotATimeError, Point, rule
from ml.assistant.times.readings import Place
from ml.assistant.times.relative_points import unit_of
from ml.assistant.times.words import word_set

_OPENERS = word_set(
    "the this last previous prior preceding current past my a an same exactly few half of day week weekend fortnight "
    "month quarter season year decade calendar today yesterday q h fall new nye valentine valentines halloween "
    "christmas boxing"
) | {*MONTHS, *WEEKDAYS, *SEASONS}
"""Words with which a period begins, apart from numbers. At all others the rules need not be tried."""


def _part(index: int) -> Callable[[Span], Span]:
    return lambda span: calendar.third(span, index)


_EARLY = rule(r"(?:the )?(?:very )?(?:early(?: part)?|beginning|start)(?: (?:of|in|on in))?(?: the)?")
_MID = rule(r"(?:the )?(?:mid|middle)(?: -)?(?: of)?(?: the)?")
_LATE = rule(r"(?:the )?(?:very )?(?:late|latter part|end)(?: (?:of|in))?(?: the)?")
_NTH_PART = rule(
    r"(?:the )?(?P<nth>[0-9]{1,2}th|last|final|other|latter) (?P<part>half|third|quarter) (?:of|in)(?: the)?"
)
_NTH = rule(
    r"(?:the )?(?:very )?(?P<nth>[0-9]{1,2}th|last|final) (?:(?P<count>[0-9]{1,2}|few) )?"
    rf"(?P<unit>day|week|weekend|month|quarter|{'|'.join(WEEKDAYS)})s? (?:of|in)(?: the)?"
)
_WEEK_OF = rule("(?:the )?week of")
_BEFORE_OR_AFTER = rule(
    r"(?:the )?(?:(?P<count>[0-9]{1,3}|few) )?(?P<unit>day|week|month|quarter|year)s? "
    r"(?P<side>before|after|following|preceding)(?: the)?"
)
_CURRENT = rule(r"(?P<unit>week|month|quarter|season|year|decade)")


def point_at(place: Place) -> Point | None:
    """The longest named period that begins there, parts of periods included."""
    return max((*plain_points(place), *parts_of(place)), key=lambda point: point.end, default=None)


def plain_points(place: Place) -> Iterator[Point]:
    first = place.first_word
    if first not in _OPENERS and first[0] not in "'0123456789":
        return
    for pattern, build in (*calendar_points.RULES, *relative_points.RULES):
        match = place.match(pattern)
        if match is None:
            continue
        try:
            yield replace(build(match, place.as_of), end=match.end())
        except NotATimeError:
            continue
        except (ValueError, OverflowError):
            yield Point(problem=f"“{match[0]}” is no date", end=match.end())


def parts_of(place: Place) -> Iterator[Point]:
    """Parts of the periods that are named after them, and what lies beside those."""
    yield from _thirds(place)
    for pattern, build in ((_NTH_PART, _nth_part), (_NTH, _nth)):
        match = place.match(pattern)
        if match is not None:
            for whole in _wholes(place.at(match.end() + 1), is_current_too=" the" in match[0]):
                bare = _bare_of_part(whole) if pattern is _NTH_PART else "free"
                yield replace(_tried(whole, build(match)), bare=bare)
    match = place.match(_WEEK_OF)
    if match is not None:
        for day in plain_points(place.at(match.end() + 1)):
            if day.is_day:
                yield day.changed(lambda span: calendar.around(span.start, "week"))
    match = place.match(_BEFORE_OR_AFTER)
    if match is not None:
        for whole in plain_points(place.at(match.end() + 1)):
            yield _beside(match, whole, place.as_of)


def _thirds(place: Place) -> Iterator[Point]:
    for pattern, index, edge in ((_EARLY, 0, "start"), (_MID, 1, ""), (_LATE, 2, "end")):
        match = place.match(pattern)
        if match is None:
            continue
        is_edge = "of" in match[0].split()
        for whole in _wholes(place.at(match.end() + 1), is_current_too=" the" in match[0]):
            part = whole.changed(_part(index))
            yield replace(part, bare=_bare_of_part(whole), edge=edge if is_edge else "")


def _wholes(place: Place, *, is_current_too: bool) -> Iterator[Point]:
    """What a part can be of; after *the*, also the week, month or year that is running."""
    yield from plain_points(place)
    match = place.match(_CURRENT)
    if match is not None and is_current_too:
        yield Point(span=calendar.around(place.as_of, unit_of(match["unit"])), end=match.end())


def _bare_of_part(whole: Point) -> Bare:
    return "end" if whole.bare in {"alone", "never"} else "free"


def _tried(whole: Point, change: Callable[[Span], Span]) -> Point:
    """A part of it, or the problem that it has no such part."""
    if whole.span is None:
        return whole.changed(change)
    try:
        return whole.changed(change)
    except (ValueError, OverflowError):
        return Point(problem="a period that is named has no such part", end=whole.end)


def _nth_part(match: re.Match[str]) -> Callable[[Span], Span]:
    nth, part = match["nth"], match["part"]
    count = {"half": 2, "third": 3, "quarter": 4}[part]
    number = int(nth[:-2]) if nth.endswith("th") else count

    def change(span: Span) -> Span:
        months = calendar.whole_months(span)
        if not 1 <= number <= count:
            raise ValueError(f"no {nth} {part}")
        if months is None or months % count:
            cuts = [span.start + (span.end - span.start) * cut // count for cut in (number - 1, number)]
        else:
            cuts = [calendar.months_later(span.start, months // count * cut) for cut in (number - 1, number)]
        return Span(*cuts)

    return change


def _nth(match: re.Match[str]) -> Callable[[Span], Span]:
    """*First week of*, *last day of*, *first 3 months of*; weeks are counted from its first or last day."""
    count = 3 if match["count"] == "few" else int(match["count"] or 1)
    number = int(match["nth"][:-2]) if match["nth"].endswith("th") else 0
    weekday = next((day for day, name in enumerate(("weekend", *WEEKDAYS)) if name == match["unit"]), None)
    unit = "day" if weekday is not None else unit_of(match["unit"])

    def change(span: Span) -> Span:
        if weekday is not None:
            # A weekend is told by its Saturday.
            before = calendar.weekday_before(span.start if number else span.end, weekday or 6).start
            first = calendar.earlier(before, "week", -number)
            part = calendar.days_from(first, 1 if weekday else 2)
        elif number:
            first = calendar.earlier(span.start, unit, -(number - 1) * count)
            part = Span(first, calendar.earlier(first, unit, -count))
        else:
            part = Span(calendar.earlier(span.end, unit, count), span.end)
        if part.start < span.start or part.start >= span.end or count < 1:
            raise ValueError("not within")
        return part if weekday is not None else Span(part.start, min(part.end, span.end))

    return change


def _beside(match: re.Match[str], whole: Point, as_of: date) -> Point:
    """*The week before christmas* are seven days, *the year after 2019* and *the month before may* are whole ones."""
    count = 3 if match["count"] == "few" else int(match["count"] or 1)
    unit = unit_of(match["unit"])
    span = whole.latest(as_of)
    if span is None or whole.problem:
        return whole
    is_whole = calendar.whole_months(span) is not None and unit not in {"day", "week"}
    if match["side"] in {"before", "preceding"}:
        start = span.start
        beside = Span(calendar.earlier(start, unit, count), start)
        if is_whole and count == 1:
            beside = calendar.around(start - ONE_DAY, unit)
    else:
        beside = Span(span.end, calendar.earlier(span.end, unit, -count))
        if is_whole and count == 1:
            beside = calendar.around(span.end, unit)
    return Point(span=beside, end=whole.end)
