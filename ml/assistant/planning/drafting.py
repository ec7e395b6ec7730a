"""Pieces that every kind of question is put together from: filters of names, metrics of words, groups, how many rows.

Which kind of question it is, is decided in planner.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ml.assistant.kinds import BY_KIND
from ml.assistant.names.index import Name
from ml.assistant.names.mention import Mention
from ml.assistant.planning.lexicon import PLURAL, Cue
from ml.assistant.planning.reading import Phrase, Reading
from ml.assistant.query import Filter, Grain, Kind, Operator, Order, Subject, Window
from ml.errors import MlError

SEVERAL = 10
"""Rows of an answer to a question in the plural that names no number."""
UNIQUE = {
    Kind.ARTIST: "unique_artists",
    Kind.TRACK: "unique_recordings",
    Kind.ALBUM: "unique_albums",
    Kind.GENRE: "unique_genres",
    Kind.FAMILY: "unique_genres",
}
NEW = {Kind.ARTIST: "new_artists", Kind.TRACK: "new_tracks"}
EXCEPT_BEFORE = re.compile(
    r"(except( for)?|apart from|excluding|without|not counting|other than|besides|not by|ignoring|leaving out|minus|"
    r"not including|(but|were|was|are|is) not|isn't|aren't|weren't|not)"
    r"( the)?( songs?| tracks?| music)?( by| from| of)?( the)?( artist| band| genre)?\s*[\"']?$"
)
"""What stands before a name that is to be left out."""


class NotUnderstoodError(MlError):
    """The question, or a part of it, was not understood; its text says which."""


@dataclass
class Draft:
    """A question on its way to a query."""

    reading: Reading
    window: Window
    grain: Grain | None
    filters: list[Filter]
    subjects: list[Name]
    is_number_used: bool = False
    accounted: set[Cue] = field(default_factory=set)
    """Cues that have found their place; a question with others left is not understood."""

    def use(self, *cues: Cue) -> None:
        self.accounted.update(cues)


def named(mentions: Iterable[Mention]) -> list[Name]:
    """The things that names mean.

    Raises:
        NotUnderstoodError: a name is of nothing that was ever heard, or of several things.
    """
    found: list[Name] = []
    for mention in mentions:
        if not mention.candidates:
            raise NotUnderstoodError(f"nothing that you have listened to is called {mention.words}")
        if mention.is_ambiguous:
            options = " or ".join(described(name) for name in mention.candidates[:3])
            example = f"“the {mention.candidates[0].kind} {mention.words}”"
            raise NotUnderstoodError(f"“{mention.words}” could be {options}; say which, such as {example}")
        found.append(mention.candidates[0])
    return found


def check_performers(reading: Reading, names: Iterable[Name]) -> None:
    """Whether “X by Y” names a song or album of Y.

    Raises:
        NotUnderstoodError: it is somebody else's.
    """
    pairs = list(zip(reading.mentions, names, strict=True))
    for (mention, name), (next_mention, next_name) in pairwise(pairs):
        between = reading.text[mention.end : next_mention.start].strip(" \"'")
        is_by = between == "by" and next_name.kind is Kind.ARTIST and name.kind in (Kind.TRACK, Kind.ALBUM)
        if is_by and name.by.casefold() != next_name.name.casefold():
            raise NotUnderstoodError(f"you have heard {described(name)}, and no {name.name} by {next_name.name}")


def described(name: Name) -> str:
    """A name with what it is: the song Creep by Radiohead."""
    kind = {Kind.TRACK: "song", Kind.FAMILY: "genre"}.get(name.kind, str(name.kind))
    return f"the {kind} {name.name}" + (f" by {name.by}" if name.by and name.kind in (Kind.TRACK, Kind.ALBUM) else "")


def name_filters(reading: Reading) -> list[Filter]:
    """Filters of the names in a question: several of one kind are alternatives, those after “except” are left out."""
    wanted: dict[tuple[str, Operator], list[str]] = {}
    for mention, name in zip(reading.mentions, named(reading.mentions), strict=True):
        is_left_out = EXCEPT_BEFORE.search(reading.text[: mention.start]) is not None
        operator = Operator.NOT_IN if is_left_out else Operator.IN
        wanted.setdefault((BY_KIND[name.kind], operator), []).append(name.key)
    return [
        Filter(dimension=dimension, operator=operator, values=tuple(dict.fromkeys(keys)))
        for (dimension, operator), keys in wanted.items()
    ]


def value_filters(reading: Reading) -> list[Filter]:
    """Filters of values that a question names without quotes, such as devices; several are alternatives."""
    wanted: dict[tuple[str, Operator], list[str]] = {}
    for phrase in reading.spans(Cue.VALUE):
        dimension, values = next(value for cue, value in phrase.meanings if cue is Cue.VALUE).split("=")
        is_left_out = EXCEPT_BEFORE.search(reading.text[: phrase.start]) is not None
        operator = Operator.NOT_IN if is_left_out else Operator.IN
        wanted.setdefault((dimension, operator), []).extend(values.split())
    return [
        Filter(dimension=dimension, operator=operator, values=tuple(dict.fromkeys(values)))
        for (dimension, operator), values in wanted.items()
    ]


def subject_of(name: Name) -> Subject:
    return Subject(kind=name.kind, key=name.key, name=name.name, by=name.by)


def kinds(reading: Reading) -> list[tuple[Kind, bool]]:
    """The kinds of things that are asked for, each with whether it stands in the plural.

    A word that introduces a name, as in “the song Creep”, asks for nothing.
    """
    found: list[tuple[Kind, bool]] = []
    for phrase in reading.spans(Cue.KIND):
        if introduces_a_name(reading, phrase):
            continue
        value = next(value for cue, value in phrase.meanings if cue is Cue.KIND)
        found.append((Kind(value.removesuffix(PLURAL)), value.endswith(PLURAL)))
    return found


def introduces_a_name(reading: Reading, phrase: Phrase) -> bool:
    """Whether a word of a kind belongs to a name, as in “the song Creep”."""
    return any(_introduces(reading.text, phrase.start, phrase.end, mention) for mention in reading.mentions)


def _introduces(text: str, start: int, end: int, mention: Mention) -> bool:
    before = (
        text[end : mention.start].strip(" \"'") in ("", "the", "called", "named", "of", "is") and end <= mention.start
    )
    kind_of_name = mention.candidates[0].kind if mention.candidates else None
    word = text[start:end]
    fits = {
        Kind.ARTIST: ("artist", "band", "singer", "group", "rapper", "musician", "act", "performer"),
        Kind.TRACK: ("song", "track", "tune", "title", "single"),
        Kind.ALBUM: ("album", "record", "lp"),
        Kind.GENRE: ("genre", "style"),
        Kind.FAMILY: ("genre", "style", "genre family"),
    }
    if kind_of_name is None or word.removesuffix("s") not in fits[kind_of_name]:
        return False
    is_genre = kind_of_name in (Kind.GENRE, Kind.FAMILY)
    after = not is_genre and mention.end <= start and not text[mention.end : start].strip(" \"'")
    return before or (after and not word.endswith("s"))


def number_of_rows(draft: Draft, *, several: bool) -> int:
    """The number a question names, or one or ten; larger ones are for tables, not for answers.

    Raises:
        NotUnderstoodError: it names several numbers, or one that is out of reach.
    """
    draft.is_number_used = True
    numbers = [int(word.text) for word in draft.reading.numbers]
    if len(numbers) > 1 or any(not 1 <= number <= 100 for number in numbers):
        raise NotUnderstoodError("the numbers in it; how many is a number from 1 to 100")
    return numbers[0] if numbers else (SEVERAL if several else 1)


def metrics_named(reading: Reading) -> list[str]:
    """The metrics that a question names itself, in its order; hours of the day are not hours of music."""
    found: list[str] = []
    for phrase in reading.spans(Cue.METRIC):
        if phrase.words in ("hour", "hours", "time") and asks_for_hour(reading):
            continue
        found.append(next(value for cue, value in phrase.meanings if cue is Cue.METRIC))
    return list(dict.fromkeys(found))


_HOUR = re.compile(
    r"\b((which|what|busiest|peak|top|favou?rite|listening) (hours?|times?)|(by|per|each|every) (hour|time))\b"
)


def asks_for_hour(reading: Reading) -> bool:
    """Whether hours are those of the day, rather than hours of music: by hour, and not by hours."""
    return _HOUR.search(reading.text) is not None and not reading.says("by time", "by total time")


def ordered(metric: str, *, descending: bool = True) -> tuple[Order, ...]:
    return (Order(by=metric, descending=descending),)
