"""What stands for names and times in the question sets, for any listener: {artist:1}, {month:2|short}, $artist_1.

`Placeholders.of` reads the tables of heard.sql. A name stands in only if it is clear: nothing else that the listener
has heard is called that, it says no time, and it is more than the words that questions are made of.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from tests.questions.questions import PARAPHRASED, answerable, read

PLACEHOLDER = re.compile(r"\{(?P<kind>[a-z_]+):(?P<number>\d+)(?:\|(?P<form>[a-z]+))?\}")
PARAMETER = re.compile(r"\$([a-z_]+)_(\d+)\b")
TIMES = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|(mon|tues|wednes|thurs|fri"
    r"|satur|sun)days?|spring|summer|autumn|fall|winter|(morning|afternoon|evening|night|weekend|day|week|month|quarter"
    r"|season|year|hour|minute)s?|today|tonight|yesterday|tomorrow|midnight|noon|christmas|halloween)\b"
)
WORDS = re.compile(r"[^\W_]+")
LONG_WORD = re.compile(r"\b[A-Za-z]{2,}(?:([A-Za-z])(?!\1)[A-Za-z])[A-Za-z]{2,}\b")
"""Of six letters or more, with two different ones in the middle."""
SUFFIX = re.compile(r"\s*[(\[].*$|\s+-\s.*$")
LONGEST_NAME = 6
SHORTEST_NAME = 4
ALIKE = 3
"""An ambiguous name is that of two songs of which none has this many times the plays of the other."""


class UnfilledError(Exception):
    """A listener has nothing that could stand for a placeholder."""


@dataclass(frozen=True)
class Thing:
    """What stands for a placeholder: its key in SQL, its words in a question."""

    key: object
    words: str
    by: str = ""


@dataclass(frozen=True)
class Placeholders:
    things: Mapping[str, Sequence[Thing]]
    """By kind, the first one is number 1; of years the first is number 0, the one of the last play."""

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, listener: str) -> Placeholders:
        named = _named(connection, _names(connection))
        others = _others(connection, listener)
        return cls({**named, **_times(connection), **_releases(connection), "listener": others})

    def fill(self, text: str) -> str:
        """The text with words for its placeholders.

        Raises:
            UnfilledError: nothing can stand for one.
        """
        return PLACEHOLDER.sub(lambda found: _worded(self._thing(found["kind"], int(found["number"])), found), text)

    def parameters(self, sql: str) -> dict[str, object]:
        """The values of the numbered parameters of the SQL, by name.

        Raises:
            UnfilledError: nothing can stand for one.
        """
        return {f"{kind}_{number}": self._thing(kind, int(number)).key for kind, number in PARAMETER.findall(sql)}

    def _thing(self, kind: str, number: int) -> Thing:
        things = self.things[kind]
        place = number if kind == "year" else number - 1
        if place >= len(things):
            raise UnfilledError(f"no {kind} number {number}")
        return things[place]


def folded(name: str) -> str:
    """A name as it is compared: without accents, case, punctuation, a leading article and what stands in brackets."""
    plain = unicodedata.normalize("NFKD", SUFFIX.sub("", name) or name).casefold().replace("&", " and ")
    words = WORDS.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def misspelt(name: str) -> str:
    """The name with two neighbouring letters of its longest word swapped.

    Raises:
        UnfilledError: no word of it is long enough to be known again.
    """
    longest = max(LONG_WORD.finditer(name), key=lambda word: len(word[0]), default=None)
    if longest is None:
        raise UnfilledError(f"{name} has no long word")
    place = next(at for at in range(longest.start() + 2, longest.end()) if name[at] != name[at + 1])
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


NAME_FORMS: Mapping[str, Callable[[Thing], str]] = {
    "by": lambda thing: thing.by,
    "lower": lambda thing: thing.words.lower(),
    "upper": lambda thing: thing.words.upper(),
    "typo": lambda thing: misspelt(thing.words).lower(),
}
DATE_FORMS: Mapping[str, Callable[[date], str]] = {
    "short": lambda day: f"{day:%b} {day.year}",
    "iso": lambda day: day.isoformat(),
    "american": lambda day: f"{day:%B} {day.day}, {day.year}",
    "lower": lambda day: f"{day:%B} {day.year}".lower(),
}


def _worded(thing: Thing, found: re.Match[str]) -> str:
    form = found["form"]
    if form is None:
        return thing.words
    return DATE_FORMS[form](thing.key) if isinstance(thing.key, date) else NAME_FORMS[form](thing)


@dataclass(frozen=True)
class _Name:
    kind: str
    key: str
    name: str
    by: str
    plays: int

    @property
    def words(self) -> str:
        return SUFFIX.sub("", self.name) or self.name


def _names(connection: duckdb.DuckDBPyConnection) -> list[_Name]:
    """Everything with a name, the most played first; a genre that is called like a family is that family."""
    sql = """
        select 'artist', artist_id, artist, '', count(*) from heard group by artist_id, artist
        union all
        select 'track', recording_key, song, any_value(artist order by artist), count(*)
        from heard group by recording_key, song
        union all
        select 'album', album_id, album, any_value(artist order by artist), count(*)
        from heard where album_id is not null group by album_id, album
        union all
        select 'genre', genre, genre, '', count(*) from heard
        where genre not in (select genre_family from gold.dim_artist) group by genre
        union all
        select 'family', family, family, '', count(*) from heard
        where family not in ('unclassified', 'other') group by family
        order by 5 desc, 3, 2
    """
    return [_Name(*row) for row in connection.execute(sql).fetchall()]


def _named(connection: duckdb.DuckDBPyConnection, names: Sequence[_Name]) -> dict[str, Sequence[Thing]]:
    known = {str(name) for (name,) in connection.execute("select genre from gold.dim_genre").fetchall()}
    holders = Counter(folded(name.name) for name in names)
    plain = _question_words()
    things: dict[str, list[Thing]] = {"artist": [], "track": [], "album": [], "genre": [], "family": []}
    for name in names:
        if name.kind == "family" or (holders[folded(name.name)] == 1 and _is_clear(name, plain, known)):
            things[name.kind].append(Thing(name.key, name.words, name.by))
    long = [artist for artist in things["artist"] if LONG_WORD.search(artist.words)]
    neighboured = connection.execute("select distinct artist_id from recommender.artist_neighbours").fetchall()
    with_neighbours = [artist for artist in things["artist"] if (artist.key,) in set(neighboured)]
    return {
        **things,
        "long_artist": long,
        "neighboured_artist": with_neighbours,
        "ambiguous": _ambiguous(names, plain),
    }


def _is_clear(name: _Name, plain: frozenset[str], genres: set[str]) -> bool:
    words = folded(name.name).split()
    if name.kind == "genre":
        return not TIMES.search(folded(name.name))
    return (
        len(words) <= LONGEST_NAME
        and sum(map(len, words)) >= SHORTEST_NAME
        and not TIMES.search(folded(name.name))
        and not any(word.isdigit() for word in words)
        and not plain.issuperset(words)
        and folded(name.name) not in genres
        and '"' not in name.words
    )


def _ambiguous(names: Iterable[_Name], plain: frozenset[str]) -> list[Thing]:
    """Names of two songs by different artists, played about as often, and of nothing else."""
    by_name: dict[str, list[_Name]] = {}
    for name in names:
        by_name.setdefault(folded(name.name), []).append(name)
    return [
        Thing(words, first[0].words)
        for words, first in by_name.items()
        if [name.kind for name in first] == ["track", "track"]
        and first[0].by != first[1].by
        and first[0].plays < ALIKE * first[1].plays
        and _is_clear(first[0], plain, set())
    ]


def _others(connection: duckdb.DuckDBPyConnection, listener: str) -> list[Thing]:
    """Listeners who do not ask; where the warehouse has but one, ids that there could be."""
    sql = "select listener_id from gold.dim_listener where listener_id <> ? order by 1"
    ids = [str(other) for (other,) in connection.execute(sql, [listener]).fetchall()]
    return [Thing(other, other) for other in (*ids, "sim-00002", "sim-00003")]


def _question_words() -> frozenset[str]:
    """The words of which questions are made: a name of nothing else could not be told from them."""
    texts = [question.question for question in answerable()]
    texts += [entry["question"] for name in (*PARAPHRASED, "refused") for entry in read(name)]
    return frozenset(WORDS.findall(" ".join(PLACEHOLDER.sub(" ", text) for text in texts).casefold()))


def _times(connection: duckdb.DuckDBPyConnection) -> dict[str, Sequence[Thing]]:
    """Years that are over, the newest first; months and dates that are over, those with most plays first."""
    asked: dict[str, list[Any]] = {
        "year": connection.execute("""
            select distinct year(day) from heard
            where year(day) < year(cast((select max(day) from heard) as date) + 1)
               or year(day) = year((select max(day) from heard)) order by 1 desc
        """).fetchall(),
        "month": connection.execute("""
            select cast(date_trunc('month', day) as date) from heard
            where date_trunc('month', day) + interval 1 month <= (select max(day) + 1 from heard)
            group by 1 order by count(*) desc, 1
        """).fetchall(),
        "date": connection.execute("select day from days order by plays desc, day").fetchall(),
    }
    words: dict[str, Callable[[Any], str]] = {
        "year": str,
        "month": lambda day: f"{day:%B} {day.year}",
        "date": lambda day: f"{day.day} {day:%B} {day.year}",
    }
    return {kind: [Thing(key, words[kind](key)) for (key,) in rows] for kind, rows in asked.items()}


def _releases(connection: duckdb.DuckDBPyConnection) -> dict[str, Sequence[Thing]]:
    decades = connection.execute(
        "select decade from heard where decade is not null group by decade order by count(*) desc, decade"
    ).fetchall()
    years = connection.execute(
        "select release_year from heard where release_year is not null group by 1 order by count(*) desc, 1"
    ).fetchall()
    return {
        "decade": [Thing(decade, f"{decade % 100}s" if decade < 2000 else f"{decade}s") for (decade,) in decades],
        "release": [Thing(year, str(year)) for (year,) in years],
    }
