"""Queries with their results, and the sentence that each is told in."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ml.assistant.executing import Result, Row
from ml.assistant.query import (
    Comparison,
    Filter,
    Grain,
    Intent,
    Kind,
    Operator,
    Order,
    SemanticQuery,
    Subject,
    Value,
    Window,
)
from ml.assistant.telling import headline, tell
from ml.assistant.vocabulary import Vocabulary

THIS_YEAR = Window(start=date(2025, 1, 1), end=date(2025, 9, 2), label="this year")
LAST_YEAR = Window(start=date(2024, 1, 1), end=date(2024, 9, 2), label="last year")
NAMES = {("artist", "a1"): "Queen", ("artist", "a2"): "Muse", ("recording", "r1"): "Creep"}
WEEKDAYS, WEEKENDS = WHOLE_WEEK = (False, True)
NOT_EXPLICIT = False
PLAYS = SemanticQuery(metrics=("plays",))
BY_PLAYS = (Order(by="plays"),)


@pytest.fixture(scope="module")
def vocabulary(manifest: str) -> Vocabulary:
    return Vocabulary.of(manifest)


def result(columns: str, *rows: Row) -> Result:
    return Result(tuple(columns.split()), rows, ())


def of(dimension: str, *values: Value, operator: Operator = Operator.IN) -> Filter:
    return Filter(dimension=dimension, operator=operator, values=values)


def between(dimension: str, low: int, high: int) -> tuple[Filter, Filter]:
    return of(dimension, low, operator=Operator.AT_LEAST), of(dimension, high, operator=Operator.AT_MOST)


def asked(**changes: object) -> SemanticQuery:
    return SemanticQuery.model_validate({**PLAYS.model_dump(), **changes})


def compared(**changes: object) -> SemanticQuery:
    return asked(window=THIS_YEAR, comparison=Comparison(window=LAST_YEAR), **changes)


TOTAL = result("plays", (23,))
MONTHS = result(
    "metric_time__month plays",
    (date(2025, 1, 1), 5),
    (date(2025, 2, 1), 1),
    (date(2025, 3, 1), 9),
    (date(2025, 4, 1), 9),
)
FIRST_OF_2025 = Window(start=date(2025, 1, 1), end=date(2025, 5, 1))
ARTISTS = result("artist__name plays", ("Queen", 1200), ("Muse", 7), ("Blur", 3), ("Live", 1))
ONE_PLAY = (datetime(2025, 3, 4, 9, 5), "Creep", "Radiohead", 3.2, date(2025, 3, 4))
HEARD = "played_at song artist minutes day"
BY_ARTIST = ("artist", "artist__name")

SENTENCES = [
    (PLAYS, TOTAL, "Plays: 23 plays."),
    (PLAYS, result("plays", (1,)), "Plays: 1 play."),
    (PLAYS, result("plays", (0,)), "Plays: 0 plays."),
    (
        asked(window=THIS_YEAR, filters=(of("artist", "a1"), of("date__is_weekend", WEEKENDS))),
        TOTAL,
        "Plays (by Queen; on weekends), this year (1 January 2025 to 1 September 2025): 23 plays.",
    ),
    (asked(metrics=("hours_listened",)), result("hours_listened", (1,)), "Hours listened: 1 hour."),
    (asked(metrics=("average_plays_per_day",)), result("average_plays_per_day", (1,)), "Plays a day: 1 play a day."),
    (asked(metrics=("skip_rate",)), result("skip_rate", (0.744,)), "Skip rate: 74.4 %."),
    (asked(metrics=("skip_rate",)), result("skip_rate", (None,)), "Skip rate: unknown."),
    (
        asked(metrics=("plays", "skip_rate")),
        result("plays skip_rate", (1, 0.5)),
        "Plays and skip rate: 1 play, 50.0 %.",
    ),
    (asked(window=THIS_YEAR), result("plays"), "There is nothing, this year (1 January 2025 to 1 September 2025)."),
    # Rankings, and breakdowns.
    (
        asked(group_by=BY_ARTIST, order=BY_PLAYS, limit=1),
        ARTISTS,
        "The artist with the most plays: Queen, 1,200 plays.",
    ),
    (
        asked(group_by=BY_ARTIST, order=(Order(by="plays", descending=False),), limit=1),
        result("artist__name plays", ("Live", 1)),
        "The artist with the fewest plays: Live, 1 play.",
    ),
    (
        asked(group_by=BY_ARTIST, order=BY_PLAYS, limit=10),
        ARTISTS,
        "Plays by artist: Queen (1,200), Muse (7), Blur (3), and 1 more.",
    ),
    (
        asked(group_by=("recording", "recording__name", "recording__artist_name"), order=BY_PLAYS, limit=2),
        result("recording__name recording__artist_name plays", ("Creep", "Radiohead", 9), ("Halo", "Beyoncé", 8)),
        "Plays by song: Creep by Radiohead (9), Halo by Beyoncé (8).",
    ),
    (
        asked(metrics=("skip_rate",), group_by=("artist__genre_family",), order=(Order(by="skip_rate"),)),
        result("artist__genre_family skip_rate", ("pop", 0.744), ("rock", 0.5)),
        "Skip rate by genre family: pop (74.4 %), rock (50.0 %).",
    ),
    (
        asked(metrics=("skip_rate",), group_by=BY_ARTIST, order=(Order(by="skip_rate"),), limit=1),
        result("artist__name skip_rate", ("Queen", 0.9)),
        "The artist with the highest skip rate, of those with at least 5 plays that tell of skips: Queen, 90.0 %.",
    ),
    (
        asked(metrics=("average_energy",), grain=Grain.MONTH, order=(Order(by="average_energy"),), limit=2),
        result("metric_time__month average_energy", (date(2025, 5, 1), 0.9), (date(2025, 1, 1), 0.5)),
        "Energy by month, of those with at least 5 plays: May 2025 (0.90), January 2025 (0.50).",
    ),
    (
        asked(metrics=("skip_rate",), group_by=BY_ARTIST, order=(Order(by="skip_rate"),), limit=1),
        result("artist__name skip_rate"),
        "There is nothing with at least 5 plays that tell of skips.",
    ),
    (
        asked(group_by=("date__is_weekend",), filters=(of("date__is_weekend", *WHOLE_WEEK),), order=BY_PLAYS),
        result("date__is_weekend plays", (False, 9), (True, 4)),
        "Plays by part of the week: weekdays (9), weekends (4).",
    ),
    (
        asked(group_by=("play__local_hour",), order=BY_PLAYS),
        result("play__local_hour plays", (21, 9), (0, 4)),
        "Plays by hour of the day: 21 h (9), 0 h (4).",
    ),
    (
        asked(group_by=("track__release_decade",), order=BY_PLAYS),
        result("track__release_decade plays", (1990, 9), (None, 4)),
        "Plays by decade of release: 1990s (9), unknown (4).",
    ),
    (
        asked(metrics=("plays", "skip_rate"), group_by=BY_ARTIST, order=BY_PLAYS, limit=2),
        result("artist__name plays skip_rate", ("Queen", 9, 0.25), ("Muse", 1, 0.5)),
        "Plays and skip rate by artist: Queen (9 plays, 25.0 %), Muse (1 play, 50.0 %).",
    ),
    # Over time
    (
        asked(grain=Grain.MONTH, window=FIRST_OF_2025),
        MONTHS,
        (
            "Plays by month, 1 January 2025 to 30 April 2025: most in March 2025 (9 plays), "
            "fewest in February 2025 (1 play)."
        ),
    ),
    (
        asked(grain=Grain.MONTH),
        result("metric_time__month plays", (date(2024, 12, 1), 5), (date(2025, 2, 1), 2)),
        "Plays by month: most in December 2024 (5 plays), fewest, where there were any, in February 2025 (2 plays).",
    ),
    (
        asked(grain=Grain.WEEK),
        result("metric_time__week plays", (date(2024, 12, 30), 5), (date(2025, 1, 6), 2)),
        (
            "Plays by week: most in the week of 30 December 2024 (5 plays), "
            "fewest in the week of 6 January 2025 (2 plays)."
        ),
    ),
    (
        asked(grain=Grain.DAY, metrics=("skip_rate",)),
        result(
            "metric_time__day skip_rate", (date(2025, 1, 1), 0.5), (date(2025, 1, 4), None), (date(2025, 1, 5), 0.1)
        ),
        "Skip rate by day: highest on 1 January 2025 (50.0 %), lowest on 5 January 2025 (10.0 %).",
    ),
    (
        asked(grain=Grain.MONTH),
        result("metric_time__month plays", (date(2025, 1, 1), 3), (date(2025, 2, 1), 3)),
        "Plays by month: 3 plays each.",
    ),
    (
        asked(grain=Grain.QUARTER),
        result("metric_time__quarter plays", (date(2025, 4, 1), 1)),
        "Plays by quarter: 1 play in quarter 2 of 2025.",
    ),
    (
        asked(grain=Grain.MONTH, order=BY_PLAYS, limit=1),
        result("metric_time__month plays", (date(2025, 5, 1), 1728)),
        "The month with the most plays: May 2025, 1,728 plays.",
    ),
    (
        asked(grain=Grain.MONTH, order=BY_PLAYS, limit=2),
        result("metric_time__month plays", (date(2025, 5, 1), 9), (date(2025, 1, 1), 5)),
        "Plays by month: May 2025 (9), January 2025 (5).",
    ),
    (
        asked(grain=Grain.YEAR, group_by=BY_ARTIST, order=BY_PLAYS, limit=1),
        result("metric_time__year artist__name plays", (date(2024, 1, 1), "Queen", 9), (date(2025, 1, 1), "Muse", 1)),
        "The artist with the most plays of each year: Queen in 2024 (9 plays), Muse in 2025 (1 play).",
    ),
    (
        asked(grain=Grain.MONTH, group_by=BY_ARTIST, filters=(of("artist", "a1", "a2"),)),
        result(
            "metric_time__month artist__name plays",
            (date(2025, 1, 1), "Queen", 9),
            (date(2025, 1, 1), "Muse", 4),
            (date(2025, 2, 1), "Queen", 3),
            (date(2025, 3, 1), "Queen", 5),
        ),
        (
            "Plays by month (by Queen or Muse): most Queen in January 2025 (9 plays), "
            "fewest, where there were any, Queen in February 2025 (3 plays)."
        ),
    ),
    # Two windows
    (
        compared(),
        result("period plays", ("this year", 120), ("last year", 1)),
        (
            "Plays: 120 plays for this year (1 January 2025 to 1 September 2025) and 1 play for last year "
            "(1 January 2024 to 1 September 2024), a difference of +119 plays."
        ),
    ),
    (
        compared(metrics=("skip_rate",)),
        result("period skip_rate", ("this year", 0.5), ("last year", 0.75)),
        (
            "Skip rate: 50.0 % for this year (1 January 2025 to 1 September 2025) and 75.0 % for last year "
            "(1 January 2024 to 1 September 2024), a difference of -25.0 percentage points."
        ),
    ),
    (
        compared(group_by=BY_ARTIST, order=BY_PLAYS, limit=1),
        result("period artist__name plays", ("this year", "Queen", 9), ("last year", "Muse", 8)),
        (
            "Plays: Queen (9) for this year (1 January 2025 to 1 September 2025); Muse (8) for last year "
            "(1 January 2024 to 1 September 2024)."
        ),
    ),
    # Shares and places
    (
        asked(intent=Intent.SHARE, part=(of("artist__genre_family", "rock"),)),
        result("share plays_of_it plays", (0.25, 5, 20)),
        "Of your plays, 25.0 % are rock (5 of 20).",
    ),
    (
        asked(intent=Intent.SHARE, part=(of("date__is_weekend", WEEKDAYS),), window=THIS_YEAR),
        result("share plays_of_it plays", (0.25, 5, 20)),
        "Of your plays, this year (1 January 2025 to 1 September 2025), 25.0 % are on weekdays (5 of 20).",
    ),
    (
        asked(intent=Intent.RANK, subject=Subject(kind=Kind.ARTIST, key="a1", name="Queen")),
        result("place plays of", (3, 1, 40)),
        "Queen is number 3 of 40 artists, with 1 play.",
    ),
    (
        asked(intent=Intent.RANK, metrics=("skip_rate",), subject=Subject(kind=Kind.ARTIST, key="a1", name="Queen")),
        result("place skip_rate of", (3, 0.5, 40)),
        "Queen is number 3 of 40 artists, of those with at least 5 plays that tell of skips, with 50.0 %.",
    ),
    # Plays, days, lists
    (
        asked(intent=Intent.LIST, order=(Order(by="metric_time"),), limit=2),
        result(HEARD, ONE_PLAY, ONE_PLAY),
        "The last 2 plays, beginning with Creep by Radiohead, 4 March 2025, 09:05.",
    ),
    (
        asked(intent=Intent.LIST, order=(Order(by="metric_time", descending=False),), limit=2),
        result(HEARD, ONE_PLAY, ONE_PLAY),
        "The first 2 plays, beginning with Creep by Radiohead, 4 March 2025, 09:05.",
    ),
    (
        asked(intent=Intent.LIST, order=(Order(by="metric_time"),), limit=10),
        result(HEARD, ONE_PLAY, ONE_PLAY),
        "2 plays, beginning with Creep by Radiohead, 4 March 2025, 09:05.",
    ),
    (
        asked(intent=Intent.LIST, order=(Order(by="metric_time"),), limit=1),
        result(HEARD, ONE_PLAY),
        "The last play: Creep by Radiohead, 4 March 2025, 09:05.",
    ),
    (asked(intent=Intent.LIST), result(HEARD, ONE_PLAY), "1 play: Creep by Radiohead, 4 March 2025, 09:05."),
    (
        asked(intent=Intent.FIRST, filters=(of("artist", "a1"),)),
        result(HEARD, ONE_PLAY),
        "First heard (by Queen): 4 March 2025, 09:05, Creep by Radiohead.",
    ),
    (
        asked(intent=Intent.STREAK),
        result("days first_date last_date", (1, date(2025, 3, 4), date(2025, 3, 4))),
        "Your longest streak is 1 day, on 4 March 2025.",
    ),
    (
        asked(intent=Intent.STREAK, is_current=True),
        result("days first_date last_date", (2, date(2025, 3, 4), date(2025, 3, 5))),
        "Your current streak is 2 days, from 4 March 2025 to 5 March 2025.",
    ),
    (
        asked(intent=Intent.DISCOVERED, kind=Kind.TRACK),
        result("song artist first_heard plays", ("Creep", "Radiohead", date(2025, 3, 4), 2)),
        "Songs heard for the first time: Creep by Radiohead.",
    ),
    (
        asked(intent=Intent.SIMILAR, subject=Subject(kind=Kind.ARTIST, key="a1", name="Queen")),
        result("artist genre because", ("Muse", "rock", "heard together")),
        "Most like Queen: Muse.",
    ),
]


@pytest.mark.parametrize(("query", "came", "sentence"), SENTENCES, ids=[sentence[:60] for *_, sentence in SENTENCES])
def test_an_answer_is_told(query: SemanticQuery, came: Result, sentence: str, vocabulary: Vocabulary) -> None:
    assert tell(query, came, vocabulary, NAMES) == sentence


FILTERS = [
    (between("track__release_year", 1990, 1999), "released 1990 to 1999"),
    (between("track__release_year", 1999, 1999), "released in 1999"),
    ((of("track__release_year", 1999),), "released in 1999"),
    ((of("track__release_year", 1999, operator=Operator.AT_LEAST),), "released in 1999 or later"),
    ((of("track__release_decade", 1990),), "released in the 1990s"),
    ((of("date__iso_weekday", 1),), "on Mondays"),
    ((of("date__iso_weekday", 1, 5),), "on Mondays or Fridays"),
    ((of("date__iso_weekday", 1, 2, 3, 4, 5),), "Monday to Friday"),
    ((of("play__local_hour", 6, 7, 8),), "from 6 to 9 h"),
    ((of("play__time_of_day", "night"),), "at night"),
    ((of("play__time_of_day", "morning"),), "in the morning"),
    ((of("artist", "a1", operator=Operator.NOT_IN),), "not by Queen"),
    ((of("recording", "r1"),), "of Creep"),
    ((of("artist__genre_family", "polka"),), "polka"),
    ((of("track__explicit", NOT_EXPLICIT),), "not explicit"),
]


@pytest.mark.parametrize(("filters", "told"), FILTERS, ids=[told for _, told in FILTERS])
def test_a_filter_is_told(filters: tuple[Filter, ...], told: str, vocabulary: Vocabulary) -> None:
    assert tell(asked(filters=filters), TOTAL, vocabulary, NAMES) == f"Plays ({told}): 23 plays."


@pytest.mark.parametrize(
    "filters",
    [
        (of("date__iso_weekday", 1, 2, 3, 4, 5, 6, 7),),
        (of("artist__primary_genre", "unclassified", operator=Operator.NOT_IN),),
        (Filter(dimension="album", operator=Operator.KNOWN),),
    ],
)
def test_a_filter_that_says_nothing_is_not_told(filters: tuple[Filter, ...], vocabulary: Vocabulary) -> None:
    assert tell(asked(filters=filters), TOTAL, vocabulary, NAMES) == "Plays: 23 plays."


def test_a_headline_has_no_figures_and_no_window(vocabulary: Vocabulary) -> None:
    query = asked(grain=Grain.MONTH, window=THIS_YEAR, filters=(of("artist", "a1"),))
    assert headline(query, MONTHS.columns, vocabulary, NAMES) == "Plays by month (by Queen)"
