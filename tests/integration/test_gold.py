"""Gold's answers, held against Python that counts the plays of silver one by one."""

from __future__ import annotations

import calendar
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import dagster as dg
import pytest

from tests.integration.conftest import Home
from tunegenie_assets.dbt_support.pictures import PICTURES
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy

Key = TypeVar("Key")
MONTHS = list(calendar.month_name)


class Play(NamedTuple):
    listener: str
    track: str
    artist: str
    at: datetime
    ms_heard: int | None
    skipped: bool | None
    genre: str
    popularity: int | None

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def month(self) -> tuple[int, int]:
        return self.at.year, self.at.month


@pytest.fixture
def plays(home: Home) -> list[Play]:
    """Every play that counts, with what is known of it put together here and not in SQL."""
    genres = dict(home.rows("select artist_id, primary_genre from enrichment.artist_genres"))
    tracks = dict(home.rows("select track_id, popularity from gold.dim_track"))
    artists = {artist: popularity for artist, _, popularity in artists_of(home)}
    rows = home.rows(
        "select listener_id, track_id, artist_id, local_timestamp, ms_heard, skipped "
        "from silver.counted_plays where counts_as_play"
    )

    def popularity(track: str, artist: str) -> int | None:
        return artists[artist] if tracks[track] is None else tracks[track]

    return [
        Play(listener, track, artist, at, ms, skipped, genres.get(artist, "unclassified"), popularity(track, artist))
        for listener, track, artist, at, ms, skipped in rows
    ]


def artists_of(home: Home) -> list[tuple[str, str, int | None]]:
    return [(a, b, c) for a, b, c in home.rows("select artist_id, artist_name, popularity from gold.dim_artist")]


def grouped(plays: Iterable[Play], key: Callable[[Play], Key]) -> Mapping[Key, list[Play]]:
    groups: dict[Key, list[Play]] = defaultdict(list)
    for play in plays:
        groups[key(play)].append(play)
    return groups


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def most_played(names: Iterable[str]) -> tuple[str, int]:
    """The first by name among equals."""
    return min(Counter(names).items(), key=lambda item: (-item[1], item[0]))


def diversity(plays: list[Play]) -> float | None:
    shares = Counter(play.genre for play in plays if play.genre != "unclassified")
    total = sum(shares.values())
    if len(shares) < 2:
        return 0 if shares else None
    return -sum(n / total * math.log2(n / total) for n in shares.values()) / math.log2(len(shares))


def mean_hour(plays: list[Play]) -> float | None:
    angles = [math.tau * (p.at.hour * 3600 + p.at.minute * 60 + p.at.second) / 86400 for p in plays]
    x, y = sum(map(math.cos, angles)), sum(map(math.sin, angles))
    if math.hypot(x, y) < 1e-6 * len(plays):
        return None
    return math.atan2(y, x) / math.tau * 24 % 24


def assert_answers(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]], order: Callable[..., Any]) -> None:
    """The rows are the first of the expected ones; which of equals come first is open."""
    best = sorted(expected, key=order)[: len(found)]
    assert [order(row) for row in found] == [order(row) for row in best]
    left = list(expected)
    for row in found:
        [match, *_] = [other for other in left if alike(row, other)] or [None]
        assert match is not None, row
        left.remove(match)


def alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        math.isclose(a, b, abs_tol=1e-5) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(one, other, strict=True)
    )


def test_the_days_that_people_ask_for(home: Home, plays: list[Play]) -> None:
    found = home.rows(
        "select local_date, total_plays, unique_artists, unique_genres, mainstream_score, genre_diversity_score, "
        "average_listening_hour from gold.daily_listening_summary order by local_date desc limit 7"
    )
    expected = [
        (
            day,
            len(of_day),
            len({play.artist for play in of_day}),
            len({play.genre for play in of_day} - {"unclassified"}),
            mean(play.popularity for play in of_day),
            as_float(diversity(of_day)),
            mean_hour(of_day),
        )
        for (_, day), of_day in grouped(plays, lambda play: (play.listener, play.day)).items()
    ]
    assert len(found) == 7
    assert_answers(found, expected, lambda row: -row[0].toordinal())


