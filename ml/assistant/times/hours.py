"""Hours of the day: `between 6 and 9 am`, `after 10 pm`, `at noon`.

Plays are told apart by the hour in which they began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.query import Filter
from ml.assistant.times.points import rule
from ml.assistant.times.readings import Place, Reading

_NAMED_HOURS = {"midnight": 0, "noon": 12, "lunch": 12}
_HOUR = (
    r"(?:(?P<clock{n}>[0-9]{{1,2}}:[0-9]{{2}})(?: (?P<half{n}>am|pm))?(?: h)?|(?P<named{n}>midnight|noon)"
    r"|(?P<hour{n}>[0-9]{{1,2}}) ?(?P<kind{n}>am|pm|h|hours|oclock(?: (?:am|pm))?|in the (?:morning|afternoon"
    r"|evening)|at night))"
)
_ONE = _HOUR.format(n="")
_FIRST = _HOUR.format(n="_1")
_LAST = _HOUR.format(n="_2")
_OPEN = r"(?P<open>[0-9]{1,2})"

_AT = rule(
    rf"(?:at|around|about|during)(?: around| about)? {_ONE}|(?:at|during|over|around) (?:the )?(?P<meal>lunch)(?: "
    rf"(?:time|break|hour))?"
)
_BEFORE = rule(rf"(?:before|until|earlier than|by) {_ONE}")
_AFTER = rule(rf"(?:after|past|from|later than|since) {_ONE}(?: on(?:wards?)?)?")
_BETWEEN = rule(rf"(?:between|from) (?:{_FIRST}|{_OPEN}) (?:and|to|until|-) {_LAST}")
_DINNER = rule(
    r"(?:(?:at|during|over|before|after|around) )(?:the )?(?:dinner|breakfast|supper|brunch)(?: time)?|dinner "
    r"time|breakfast time"
)


def hours_at(place: Place) -> Iterator[Reading]:
    """Every reading of hours that begins at a word."""
    for pattern, read in ((_AT, _at), (_BEFORE, _before), (_AFTER, _after), (_BETWEEN, _between)):
        match = place.match(pattern)
        if match is None:
            continue
        try:
            hours = read(match)
        except ValueError as error:
            yield Reading(match.end(), problem=f"“{match[0]}” cannot be asked: {error}")
        else:
            yield Reading(match.end(), filters=(Filter(dimension="play__local_hour", values=tuple(hours)),))
    match = place.match(_DINNER)
    if match is not None:
        yield Reading(
            match.end(), problem=f"the hours of “{match[0]}” are not known: name them, such as between 6 and 8 pm"
        )


def _at(match: re.Match[str]) -> list[int]:
    return [_NAMED_HOURS["lunch"] if match["meal"] else _hour(match, "")]


def _before(match: re.Match[str]) -> list[int]:
    hour = _hour(match, "")
    if hour == 0:
        raise ValueError("say from which hour on")
    return list(range(hour))


def _after(match: re.Match[str]) -> list[int]:
    """*After 10 pm* ends with the day; after midnight is the night."""
    hour = _hour(match, "")
    return list(range(6)) if hour == 0 else list(range(hour, 24))


def _between(match: re.Match[str]) -> list[int]:
    """Across midnight where the second hour is the earlier one; *between 6 and 9 pm* is the evening."""
    last = _hour(match, "_2")
    if match["open"]:
        first = int(match["open"])
        if first > 23:
            raise ValueError("a day has 24 hours")
        words = match["kind_2"] or match["half_2"] or ""
        if first <= 12 and words not in {"h", "hours"} and not (match["clock_2"] and not words):
            same = first % 12 + (12 if last >= 12 else 0)
            first = same if same < last else first % 12 if last > 12 else first % 12 + 12
            if last == 0:
                first = first % 12 + 12
    else:
        first = _hour(match, "_1")
    if first == last:
        raise ValueError("it begins when it ends")
    return list(range(first, last)) if first < last else [*range(last), *range(first, 24)]


def _hour(match: re.Match[str], which: str) -> int:
    """0 to 23; ValueError where it is none, or could be two."""
    named = match[f"named{which}"]
    if named:
        return _NAMED_HOURS[named]
    clock = match[f"clock{which}"]
    if clock:
        hour, minute = (int(part) for part in clock.split(":"))
        if minute:
            raise ValueError("plays are told apart by whole hours")
        return _of_day(hour, match[f"half{which}"] or "h")
    return _of_day(int(match[f"hour{which}"]), match[f"kind{which}"])


def _of_day(hour: int, kind: str) -> int:
    if kind in {"h", "hours"} or (kind == "oclock" and hour > 12):
        if hour > 24:
            raise ValueError("a day has 24 hours")
        return hour % 24
    if kind == "oclock":
        raise ValueError("say whether it is am or pm")
    if not 1 <= hour <= 12:
        raise ValueError("hours of am and pm are 1 to 12")
    is_later = kind.endswith(("pm", "afternoon", "evening")) or (kind == "at night" and 6 <= hour < 12)
    return hour % 12 + (12 if is_later else 0)
