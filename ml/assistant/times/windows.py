"""What a question's words make of periods: `since`, `before`, `between … and`, lists that follow each other.

Readings are raw: what lies in the future is cut off where all of them are gathered (grammar.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from ml.assistant.times import calendar_points
from ml.assistant.times.calendar_windows import ONE_DAY, Span
from ml.assistant.times.parts import parts_of, plain_points, point_at
from ml.assistant.times.points import YEAR, Bare, NotATimeError, Point, rule
from ml.assistant.times.readings import Edges, Place, Reading
from ml.assistant.times.rolling_windows import rolling_at, whole_history_at
from ml.assistant.times.words import word_set

_IN = rule(
    r"(?:back )?(?:(?:with)?in|during|of|for|from|over|throughout|on|at|through|across)"
    r"(?: (?:the course of|only|just|all of|all|the whole of|the whole|the entire))?"
)
_SINCE = rule(r"(?:ever )?since(?: about| around)?|(?:starting|beginning)(?: (?:in|from|on|with))?")
_FROM = rule("from")
_ONWARDS = rule(r" (?:on|onwards?|and later|and after|(?:until|to|up to) (?:now|today|date|the present))")
_BEFORE = rule(r"(?:any ?time )?(?:before|prior to|earlier than|until before)")
_UNTIL = rule(r"(?:up )?until|up to(?: and including)?|through|by")
_AFTER = rule(r"(?:any ?time )?(?:after|later than|following)")
_BETWEEN = rule(r"(?:in |during )?(?:the (?:time|period|years|months) )?between(?: the years)?|in between")
_TO = rule(r"(?:up )?(?:to|until)|through|up to|-")
_AND = rule(r"and|to|until|-")
_LISTED = rule(r"(?:, )?and|,")
_TWIN = rule(r"(?:vs|versus|or|and|than|with|to|against|compared (?:to|with))(?: in)?")
_SO_FAR = rule(r" (?:so far|to date|until now|up to now)")
_MUSIC = word_set("song songs track tracks artist artists album albums hit hits music genre genres band bands plays")
"""*Songs of summer*, unlike *The Boys of Summer*."""
_LONGEST_LIST = 12
_NOW = rule(r"now|date|the present(?: day)?|present")
_COMPARED = word_set("difference compare comparing comparison compared change changed vs versus")


def windows_at(place: Place) -> Iterator[Reading]:
    """Every window that begins at a word."""
    yield from rolling_at(place)
    yield from whole_history_at(place)
    yield from _of_periods(place)
    yield from _ranges(place)
    yield from _lists(place)


def _of_periods(place: Place) -> Iterator[Reading]:
    point = point_at(place)
    if point is not None:
        yield _within(place, point, point.bare)
    for prefix in (_IN, _SINCE, _FROM, _BEFORE, _UNTIL, _AFTER):
        match = place.match(prefix)
        point = point_at(place.at(match.end() + 1)) if match else None
        if match is None or point is None:
            continue
        if prefix is _IN:
            is_title = (
                match[0] == "of" and point.bare == "alone" and not _MUSIC & set(place.words.before(place.offset, 1))
            )
            yield _within(place, point, "never" if is_title else "free")
        elif prefix is _FROM:
            onwards = _ONWARDS.match(place.line, point.end)
            if onwards:
                yield _edged(place, replace(point, end=onwards.end()), _since)
        else:
            yield _edged(place, point, _EDGES[prefix])


def _within(place: Place, point: Point, bare: Bare) -> Reading:
    point = _of_year_of_twin(place, point)
    so_far = _SO_FAR.match(place.line, point.end)
    point = replace(point, end=so_far.end()) if so_far else point
    return replace(_edged(place, point, lambda span, _: span), is_before=point.is_before, bare=bare)


def _of_year_of_twin(place: Place, point: Point) -> Point:
    """*Q1 vs q2 2020*: where the second of two periods has a year, it is that of both."""
    twin = _TWIN.match(place.line, min(point.end + 1, len(place.line))) if point.yearly else None
    if twin is None:
        return point
    other = point_at(place.at(twin.end() + 1))
    year = re.search(rf" ({YEAR})$", place.line[twin.end() : other.end]) if other else None
    return replace(point, span=point.of(int(year[1]))) if year else point


def _since(span: Span, _: str) -> Edges:
    return span.start, None


def _before(span: Span, edge: str) -> Edges:
    return None, span.end if edge == "end" else span.start


def _until(span: Span, edge: str) -> Edges:
    return None, span.start if edge == "start" else span.end


def _after(span: Span, edge: str) -> Edges:
    return span.start if edge == "start" else span.end, None


_EDGES = {_SINCE: _since, _BEFORE: _before, _UNTIL: _until, _AFTER: _after}


def _edged(place: Place, point: Point, edges: Callable[[Span, str], Edges]) -> Reading:
    span = None if point.problem else point.latest(place.as_of)
    if span is None:
        return Reading(point.end, problem=point.problem or "that is no date")
    return Reading(point.end, edges=edges(span, point.edge))


def _ranges(place: Place) -> Iterator[Reading]:
    for prefix, joint in ((_BETWEEN, _AND), (_FROM, _TO), (_IN, _TO), (None, _TO)):
        match = place.match(prefix) if prefix else None
        if prefix and match is None:
            continue
        start = match.end() + 1 if match else place.offset
        if prefix is _BETWEEN and _COMPARED & set(place.words.before(place.offset, 4)):
            continue
        days = _DAYS_OF_MONTH.match(place.line, start) or _MONTH_AND_DAYS.match(place.line, start)
        if days is not None:
            yield _days_of_month(place, days)
        for first in {point.end: point for point in _all_points(place.at(start))}.values():
            joined = joint.match(place.line, min(first.end + 1, len(place.line)))
            if joined is None:
                continue
            yield from _to(place, first, joined.end() + 1)


def _all_points(place: Place) -> Iterator[Point]:
    yield from sorted((*plain_points(place), *parts_of(place)), key=lambda point: point.end)


def _to(place: Place, first: Point, offset: int) -> Iterator[Reading]:
    """Both ends within; a year that one of them lacks is told by the other."""
    now = _NOW.match(place.line, offset)
    if now is not None:
        yield _edged(place, replace(first, end=now.end()), _since)
        return
    second = point_at(place.at(offset))
    if second is None:
        return
    if first.problem or second.problem:
        yield Reading(second.end, problem=first.problem or second.problem)
        return
    ends = _resolved(first, second, place.as_of)
    if ends is None:
        yield Reading(second.end, problem="that is no date")
    elif ends[0].start >= ends[1].end:
        yield Reading(second.end, problem=f"what begins on {ends[0].start} cannot end on {ends[1].start}")
    else:
        yield Reading(second.end, edges=(ends[0].start, ends[1].end))


def _resolved(first: Point, second: Point, as_of: date) -> tuple[Span, Span] | None:
    if first.span is not None and second.span is None:
        later = (second.of(year) for year in (first.span.start.year, first.span.start.year + 1))
        end = next((span for span in later if span is not None and span.end > first.span.start), None)
    else:
        end = second.latest(as_of)
    begin = first.latest(as_of, until=end.start + ONE_DAY) if end else None
    if begin is None and end is not None:
        begin = first.of(end.start.year)
    return (begin, end) if begin and end else None


_DAYS_OF_MONTH = rule(
    r"(?:the )?(?P<from>[0-9]{1,2})(?:th)? (?:and|to|until|through|-) (?:the )?(?P<to>[0-9]{1,2})(?:th)?(?: of)?"
    f" {calendar_points.MONTH}(?:{calendar_points.IN_YEAR})?"
)
_MONTH_AND_DAYS = rule(
    f"{calendar_points.MONTH}"
    r" (?:the )?(?P<from>[0-9]{1,2})(?:th)? (?:and|to|until|through|-) (?:the )?(?P<to>[0-9]{1,2})(?:th)?"
    f"(?:{calendar_points.IN_YEAR})?"
)


def _days_of_month(place: Place, match: re.Match[str]) -> Reading:
    """*5 to 10 march 2020*, *march 5-10*."""
    try:
        return _edged(
            place, replace(calendar_points.days_of_month(match, place.as_of), end=match.end()), lambda span, _: span
        )
    except (ValueError, OverflowError, NotATimeError):
        return Reading(match.end(), problem=f"“{match[0]}” are no dates")


def _lists(place: Place) -> Iterator[Reading]:
    """*March and april 2020*, *2019, 2020 and 2021*: one window where they follow each other."""
    if _COMPARED & set(place.words.before(place.offset, 6)):
        return
    match = place.match(_IN)
    points: list[Point] = []
    offset = match.end() + 1 if match else place.offset
    while (point := point_at(place.at(offset))) is not None and not point.problem and len(points) < _LONGEST_LIST:
        points.append(point)
        joined = _LISTED.match(place.line, min(point.end + 1, len(place.line)))
        if joined is None:
            break
        offset = joined.end() + 1
    while len(points) > 1:
        last = points[-1].latest(place.as_of)
        spans = [last] if last else []
        for point in reversed(points[:-1]):
            before = point.latest(place.as_of, until=spans[0].start) if spans else None
            if before is None or before.end != spans[0].start:
                break
            spans.insert(0, before)
        if len(spans) == len(points):
            yield Reading(
                points[-1].end, edges=(spans[0].start, spans[-1].end), bare="free" if match else points[-1].bare
            )
            return
        points.pop()