def as_float(value: float | None) -> float | None:
    return None if value is None else float(value)


def test_the_genres_that_people_ask_for(home: Home, plays: list[Play]) -> None:
    found = home.rows(
        "select primary_genre, total_plays, top_artist, top_artist_plays, percentage_of_total_listening, "
        "average_artist_popularity from gold.genre_analysis_complete order by total_plays desc limit 10"
    )
    names = {artist: name for artist, name, _ in artists_of(home)}
    popularity = {artist: value for artist, _, value in artists_of(home)}
    total = Counter(play.listener for play in plays)
    expected = [
        (
            genre,
            len(of_genre),
            *most_played(names[play.artist] for play in of_genre),
            100 * len(of_genre) / total[listener],
            mean(popularity[artist] for artist in {play.artist for play in of_genre}),
        )
        for (listener, genre), of_genre in grouped(plays, lambda play: (play.listener, play.genre)).items()
    ]
    assert len(found) == 10
    assert_answers(found, expected, lambda row: -row[1])


def test_the_months_that_people_ask_for(home: Home, plays: list[Play]) -> None:
    found = home.rows(
        "select year, month_name, total_plays, top_artist, top_genre, plays_growth_rate, mainstream_tendency "
        "from gold.monthly_insights_complete order by year desc, month desc limit 12"
    )
    names = {artist: name for artist, name, _ in artists_of(home)}
    months = grouped(plays, lambda play: (play.listener, play.month))

    def growth(listener: str, year: int, month: int) -> float | None:
        before = months.get((listener, (year, month - 1) if month > 1 else (year - 1, 12)))
        return 100 * (len(months[listener, (year, month)]) - len(before)) / len(before) if before else None

    expected = [
        (
            year,
            MONTHS[month],
            len(of_month),
            most_played(names[play.artist] for play in of_month)[0],
            most_played([p.genre for p in of_month if p.genre != "unclassified"] or ["unclassified"])[0],
            growth(listener, year, month),
            mean(play.popularity for play in of_month),
        )
        for (listener, (year, month)), of_month in months.items()
    ]
    assert len(found) == 12
    assert_answers(found, expected, lambda row: (-row[0], -MONTHS.index(row[1])))


def test_the_questions_that_people_ask(home: Home, plays: list[Play]) -> None:
    """Of the listener who played most; today is the day of their newest play."""
    me = most_played(play.listener for play in plays)[0]
    mine = [play for play in plays if play.listener == me]
    names = {artist: name for artist, name, _ in artists_of(home)}
    today = max(play.day for play in mine)
    yesterday = today - timedelta(days=1)

    def asked(sql: str) -> list[tuple[Any, ...]]:
        return home.rows(sql.format(me=me, today=today, yesterday=yesterday))

    this_month = [play.genre for play in mine if play.month == (today.year, today.month)]
    assert asked(
        "select top_genre from gold.monthly_insights_complete where listener_id = '{me}' "
        "and year = extract(year from date '{today}') and month = extract(month from date '{today}')"
    ) == [(most_played(genre for genre in this_month if genre != "unclassified")[0],)]
    assert asked(
        "select coalesce(sum(total_plays), 0) from gold.daily_listening_summary "
        "where listener_id = '{me}' and local_date = date '{yesterday}'"
    ) == [(sum(play.day == yesterday for play in mine),)]
    favourite = most_played(play.genre for play in mine)[0]
    assert asked(
        "select top_artist, top_artist_plays from gold.genre_analysis_complete "
        f"where listener_id = '{{me}}' and primary_genre = '{favourite}'"
    ) == [most_played(names[play.artist] for play in mine if play.genre == favourite)]
    trend = Counter(play.month for play in mine)
    assert asked(
        "select year, month, total_plays from gold.monthly_insights_complete "
        "where listener_id = '{me}' order by year desc, month desc limit 3"
    ) == [(*month, trend[month]) for month in sorted(trend, reverse=True)[:3]]


