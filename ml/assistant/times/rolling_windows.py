"""Windows that are counted back from today, `the last 3 weeks`, or that hold the whole history, `of all time`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from ml.assistant.query import Filter
from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_windows import ONE_DAY
from ml.assistant.times.points import rule
from ml.assistant.times.readings import Edges, Place, Reading
from ml.assistant.times.relative_points import COUNT, UNIT, counted, unit_of
from ml.assistant.times.words import word_set

RECENT_DAYS = 30
"""*Lately* and *recently*."""

_LAST_COUNTED = rule(
    r"(?:(?:with)?in |during |over |of |for |from |throughout |across )?(?:all of )?(?:the |my |these |those )?"
    rf"(?P<which>last|past|previous|prior|preceding|latest|most recent) (?P<whole>full|complete|calendar|whole "
    rf")?(?:{COUNT} |(?=[a-z]+ and a half))"
    rf"(?:(?:full|complete|calendar|whole) )?{UNIT}"
)
_LAST_HOURS = rule(
    r"(?:(?:with)?in |during |over |of |for )?(?:the )?(?:last|past) (?:[0-9]{1,4} |few )?(?:hours?|minutes?|seconds?)"
)
_LAST_SEASONS = rule(
    rf"(?:(?:with)?in |during |over )?(?:the )?(?:last|past) {COUNT} (?:winters|summers|springs|autumns|falls)"
)
_SINCE_AGO = rule(rf"(?P<side>since|after|before|until|over|more than|at least) {COUNT} {UNIT} ago")
_NOT_FOR = rule(rf"(?:in|for|within)(?: the)?(?: last| past)?(?: over| more than| at least)? {COUNT} {UNIT}(?: now)?")
_NEGATIONS = word_set("not never havent hasnt didnt dont stopped forgot forgotten forgetting neglected ignored")
_RECENTLY = rule(
    r"lately|recently|(?:in |during )?(?:these|recent) days|nowadays|as of late|of late|in recent (?:days|weeks)"
)


def rolling_at(place: Place) -> Iterator[Reading]:
    """Windows that end with today, however they are counted."""
    as_of = place.as_of
    match = place.match(_LAST_COUNTED)
    if match is not None:
        yield _last_counted(match, as_of)
    match = place.match(_SINCE_AGO)
    if match is not None:
        yield _since_ago(match, as_of)
    match = place.match(_NOT_FOR)
    if match is not None and _NEGATIONS & set(place.words.before(place.offset, 12)):
        yield _not_for(match, as_of)
    match = place.match(_RECENTLY)
    if match is not None and place.words.before(place.offset, 1) != ("most",):
        yield Reading(match.end(), edges=calendar.up_to(as_of, "day", RECENT_DAYS))
    match = place.match(_LAST_HOURS) or place.match(_LAST_SEASONS)
    if match is not None:
        yield Reading(
            match.end(), problem=f"“{match[0]}” cannot be told by dates: ask for days, weeks, months or years"
        )


def _not_for(match: re.Match[str], as_of: date) -> Reading:
    """*Not heard in 6 months*: the months in which it was not."""
    return _tried_reading(match, lambda: calendar.up_to(as_of, *counted(match)))


def _tried_reading(match: re.Match[str], edges: Callable[[], Edges]) -> Reading:
    try:
        return Reading(match.end(), edges=edges())
    except (ValueError, OverflowError):
        return Reading(match.end(), problem=f"“{match[0]}” is no time that can be counted")


def _last_counted(match: re.Match[str], as_of: date) -> Reading:
    is_before = match["which"] in {"previous", "prior", "preceding"}
    is_whole = re.search(r"\b(?:full|complete|calendar|whole)\b", match[0]) is not None

    def edges() -> Edges:
        unit, count = counted(match)
        if count < 1:
            raise ValueError("nothing is counted")
        if unit != "weekend" and not is_whole:
            return calendar.up_to(as_of, unit, count)
        return calendar.complete_before(as_of, unit, count).start, calendar.complete_before(as_of, unit).end

    reading = replace(_tried_reading(match, edges), is_before=is_before)
    if match["unit"] == "weekend":
        return replace(reading, filters=(Filter(dimension="date__is_weekend", values=(True,)),))
    return reading


def _since_ago(match: re.Match[str], as_of: date) -> Reading:
    """*Since 3 months ago* counts back from today to the day, unlike *3 months ago* alone."""
    if match["count"] == "few":
        return Reading(match.end(), problem=f"“{match[0]}” is no exact time: name a number")

    def edges() -> Edges:
        start = calendar.up_to(as_of, *counted(match)).start
        return (start, None) if match["side"] in {"since", "after"} else (None, start)

    return _tried_reading(match, edges)


_EVER = rule(
    r"(?:of |for |in )?(?:all|the whole) time|all - time|(?:in |over |of )?(?:my |the )?(?:whole|entire|full) "
    r"(?:listening )?history"
    r"|ever(?! (?:since|after))|(?:in|of) my (?:whole |entire )?life|overall|in total|altogether"
    r"|since (?:forever|always|(?:the )?(?:very )?(?:beginning|start)(?! of))|from the (?:very )?(?:beginning"
    r"|start)(?! of)"
    r"|since i (?:1th )?(?:started|began|joined|signed up)(?: (?:listening|to listen|scrobbling))?(?: (?:on|to"
    r"|with|using) [a-z]+)?"
    r"|in the past(?! (?:[0-9]|few|couple|week|month|year|day|decade|quarter))"
)
_UNTIL_NOW = rule(r"so far|to date|(?:up )?until (?:now|today)|up to (?:now|today)|as of (?:now|today)|yet")
_PERIOD_TO_DATE = rule(r"(?P<unit>year|quarter|month|week) to date|(?P<short>[yqmw]td)")
_EARLIER_THIS = rule(
    r"(?:earlier|later|so far) (?P<unit>today|(?:in )?(?:this|the) (?:day|week|month|quarter|season|year|decade))"
)


def whole_history_at(place: Place) -> Iterator[Reading]:
    """The whole history, and what of a period has been so far."""
    match = place.match(_EVER)
    if match is not None:
        yield Reading(match.end(), edges=(None, None))
    match = place.match(_UNTIL_NOW)
    if match is not None:
        yield Reading(match.end(), edges=(None, place.as_of + ONE_DAY))
    match = place.match(_PERIOD_TO_DATE)
    if match is not None:
        units = {"y": "year", "q": "quarter", "m": "month", "w": "week"}
        unit = unit_of(match["unit"] or units[match["short"][0]])
        yield Reading(match.end(), edges=calendar.around(place.as_of, unit))
    match = place.match(_EARLIER_THIS)
    if match is not None:
        yield Reading(
            match.end(), edges=calendar.around(place.as_of, unit_of(match["unit"].split()[-1].replace("today", "day")))
        )
