"""Years in which music came out: `from the 80s`, `released in 1999`, `90s music`, `released before 1990`.

`the 2010s` alone are dates of plays. Decades and years before 2000 are before anybody's history, so that *from* them is
the release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.query import Filter, Operator
from ml.assistant.times.points import YEAR, rule
from ml.assistant.times.readings import Place, Reading
from ml.assistant.times.windows import windows_at

_FIRST_HISTORY = 2000
_MUSIC = (
    r"music|songs?|tracks?|hits?|tunes?|albums?|records?|artists?|bands?|stuff|classics?|bangers|ballads?|singles?|pop|rock"
    r"|metal|punk|disco|funk|soul|jazz|hip(?: -)? hop|rap|rnb|r & b|house|techno|country|indie|dance|electronic"
    r"|grunge|new wave"
)
_DECADE = r"(?:(?:the )?(?:(?P<part{n}>early|mid|late)(?: -)? )?(?:the )?(?P<decade{n}>[0-9]{{2}}|[12][0-9]{{3}})s)"
_ONE = _DECADE.format(n="")
_RELEASED = (
    r"(?:(?:that|which) )?(?:(?:was|were|are|is|got|have been) )?(?:originally |1th )?"
    r"(?:released|published|recorded|made|written|came out|coming out|come out|out)"
)
_OF_DECADE = rule(
    rf"(?:{_RELEASED} )?(?P<prep>in|from|of|during|out of) {_ONE}(?P<more>(?: (?:and|or|,) (?:(?:from|of|in) "
    rf")?(?:the )?[0-9]{{2,4}}s)*)(?P<music>(?= (?:{_MUSIC})\b))?"
)
_BARE_DECADE = rule(rf"{_ONE}(?P<more>(?: (?:and|,|or) (?:the )?[0-9]{{2,4}}s)*)(?P<music>(?= (?:{_MUSIC})\b))?")
_BETWEEN_DECADES = rule(
    rf"(?:{_RELEASED} )?(?:between {_DECADE.format(n='_1')} and|from {_DECADE.format(n='_3')} (?:to|until|-)) "
    rf"{_DECADE.format(n='_2')}"
)
_WHEN_RELEASED = rule(rf"{_RELEASED}|(?:with an? |whose |of )?(?:release year|year of release)(?: is| was)?(?: of)?")
_OLD_YEAR = rule(rf"(?:from|of) (?:the year )?(?P<year>{YEAR})")
_OLDER = rule(rf"(?P<side>older|newer) than (?P<year>{YEAR})")
_BEFORE_OLD = rule(rf"from (?P<side>before|after|since) (?:the )?(?P<year>{YEAR})(?P<decade>s)?")
_YEAR_RELEASES = rule(rf"(?P<year>{YEAR})(?= releases?\b)")


def releases_at(place: Place) -> Iterator[Reading]:
    """Every reading of years of release that begins at a word."""
    yield from _decades(place)
    match = place.match(_WHEN_RELEASED)
    if match is not None:
        for reading in windows_at(place.at(match.end() + 1)):
            yield _as_years(reading)
    if place.words.before(place.offset, 1)[-1:] in {("release",), ("releases",)}:
        for reading in windows_at(place):
            if re.match("(?:from|of|in) ", place.line[place.offset : place.offset + 5]):
                yield _as_years(reading)
    match = place.match(_OLDER) or place.match(_BEFORE_OLD)
    if match is not None:
        yield Reading(
            match.end(),
            filters=_beside(match["side"], int(match["year"]), is_decade=match.groupdict().get("decade") == "s"),
        )
    match = place.match(_OLD_YEAR)
    if match is not None and int(match["year"]) < _FIRST_HISTORY:
        yield Reading(match.end(), filters=years(int(match["year"]), int(match["year"])))
    match = place.match(_YEAR_RELEASES)
    if match is not None:
        yield Reading(match.end(), filters=years(int(match["year"]), int(match["year"])))


def years(first: int | None, last: int | None) -> tuple[Filter, ...]:
    """Years of release, both ends within."""
    filters: list[Filter] = []
    if first is not None:
        filters.append(Filter(dimension="track__release_year", operator=Operator.AT_LEAST, values=(first,)))
    if last is not None:
        filters.append(Filter(dimension="track__release_year", operator=Operator.AT_MOST, values=(last,)))
    return tuple(filters)


def _decades(place: Place) -> Iterator[Reading]:
    match = place.match(_BETWEEN_DECADES)
    if match is not None:
        first, last = first_year(match["decade_1"] or match["decade_3"]), first_year(match["decade_2"])
        ends = _years_of(first, match["part_1"] or match["part_3"])[0], _years_of(last, match["part_2"])[1]
        if ends[0] <= ends[1] and (first < _FIRST_HISTORY or "from" not in match[0]):
            yield Reading(match.end(), filters=years(*ends))
    match = place.match(_OF_DECADE)
    if match is not None:
        decade = first_year(match["decade"])
        is_told = match["prep"] in {"from", "out of"} or match["music"] is not None or re.match(_RELEASED, match[0])
        if decade < _FIRST_HISTORY or is_told:
            yield _decade(match, decade, re.findall(r"([0-9]{2,4})s", match["more"]))
    match = place.match(_BARE_DECADE)
    if match is not None:
        decade = first_year(match["decade"])
        if decade < _FIRST_HISTORY or match["music"] is not None:
            yield _decade(match, decade, re.findall(r"([0-9]{2,4})s", match["more"]))


def _decade(match: re.Match[str], decade: int, more: list[str]) -> Reading:
    if match["part"] and not more:
        return Reading(match.end(), filters=years(*_years_of(decade, match["part"])))
    decades = tuple(sorted({decade, *(first_year(other) for other in more)}))
    return Reading(match.end(), filters=(Filter(dimension="track__release_decade", values=decades),))


def first_year(digits: str) -> int:
    """80s are 1980, 20s are 2020."""
    number = int(digits)
    return number if number > 99 else number + (1900 if number >= 30 else 2000)


def _years_of(decade: int, part: str | None) -> tuple[int, int]:
    """Early are its first four years, mid and late the next three and the last three."""
    first, last = {None: (0, 9), "early": (0, 3), "mid": (4, 6), "late": (7, 9)}[part]
    return decade + first, decade + last


def _beside(side: str, year: int, *, is_decade: bool) -> tuple[Filter, ...]:
    if side in {"older", "before"}:
        return years(None, year - 1)
    if side == "since":
        return years(year, None)
    return years(year + (10 if is_decade else 1), None)


def _as_years(reading: Reading) -> Reading:
    """A window of whole years, as years of release."""
    if reading.problem or reading.edges is None:
        return reading
    start, end = reading.edges
    if any(edge is not None and (edge.month, edge.day) != (1, 1) for edge in (start, end)) or not (start or end):
        return Reading(reading.end, problem="only the year in which music was released is known, no month or day")
    return Reading(reading.end, filters=years(start.year if start else None, end.year - 1 if end else None))