def test_what_is_new_is_new_once(home: Home, plays: list[Play]) -> None:
    first = {thing: min(p.day for p in of) for thing, of in grouped(plays, lambda p: (p.listener, p.track)).items()}
    new = Counter((listener, day) for (listener, _), day in first.items())
    days = home.rows("select listener_id, local_date, new_tracks from gold.daily_listening_summary")
    assert {(listener, day): count for listener, day, count in days if count} == new
    artists = {(p.listener, p.artist) for p in plays}
    assert home.rows("select count(*), sum(plays) from gold.artist_discoveries") == [(len(artists), len(plays))]


def test_streaks_are_runs_of_days(home: Home, plays: list[Play]) -> None:
    expected: list[tuple[str, date, int]] = []
    for listener, of_listener in grouped(plays, lambda play: play.listener).items():
        days = sorted({play.day for play in of_listener})
        runs = groupby(enumerate(days), key=lambda numbered: numbered[1].toordinal() - numbered[0])
        expected += [(listener, run[0][1], len(run)) for run in (list(members) for _, members in runs)]
    found = home.rows("select listener_id, first_date, days from gold.listening_streaks")
    assert sorted(found) == sorted(expected)


def test_every_play_has_its_hour_in_the_week(home: Home, plays: list[Play]) -> None:
    expected = Counter((play.listener, play.at.isoweekday(), play.at.hour) for play in plays)
    found = home.rows("select listener_id, iso_weekday, local_hour, plays from gold.hour_by_weekday")
    assert {tuple(key): count for *key, count in found} == expected


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("hour_by_weekday", "plays"),
        ("listening_streaks", "plays"),
        ("quarterly_listening", "total_plays"),
        ("seasonal_listening", "total_plays"),
        ("monthly_insights_complete", "total_plays"),
        ("artist_evolution", "plays"),
        ("era_listening", "plays"),
        ("source_mix", "plays"),
        ("platform_mix", "plays"),
        ("genre_cluster_months", "plays"),
        ("track_discoveries", "plays"),
    ],
)
def test_every_table_tells_of_every_play_once(home: Home, plays: list[Play], table: str, column: str) -> None:
    found = home.rows(f"select listener_id, sum({column}) from gold.{table} group by listener_id")
    assert dict(found) == Counter(play.listener for play in plays)


def test_tables_with_a_picture_show_it(home: Home) -> None:
    """Drawn from what the demo and the import built, as the UI embeds it."""
    keys = [dg.AssetKey(list(key)) for key in PICTURES]
    with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
        events = [instance.get_latest_materialization_event(key) for key in keys]
    for key, event in zip(keys, events, strict=True):
        assert event is not None and event.asset_materialization is not None, key
        chart = str(event.asset_materialization.metadata["chart"].value)
        assert chart.startswith("![chart](data:image/svg+xml;base64,"), key


def test_artists_plays_and_genres_have_the_family_of_the_genre(home: Home) -> None:
    def family(genre: str) -> str:
        return genre if genre == "unclassified" else genre_taxonomy().match(genre).family

    artists = home.rows("select distinct primary_genre, genre_family from gold.dim_artist")
    assert {told for _, told in artists} >= {"rock", "pop"}
    assert [(genre, told) for genre, told in artists if told != family(genre)] == []
    enriched = home.rows("select distinct primary_genre, genre_family from silver.listening_enriched")
    assert {*enriched} <= {*artists}
    genres = home.rows("select genre, family, parent from gold.dim_genre")
    assert [(genre, told) for genre, told, _ in genres if told != family(genre)] == []
    assert {parent for genre, _, parent in genres if genre == "rock"} == {"rock"}
