"""The period before a window, with which its figures are compared."""

from __future__ import annotations

import re
from datetime import date

from ml.assistant.query import Window
from ml.assistant.times import calendar_windows as calendar
from ml.assistant.times.calendar_windows import MONTHS, ONE_DAY, SEASONS, Span, Unit
from ml.errors import TimesError

_LONGEST: dict[Unit, int] = {
    "day": 1, "week": 7, "weekend": 2, "month": 31, "quarter": 92, "season": 92, "year": 366, "decade": 3653
}  # fmt: skip
_ROLLS = re.compile(
    r"\b(?:since|past|lately|recently|between|from|(?:last|previous) (?:[0-9]|[a-z]+s\b))|\b(?:days|ago)\b"
)
_COUNTED = re.compile(r"\b(?:past|lately|recently|(?:last|previous) (?:[0-9]|[a-z]+ (?:of )?[a-z]+s\b))")
_WHOLE = re.compile(r"\b(?:full|complete|calendar|whole)\b")
_LABELS: dict[Unit, re.Pattern[str]] = {
    "day": re.compile(r"today|yesterday|\b[0-9]{1,2}(?:st|nd|rd|th)?\b|-[0-9]{2}-[0-9]{2}|day\b"),
    "week": re.compile(r"week|\bwtd\b"),
    "month": re.compile(rf"month|\bmtd\b|\b(?:{'|'.join(name[:3] for name in MONTHS)})"),
    "quarter": re.compile(r"quarter|\bq[1-4]|\bqtd\b"),
    "season": re.compile(rf"season|{'|'.join(SEASONS)}|fall"),
    "year": re.compile(r"year|\bytd\b|\b(?:19|20)[0-9]{2}\b"),
    "decade": re.compile(r"decade|[0-9]0s"),
}
"""What the words of a window say of its kind, where its dates alone could be of several."""


def period_before(window: Window, grain_words: str | None, as_of: date) -> Window:
    """The calendar period before a calendar period; before any other window as many days.

    `grain_words`, such as *the year before*, say how far back: of March 2024 that is March 2023. Of a period that is
    still running, it is as many days of the period before, from its start.
    """
    span = _bounded(window, as_of)
    kind = _running(window, span, as_of)
    back = _unit_in(grain_words)
    label = window.label.lower()
    is_counted = _COUNTED.search(label) is not None and _WHOLE.search(label) is None
    try:
        before = _as_many_days(span) if back is None and is_counted else _before(span, kind, back)
    except (ValueError, OverflowError) as error:
        raise TimesError(f"there is no period before {span.start}") from error
    return Window(start=before.start, end=before.end, label=grain_words or "the period before")


def _bounded(window: Window, as_of: date) -> Span:
    if window.start is None:
        raise TimesError("there is no period before the whole history: name a window, such as this year")
    end = min(window.end or as_of + ONE_DAY, as_of + ONE_DAY)
    if window.start >= end:
        raise TimesError(f"the window that begins on {window.start} lies in the future")
    return Span(window.start, end)


def _unit_in(words: str | None) -> Unit | None:
    said = re.findall(r"[a-z]+", (words or "").lower())
    if _ROLLS.search((words or "").lower()):
        return None
    for word in said:
        for unit in calendar.UNITS:
            if word in {unit, f"{unit}s", f"{unit}ly"}:
                return unit
    return "day" if "daily" in said else None


def _running(window: Window, span: Span, as_of: date) -> Unit | None:
    """The period of the calendar that a window is the begun part of, if any."""
    if span.end != as_of + ONE_DAY or _ROLLS.search(window.label.lower()):
        return None
    fitting: list[Unit] = [unit for unit in _LABELS if calendar.around(as_of, unit).start == span.start]
    named: list[Unit] = [unit for unit in fitting if _LABELS[unit].search(window.label.lower())]
    return next(iter(named or fitting), None)


def _before(span: Span, kind: Unit | None, back: Unit | None) -> Span:
    if kind is not None and (back is None or _LONGEST[back] >= _LONGEST[kind]):
        whole = calendar.around(span.start, kind)
        before = _shifted(whole, back or kind)
        return Span(before.start, min(before.end, before.start + (span.end - span.start)))
    if back is not None and span.days > _LONGEST[back]:
        return calendar.around(span.start - ONE_DAY, back)
    if back is not None:
        return _shifted(span, back)
    months = calendar.whole_months(span)
    if months:
        return Span(calendar.months_later(span.start, -months), span.start)
    return _as_many_days(span)


def _as_many_days(span: Span) -> Span:
    """As many weekends, of weekends."""
    is_weekends = span.start.isoweekday() == 6 and span.end.isoweekday() == 1
    back = span.end - span.start + (5 * ONE_DAY if is_weekends else 0 * ONE_DAY)
    return Span(span.start - back, span.end - back if is_weekends else span.start)


def _shifted(span: Span, back: Unit) -> Span:
    """A week of the year before still begins on a Monday, a month stays whole, and a day stays a day."""
    months = calendar.whole_months(span)
    if not months and span.days == 7 and span.start.weekday() == 0 and back != "day":
        return calendar.around(calendar.earlier(span.start + 3 * ONE_DAY, back), "week")
    start = calendar.earlier(span.start, back)
    return Span(start, calendar.earlier(span.end, back) if months else start + (span.end - span.start))
