"""Times that come back: weekdays, weekends, parts of the day, hours, months and seasons of any year, and grains.

They become filters on dimensions of the semantic layer, in whatever window the question names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.query import Filter, Grain, Value
from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_windows import MONTHS, SEASONS, WEEKDAYS
from ml.assistant.times.parts import point_at
from ml.assistant.times.points import rule, season_name
from ml.assistant.times.readings import Place, Reading
from ml.assistant.times.words import word_set

PARTS_OF_DAY = {"night": range(6), "morning": range(6, 12), "afternoon": range(12, 18), "evening": range(18, 24)}

_EACH = r"(?:every(?: single)?|each|any|all)"
_DAY_NAMES = "|".join(WEEKDAYS)
_DAYS = rf"(?:(?:{_DAY_NAMES})s|weekdays|week days|weekends|workdays|working days)"
_DAY = rf"(?:{_DAY_NAMES}|weekday|week day|weekend|workday|working day)"
_PART = r"(?:morning|afternoon|evening|night)"
_ONE_OF_DAYS = rf"(?:(?:on|at|over|during|of|for|in) )?(?:(?:a|an|{_EACH}) {_DAY}|(?:the |my |all |{_EACH} )?{_DAYS})"
_WEEKDAYS = rule(
    rf"{_ONE_OF_DAYS}(?: (?:in|of) general)?|(?:on|at) the weekend|during the week(?! (?:of|before|after|from|in)\b)"
)
_MORE_DAYS = rule(rf" (?:, )?(?:and|,) (?:on )?{_DAYS}(?! {_PART})")
_RUN_OF_DAYS = rule(
    rf"(?:(?:from|between|on) )?(?P<first>{_DAY_NAMES})s? (?:to|through|until|-|and) (?P<last>{_DAY_NAMES})s?"
)
_DAY_PARTS = rule(rf"(?:(?:on|in|at|during) )?(?:(?:a|the|{_EACH}) )?(?P<day>{_DAY_NAMES}|weekend|weekday)s? {_PART}s")
_EACH_DAY_PART = rule(rf"(?:on |in )?(?:a|an|{_EACH}) (?P<day>{_DAY_NAMES}|weekend|weekday) {_PART}")

_PARTS = (
    (
        rule(
            rf"(?:in|during|of|on|for|over) (?:the |my |{_EACH} )?(?:late |early )?(?P<part>morning|afternoon"
            rf"|evening)s?(?: hours)?"
        ),
        "",
    ),
    (rule(rf"(?:in |on )?{_EACH} (?P<part>morning|afternoon|evening|night)"), ""),
    (rule(r"(?:early |late )?(?P<part>mornings|afternoons|evenings)"), ""),
    (rule(r"(?:at|by|during|in|over) (?:the |my )?(?:dead of |middle of )?(?:the )?(?P<part>nights?)(?: time)?"), ""),
    (
        rule(
            r"(?:in )?the (?:dead|middle) of the night|late(?: -)? (?:at )?nights?(?! talking)|overnight|(?:in"
            r"|during) the small hours"
        ),
        "night",
    ),
    (rule(r"(?:early in|1th thing in|1th thing|early)(?: the)? morning"), "morning"),
    (rule(r"late in the (?P<part>morning|afternoon|evening)"), ""),
)
_MORE_PARTS = rule(r" and (?:in the |at |the )?(?P<part>morning|afternoon|evening|night)s?")
_AFTER_A_DAY = rule(r" (?:, )?(?:(?:in|during) the |at )?(?P<part>morning|afternoon|evening|night)s?")
_AFTER_ONE_DAY = rule(r" (?:, )?(?:(?:in|during) the |at )?(?P<part>morning|afternoon|evening|night)")

_PERIODS = "|".join((*MONTHS, *SEASONS, "fall"))
# May and march are verbs, too, and no more often plural nouns.
_PLURALS = "|".join(f"{name}s" for name in (*MONTHS, *SEASONS) if name not in {"may", "march"})
_YEARLY = rule(rf"(?:(?:in|during|on|over) )?(?:{_EACH} (?P<one>{_PERIODS})|(?:the |my )?(?P<many>{_PLURALS}))")
_OF_ANY_YEAR = rule(
    rf"(?:in|during|of|over) (?:the )?(?:month of )?(?P<one>{_PERIODS})"
    rf"(?: months)? (?:of |in )?(?:{_EACH} years?|any given year|over the years|across (?:the |all )?years)"
)

_GRAIN_UNIT = r"(?P<unit>day|date|week|month|quarter|year)"
_NOT_A_DIMENSION = r"(?! (?:of|in) (?:the )?(?:day|week|month|quarter|year|release)\b)(?! (?:name|number)\b)"
_GRAINS = (
    rule(
        rf"(?:per|by|for each|for every|every(?: single)?|each|in each|in every|on each) (?:calendar "
        rf")?{_GRAIN_UNIT}{_NOT_A_DIMENSION}"
    ),
    rule(r"(?:on an? )?(?P<unit>daily|weekly|monthly|quarterly|yearly|annually|annual)(?: basis)?"),
    rule(
        r"(?:from )?(?P<unit>day|week|month|quarter|year) (?:by|to|over|on|after|-) (?:(?:day|week|month|quarter"
        r"|year)|by -)(?! (?:day|week|month|year))"
    ),
    rule(r"(?:over|across|throughout|through) (?:the )?(?P<unit>days|weeks|months|quarters|years)"),
    rule(r"(?:over|through|across) (?P<unit>time)|month - by - (?P<same>month)"),
)
_A_PERIOD = rule(r"(?:a|an) (?P<unit>day|week|month|quarter|year)(?! (?:ago|before|earlier|later|after|or|old|and))")
_COUNTABLE = word_set(
    "songs tracks plays minutes hours artists albums times listens scrobbles genres sessions days much"
)
_GRAIN_WORDS = {
    "date": Grain.DAY,
    "daily": Grain.DAY,
    "annual": Grain.YEAR,
    "annually": Grain.YEAR,
    "time": Grain.MONTH,
}


def recurring_at(place: Place) -> Iterator[Reading]:
    """Every filter that begins at a word."""
    yield from _weekdays(place)
    yield from _parts_of_day(place)
    yield from _parts_of_one_day(place)
    yield from _months_and_seasons(place)


def grains_at(place: Place) -> Iterator[Reading]:
    """*Per month*, *weekly*, *over time* (months), *songs a day*."""
    for pattern in _GRAINS:
        match = place.match(pattern)
        is_a_playlist = (
            match is not None and match[0] == "weekly" and place.words.before(place.offset, 1) == ("discover",)
        )
        if match is not None and not is_a_playlist:
            yield Reading(match.end(), grain=_grain(match["unit"] or "month"))
    match = place.match(_A_PERIOD)
    if match is not None and _COUNTABLE & set(place.words.before(place.offset, 1)):
        yield Reading(match.end(), grain=_grain(match["unit"]))


def part_after(line: str, offset: int) -> re.Match[str] | None:
    """The part of the day that follows a date: `yesterday evening`."""
    return _AFTER_ONE_DAY.match(line, offset)


def part_filter(*parts: str) -> Filter:
    return Filter(dimension="play__time_of_day", values=tuple(part for part in PARTS_OF_DAY if part in parts))


def _grain(word: str) -> Grain:
    if word in _GRAIN_WORDS:
        return _GRAIN_WORDS[word]
    return next(grain for grain in Grain if word.startswith(grain.value))


def _weekdays(place: Place) -> Iterator[Reading]:
    match = place.match(_RUN_OF_DAYS)
    if match is not None and match[0].split()[0] != "between":
        first, last = (WEEKDAYS.index(match[end]) for end in ("first", "last"))
        is_and = " and " in match[0]
        if first < last and not is_and:
            yield Reading(match.end(), filters=(_on_days(range(first + 1, last + 2)),))
    match = place.match(_DAY_PARTS) or place.match(_EACH_DAY_PART)
    if match is not None:
        words = match[0].split()
        part = words[-1].removesuffix("s")
        yield Reading(match.end(), filters=(_day_filter([match["day"]]), part_filter(part)))
    match = place.match(_WEEKDAYS)
    if match is None:
        return
    end = match.end()
    while more := _MORE_DAYS.match(place.line, end):
        end = more.end()
    named = re.findall(
        rf"\b(?:{_DAY_NAMES}|weekend|weekday|week day|workday|working day|school day|week$)",
        place.line[match.start() : end],
    )
    filter_ = _day_filter(named)
    part = _AFTER_A_DAY.match(place.line, end)
    if part is not None:
        yield Reading(part.end(), filters=(filter_, part_filter(part["part"])))
    is_bare = not re.match(r"(?:on|at|over|during|of|for|in|every|each|any|all|a|an) ", match[0])
    is_name_like = is_bare and "week" not in named[0]
    yield Reading(end, filters=(filter_,) if filter_ else (), bare="alone" if is_name_like else "free")


def _on_days(days: range | list[int]) -> Filter:
    return Filter(dimension="date__iso_weekday", values=tuple(days))


def _day_filter(named: list[str]) -> Filter:
    """Several days are any of them; weekends and weekdays together are every day of the week."""
    days: set[int] = set()
    for name in named:
        if name in WEEKDAYS:
            days.add(WEEKDAYS.index(name) + 1)
        else:
            days.update((6, 7) if name == "weekend" else range(1, 6))
    if len(named) == 1 and named[0] not in WEEKDAYS:
        return Filter(dimension="date__is_weekend", values=(named[0] == "weekend",))
    return _on_days(sorted(days))


def _parts_of_day(place: Place) -> Iterator[Reading]:
    for pattern, fixed in _PARTS:
        match = place.match(pattern)
        if match is None:
            continue
        parts = [fixed or match["part"].removesuffix("s")]
        end = match.end()
        while more := _MORE_PARTS.match(place.line, end):
            parts.append(more["part"])
            end = more.end()
        yield Reading(end, filters=(part_filter(*parts),))


_PART_OF_TODAY = rule(r"(?:early |late |later |earlier )?(?:this (?P<part>morning|afternoon|evening)|tonight)")
_LAST_NIGHT = rule(r"(?:late )?(?:during |over )?(?:last|yesterday) night")
_LAST_EVENING = rule(r"last evening")
_PART_OF = rule(rf"(?:(?:on|in|during) )?the (?P<part>{_PART[3:-1]}) of")


def _parts_of_one_day(place: Place) -> Iterator[Reading]:
    """*This morning*, *tonight*; *last night* is the night of today, 0 to 6 h."""
    today = calendar.around(place.as_of, "day")
    match = place.match(_PART_OF_TODAY)
    if match is not None:
        yield Reading(match.end(), edges=today, filters=(part_filter(match["part"] or "evening"),))
    match = place.match(_LAST_NIGHT)
    if match is not None:
        yield Reading(match.end(), edges=today, filters=(part_filter("night"),))
    match = place.match(_LAST_EVENING)
    if match is not None:
        yesterday = calendar.around(calendar.earlier(place.as_of, "day"), "day")
        yield Reading(match.end(), edges=yesterday, filters=(part_filter("evening"),))
    match = place.match(_PART_OF)
    day = point_at(place.at(match.end() + 1)) if match else None
    span = day.latest(place.as_of) if day else None
    if match is not None and day is not None and span is not None and span.days <= 2:
        yield Reading(day.end, edges=span, filters=(part_filter(match["part"]),))


def _months_and_seasons(place: Place) -> Iterator[Reading]:
    match = place.match(_YEARLY) or place.match(_OF_ANY_YEAR)
    if match is None:
        return
    name = match["one"] or match.groupdict().get("many", "").removesuffix("s")
    if name in MONTHS:
        values: tuple[Value, ...] = (name.capitalize(),)
        held = Filter(dimension="date__month_name", values=values)
    else:
        held = Filter(dimension="date__season", values=(season_name(name),))
    # Summers alone may be a name, or those of two summers ago.
    yield Reading(match.end(), filters=(held,), bare="alone")
