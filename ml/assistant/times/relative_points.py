"""Periods told from today: `yesterday`, `last summer`, `2 weeks ago`, `the year before`, `on monday`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_points import Build
from ml.assistant.times.calendar_windows import MONTHS, WEEKDAYS, Span, Unit
from ml.assistant.times.points import HOLIDAY, MONTH, SEASON, WEEKDAY, Point, holiday_date, rule, season_name

UNIT = r"(?P<unit>day|week|weekend|fortnight|month|quarter|season|year|decade)s?(?P<more> and a half)?"
COUNT = r"(?:(?:an? )?(?P<count>[0-9]{1,4}|few|half(?: an?)?)(?: of)?|(?P<one>an?))"
"""Of units: *3*, *a couple of*, *a few* (three, as most people count them), *half a*, *a*."""
_LAST = r"(?:the |my )?(?P<which>this past|last|previous|prior|preceding|this|the current|current|past)"


def unit_of(word: str) -> Unit:
    """ValueError for fortnights, which the calendar does not know."""
    unit: Unit
    for unit in ("weekend", *calendar.UNITS):
        if word.startswith(unit):
            return unit
    raise ValueError(f"a {word} begins on no day of its own")


def counted(match: re.Match[str]) -> tuple[Unit, int]:
    """What COUNT and UNIT read: *half a year* is six months, a fortnight two weeks."""
    if match["more"]:
        return _and_a_half(match["unit"], 1 if match["one"] or not match["count"] else int(match["count"]))
    count = 1 if match["one"] else 3 if match["count"] == "few" else 0
    if not count and match["count"].startswith("half"):
        return _half_of(match["unit"])
    count = count or int(match["count"])
    if match["unit"] == "fortnight":
        return "week", 2 * count
    return unit_of(match["unit"]), count


def _and_a_half(unit: str, count: int) -> tuple[Unit, int]:
    """*A year and a half*."""
    half, parts = _half_of(unit)
    return half, parts * (2 * count + 1)


def _half_of(unit: str) -> tuple[Unit, int]:
    match unit:
        case "year":
            return "month", 6
        case "decade":
            return "year", 5
        case _:
            raise ValueError(f"half a {unit} is no number of days")


def _today(match: re.Match[str], as_of: date) -> Point:
    days = 2 if "before" in match[0] else 1 if "yesterday" in match[0] else 0
    return Point(span=calendar.around(calendar.earlier(as_of, "day", days), "day"))


def _this_or_last(match: re.Match[str], as_of: date) -> Point:
    which = match["which"]
    if match["unit"] == "fortnight" and which in {"last", "past", "this past"}:
        return Point(span=calendar.up_to(as_of, "week", 2))
    unit = unit_of(match["unit"])
    if which in {"this", "current", "the current"}:
        return Point(span=calendar.around(as_of, unit))
    if which in {"past", "this past"} and unit not in {"weekend", "season"}:
        return Point(span=calendar.up_to(as_of, unit, 1))
    is_before = which in {"previous", "prior", "preceding"}
    return Point(span=calendar.complete_before(as_of, unit), is_before=is_before)


def _before_last(match: re.Match[str], as_of: date) -> Point:
    return Point(span=calendar.complete_before(as_of, unit_of(match["unit"]), 2))


def _before(match: re.Match[str], as_of: date) -> Point:
    return Point(span=calendar.complete_before(as_of, unit_of(match["unit"])), is_before=True)


def _same_of_last(match: re.Match[str], as_of: date) -> Point:
    """*The same month last year*; *this time last year* is that up to the same day."""
    unit: Unit = unit_of(match["unit"] or "year")
    of = unit_of(match["of"])
    if match["unit"]:
        return Point(span=calendar.around(calendar.earlier(as_of, of), unit), is_before=unit != "day")
    start = calendar.earlier(calendar.around(as_of, of).start, of)
    return Point(span=Span(start, calendar.earlier(as_of, of) + calendar.ONE_DAY), is_before=True)


def _ago(match: re.Match[str], as_of: date) -> Point:
    if match["count"] == "few":
        return Point(problem=f"“{match[0]}” is no exact time: name a number")
    unit, count = counted(match)
    if unit == "weekend":
        return Point(span=calendar.complete_before(as_of, unit, count))
    day = calendar.earlier(as_of, unit, count)
    return Point(span=calendar.around(day, unit))


def _to_the_day(match: re.Match[str], as_of: date) -> Point:
    """*A year ago today*; of 29 February that is the 28th."""
    return Point(span=calendar.around(calendar.earlier(as_of, *counted(match)), "day"))


def _this_day_last_year(_: re.Match[str], as_of: date) -> Point:
    return Point(span=calendar.around(calendar.earlier(as_of, "year"), "day"))


def _weekday(match: re.Match[str], as_of: date) -> Point:
    number = WEEKDAYS.index(match["weekday"]) + 1
    week = match["week"]
    monday = calendar.around(as_of, "week").start
    if week and week != "this":
        monday = calendar.earlier(monday, "week")
    if week or match["which"] == "this":
        return Point(span=Span(*(calendar.earlier(monday, "day", 1 - number - more) for more in (0, 1))))
    return Point(span=calendar.weekday_before(as_of, number), bare="free" if match["which"] else "alone")


def _week_then_weekday(match: re.Match[str], as_of: date) -> Point:
    return replace(_weekday(match, as_of), bare="free")


def _day_of_month(match: re.Match[str], as_of: date) -> Point:
    """*The 5th*: the last one before today."""
    number = int(match["day"])
    first = as_of.replace(day=1)
    of = match["of"]
    if of:
        first = calendar.earlier(first, "month") if "last" in of or "previous" in of else first
        return Point(span=calendar.day_of(first.year, first.month, number), bare="free")
    for back in range(4):
        start = calendar.earlier(first, "month", back)
        length = calendar.around(start, "month").days
        if number <= length and start.replace(day=number) < as_of:
            return Point(span=calendar.around(start.replace(day=number), "day"), bare="never")
    raise ValueError(f"no month has a day {number}")


def _named(match: re.Match[str], as_of: date) -> Point:
    """*Last march*, *this summer*, *last christmas*, *the summer before last*."""
    words = match.groupdict()
    if words["month"]:
        number = MONTHS.index(words["month"]) + 1
        point = Point(yearly=lambda year: calendar.month(year, number))
    elif words["season"]:
        name = season_name(words["season"])
        point = Point(yearly=lambda year: calendar.season(name, year))
    else:
        point = Point(yearly=lambda year: calendar.day_of(year, *holiday_date(words["holiday"])))
    last = point.latest(as_of, is_over=True)
    if last is None:
        raise ValueError("no such date")
    if words["which"] == "this":
        begun = point.latest(calendar.earlier(as_of, "day", -1))
        is_running = begun is not None and begun.end > as_of
        return replace(point, span=begun if is_running else point.of(as_of.year), yearly=None)
    if not words["which"]:
        last = point.latest(last.start)
    return replace(point, span=last, yearly=None)


_GOES_ON = " (?:with|and|or|did|do|i|in|by|at|to|from|per|only|was|were|what|which|who|how|than|please)"
"""A day of a month may be followed by these, *the 5th album* is none."""
_NAMED = f"(?:{MONTH}|{SEASON}|{HOLIDAY})"

RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (rule(pattern), build)
    for pattern, build in (
        ("today|yesterday|(?:the )?day before yesterday", _today),
        (rf"{_LAST} (?:calendar |full |whole |complete )?{UNIT}", _this_or_last),
        (rf"(?:the )?{UNIT} before last", _before_last),
        (rf"(?:the|an?) {UNIT} (?:before|prior|earlier|previously)(?: that)?", _before),
        (
            (
                rf"(?:the )?(?:same|this) (?:time|period|point|(?:{UNIT}))(?: in| of| the)? (?:the )?(?:last|previous) "
                r"(?P<of>week|month|quarter|year)"
            ),
            _same_of_last,
        ),
        (rf"{COUNT} {UNIT} (?:ago|back)", _ago),
        (rf"(?:exactly )?{COUNT} {UNIT} ago today", _to_the_day),
        (rf"today {COUNT} {UNIT} ago", _to_the_day),
        (rf"exactly {COUNT} {UNIT} ago", _to_the_day),
        (r"(?:this|the same) (?:very |same )?(?:day|date) (?:in )?last year|today last year", _this_day_last_year),
        (
            (
                rf"(?:(?:the )?(?P<which>this past|last|previous|this|past) )?{WEEKDAY}"
                r"(?: (?:of |in )?(?:the )?(?P<week>this|last|previous) week)?"
            ),
            _weekday,
        ),
        (rf"(?:the )?(?P<week>this|last|previous) week(?: on)? (?P<which>)?{WEEKDAY}", _week_then_weekday),
        (
            (
                r"the (?P<day>[0-9]{1,2})th"
                rf"(?: (?:day )?of (?P<of>(?:the |this |last |the last |the previous )month)|(?= [|.,]|$|{_GOES_ON}))"
            ),
            _day_of_month,
        ),
        (rf"(?:the |my )?(?P<which>this past|last|previous|this|past) {_NAMED}(?! before last)", _named),
        (rf"(?P<which>)the {_NAMED} before last", _named),
    )
)
