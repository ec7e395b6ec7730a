"""The words of questions, which words.yml holds: which cue each phrase gives, and which words say nothing.

Names of metrics and their synonyms come from the vocabulary; what cues together mean is decided in planner.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum, auto
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from ml.assistant.query import Grain, Kind
from ml.assistant.vocabulary import Vocabulary


class Cue(StrEnum):
    """What a phrase contributes to a question."""

    KIND = auto()
    DIMENSION = auto()
    METRIC = auto()
    PERIOD = auto()
    """A period of the calendar as a thing that is asked for: which month."""
    TOP = auto()
    LEAST = auto()
    COUNT = auto()
    """How many."""
    AMOUNT = auto()
    """How much, how long."""
    TIMES = auto()
    """How many times, how often."""
    WHO = auto()
    WHEN = auto()
    LISTEN = auto()
    SKIP = auto()
    NEW = auto()
    DISCOVER = auto()
    DIFFERENT = auto()
    AVERAGE = auto()
    FIRST = auto()
    LAST = auto()
    RANK = auto()
    STREAK = auto()
    CURRENT = auto()
    LONGEST = auto()
    NEGATED = auto()
    """Not played, in a time that the question names."""
    FORGOTTEN = auto()
    RECOMMEND = auto()
    SIMILAR = auto()
    SHARE = auto()
    COMPARE = auto()
    THAN = auto()
    MORE = auto()
    TREND = auto()
    EXCEPT = auto()
    ONLY = auto()
    USUAL = auto()
    GROWTH = auto()
    VALUE = auto()
    """A value of a dimension, such as a kind of device."""
    MOOD = auto()
    CONTEXT = auto()
    """Where or when music is to be played: on an evening, in the car."""


Meaning = tuple[Cue, str]
_BY_THEIR_WORDS = frozenset({"new_artists", "new_tracks"})
"""Metrics that are told from “new” and a kind: new artists are listed, and counted where a question says how many."""
_COUNTS = ("how many ", "number of ")
"""How synonyms begin that say no more than the words after them: how many artists are new is another metric."""
PLURAL = "+"
"""Behind the kind of a word in the plural."""


class Words(BaseModel):
    """The file words.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: Mapping[Kind, Sequence[str]]
    dimensions: Mapping[str, Sequence[str]]
    periods: Mapping[Grain, Sequence[str]]
    metrics: Mapping[str, Sequence[str]]
    values: Mapping[str, Mapping[str, Sequence[str]]]
    moods: Mapping[str, Sequence[str]]
    cues: Mapping[Cue, Sequence[str]]
    says_nothing: frozenset[str]


@lru_cache(maxsize=1)
def words() -> Words:
    return Words.model_validate(
        yaml.safe_load(files("ml.assistant.planning").joinpath("words.yml").read_text(encoding="utf-8"))
    )


def phrases(vocabulary: Vocabulary) -> dict[str, list[Meaning]]:
    """Every phrase with the cues it can give; what words.yml says of one wins over labels and synonyms."""
    found: dict[str, list[Meaning]] = {}
    for phrase, meaning in _own():
        meanings = found.setdefault(phrase, [])
        if meaning not in meanings:
            meanings.append(meaning)
    for phrase, meaning in [*_of_metrics(vocabulary), *_of_dimensions(vocabulary)]:
        found.setdefault(phrase, [meaning])
    return found


def _own() -> Iterator[tuple[str, Meaning]]:
    known = words()
    for kind, names in known.kinds.items():
        for name in names:
            yield name, (Cue.KIND, f"{kind}")
            yield _plural(name), (Cue.KIND, f"{kind}{PLURAL}")
    for cue, named in (
        (Cue.METRIC, known.metrics),
        (Cue.DIMENSION, known.dimensions),
        (Cue.PERIOD, known.periods),
        (Cue.MOOD, known.moods),
    ):
        for value, names in named.items():
            for name in names:
                yield name, (cue, f"{value}")
                if cue in (Cue.DIMENSION, Cue.PERIOD):
                    yield _plural(name), (cue, f"{value}")
    for dimension, values in known.values.items():
        for value, names in values.items():
            yield from ((name, (Cue.VALUE, f"{dimension}={value}")) for name in names)
    for cue, names in known.cues.items():
        yield from ((name, (cue, "")) for name in names)


def _of_metrics(vocabulary: Vocabulary) -> Iterator[tuple[str, Meaning]]:
    for metric in vocabulary.asked_for:
        for phrase in (metric.label, metric.name.replace("_", " "), *metric.synonyms):
            if metric.name not in _BY_THEIR_WORDS and not phrase.lower().startswith(_COUNTS):
                yield phrase.lower(), (Cue.METRIC, metric.name)


def _of_dimensions(vocabulary: Vocabulary) -> Iterator[tuple[str, Meaning]]:
    for dimension in vocabulary.dimensions.values():
        if not dimension.is_entity:
            for phrase in (dimension.label, *dimension.synonyms):
                yield phrase.lower(), (Cue.DIMENSION, dimension.name)


def _plural(word: str) -> str:
    if word.startswith(("kind of ", "type of ")):
        return f"{word[:4]}s{word[4:]}"
    if word.endswith("y") and not word.endswith("ay"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("s") else f"{word}s"
