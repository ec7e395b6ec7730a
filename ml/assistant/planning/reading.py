"""What a question's words are: times, names, cues, and words that are none of these.

Every word must be something: one that is nothing is the reason to refuse. What it all means together is planner.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz.distance import OSA

from ml.assistant.names.index import NameIndex
from ml.assistant.names.mention import Mention
from ml.assistant.names.question_words import FREE, reserve
from ml.assistant.planning.lexicon import Cue, Meaning, phrases, words
from ml.assistant.planning.wording import WORD, blanked
from ml.assistant.query import Kind
from ml.assistant.times.grammar import Times, read_times
from ml.assistant.vocabulary import Vocabulary

SHORTEST_MISSPELT = 4
"""Letters of a word that may be misspelt; see _is_slip_of_four."""
_INTRODUCED = re.compile(
    r"\b(by|artist|band|singer|group|rapper|song|track|album|record|called|named|genre|similar to|sounds like)"
    r"( the)? [\"']?$"
)
"""What may stand before a name that is made of the words of questions."""
_TIME_WORDS = frozenset(("day", "days", "daily", "week", "month", "year", "hour", "release", "growth"))
_PLACE_BEFORE = re.compile(r"\b(in|at|with|near|while|during|when|after|before|for|to)( the| my| a)? $")
"""What stands before places, people and occasions, which no plays tell of."""
_KIND_BEFORE = re.compile(r"\b(?P<kind>artist|band|song|track|album|record|genre)( called| named)? $")
_FITS = {
    Kind.ARTIST: ("artist", "band"),
    Kind.TRACK: ("song", "track"),
    Kind.ALBUM: ("album", "record"),
    Kind.GENRE: ("genre",),
    Kind.FAMILY: ("genre",),
}
_NO_SLIPS = frozenset(("newest", "oldest", "latest", "longer", "since"))
"""Words that are spelt like others and mean something else."""
_OFTEN = 5
"""Plays of a song whose name of one common word is taken for it."""
_TWO_TO_TWELVE = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(number) for number, word in enumerate(_TWO_TO_TWELVE, start=2)} | {
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
    "hundred": "100",
}
ONE_SLIP_UP_TO = 8
"""Letters of a word in which one slip is forgiven; longer ones may have two."""


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Phrase:
    """Words that give cues; several where they can mean several things."""

    start: int
    end: int
    words: str
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True)
class Reading:
    """A question taken apart; offsets refer to the plain text."""

    text: str
    times: Times
    mentions: tuple[Mention, ...]
    phrases: tuple[Phrase, ...]
    numbers: tuple[Word, ...]
    unknown: tuple[Word, ...]
    vocabulary: Vocabulary
    slips: int
    """How many words were read as others that are spelt alike."""

    def has(self, *cues: Cue) -> bool:
        return any(cue in self.cues for cue in cues)

    @cached_property
    def cues(self) -> frozenset[Cue]:
        return frozenset(cue for phrase in self.phrases for cue, _ in phrase.meanings)

    def values(self, cue: Cue) -> tuple[str, ...]:
        """What the phrases of a cue name, in order of the text."""
        return tuple(value for phrase in self.phrases for given, value in phrase.meanings if given is cue)

    def spans(self, cue: Cue) -> tuple[Phrase, ...]:
        return tuple(phrase for phrase in self.phrases if any(given is cue for given, _ in phrase.meanings))

    def says(self, *words: str) -> bool:
        """Whether one of these phrases stands in the text, as whole words."""
        return any(f" {words} " in f" {self.spaced} " for words in words)

    @cached_property
    def spaced(self) -> str:
        return " ".join(word.text for word in _words(self.text))


@dataclass(frozen=True)
class Reader:
    """Takes questions of one listener apart."""

    vocabulary: Vocabulary
    phrases: Mapping[str, Sequence[Meaning]]
    spelling: frozenset[str]
    names: NameIndex
    longest: int

    @classmethod
    def of(cls, vocabulary: Vocabulary, names: NameIndex) -> Reader:
        known = phrases(vocabulary)
        spelling = (
            frozenset(word for phrase in known for word in phrase.split()) | words().says_nothing | frozenset(_NUMBERS)
        )
        return cls(vocabulary, known, spelling, names, max(len(phrase.split()) for phrase in known))

    def read(self, text: str, *, as_of: date) -> Reading:
        """Take apart what wording.plain made of a question."""
        times = read_times(self._without_names_of_metrics(text), as_of=as_of)
        reading = self._taken_apart(text, times, {})
        hints = {word.start: None for word in reading.unknown if _PLACE_BEFORE.search(text[: word.start]) is None}
        if not hints:
            return reading
        # A word that is nothing else may be an artist of a common name, such as Queen.
        second = self._taken_apart(text, times, hints)
        added = [mention for mention in second.mentions if mention not in reading.mentions]
        return second if added and all(_is_likely(text, mention) for mention in added) else reading

    def _without_names_of_metrics(self, text: str) -> str:
        """The text in which names of metrics that hold times, such as plays a day, are blank."""
        return blanked(text, [found.span() for found in self._metrics_with_times.finditer(text)])

    @cached_property
    def _metrics_with_times(self) -> re.Pattern[str]:
        named = [
            phrase
            for phrase, meanings in self.phrases.items()
            if any(cue is Cue.METRIC and not self.vocabulary.metrics[name].is_over_time for cue, name in meanings)
            and _TIME_WORDS & set(phrase.split())
            and " " in phrase
        ]
        return re.compile(rf"\b({'|'.join(map(re.escape, sorted(named, key=len, reverse=True)))})\b")

    def _taken_apart(self, text: str, times: Times, hints: Mapping[int, Kind | None]) -> Reading:
        taken = [(phrase.start, phrase.end) for phrase in times.phrases]
        found = self.names.find(text, taken=taken, hints=hints)
        mentions = tuple(mention for mention in found if self._is_meant(text, mention))
        rest = blanked(text, [*taken, *((mention.start, mention.end) for mention in mentions)])
        spelt, slips = self._spelt(list(_words(rest)))
        phrases, unknown = self._phrases(spelt)
        numbers = tuple(
            Word(word.start, word.end, _NUMBERS.get(word.text, word.text))
            for word in unknown
            if word.text.isdecimal() or word.text in _NUMBERS
        )
        return Reading(
            text=text,
            times=times,
            mentions=mentions,
            phrases=tuple(phrases),
            numbers=numbers,
            unknown=tuple(
                word
                for word in unknown
                if word.text not in words().says_nothing and word.text not in _NUMBERS and not word.text.isdecimal()
            ),
            vocabulary=self.vocabulary,
            slips=slips,
        )

    def _is_meant(self, text: str, mention: Mention) -> bool:
        """Whether a name is meant: songs are called Time and The Last Song, too."""
        said = _KIND_BEFORE.search(text[: mention.start])
        if mention.how == "near" and said is not None and mention.candidates:
            return said["kind"] in _FITS[mention.candidates[0].kind]
        if mention.how == "quoted" or any(name.kind in (Kind.GENRE, Kind.FAMILY) for name in mention.candidates):
            return True
        words = [word.text for word in _words(mention.words)]
        if all(word in self.spelling for word in words):
            return _INTRODUCED.search(text[: mention.start]) is not None
        return mention.how != "near" or any(word not in self.spelling and self._respelt(word) is None for word in words)

    def _spelt(self, words: list[Word]) -> tuple[list[Word], int]:
        slips = 0
        for index, word in enumerate(words):
            if word.text not in self.spelling and (meant := self._respelt(word.text)) is not None:
                words[index] = Word(word.start, word.end, meant)
                slips += 1
        return words, slips

    def _respelt(self, word: str) -> str | None:
        """The one known word that differs by a slip or two; nothing where there are none or several."""
        is_negated = word.startswith(("un", "non")) and word.removeprefix("un").removeprefix("non") in self.spelling
        if (
            is_negated
            or len(word) < SHORTEST_MISSPELT
            or not word.isalpha()
            or reserve(word) != FREE
            or word in _NO_SLIPS
        ):
            return None
        most = 1 if len(word) <= ONE_SLIP_UP_TO else 2
        near: dict[int, list[str]] = {}
        for known in self.spelling:
            if abs(len(known) - len(word)) <= most and len(known) >= SHORTEST_MISSPELT and known.isalpha():
                distance = OSA.distance(word, known, score_cutoff=most)
                if distance <= most and (len(word) > SHORTEST_MISSPELT or _is_slip_of_four(word, known)):
                    near.setdefault(distance, []).append(known)
        if not near:
            return None
        best = sorted(near[min(near)], key=lambda known: (known[0] != word[0], known))
        return best[0]

    def _phrases(self, words: list[Word]) -> tuple[list[Phrase], list[Word]]:
        """The longest phrases from left to right, and the words of none."""
        found: list[Phrase] = []
        left: list[Word] = []
        index = 0
        while index < len(words):
            for length in range(min(self.longest, len(words) - index), 0, -1):
                piece = words[index : index + length]
                wording = " ".join(word.text for word in piece)
                if wording in self.phrases:
                    found.append(Phrase(piece[0].start, piece[-1].end, wording, tuple(self.phrases[wording])))
                    index += length
                    break
            else:
                left.append(words[index])
                index += 1
        return found, left


def _words(text: str) -> Iterator[Word]:
    for match in WORD.finditer(text):
        yield Word(match.start(), match.end(), match[0])


def _is_slip_of_four(word: str, known: str) -> bool:
    """In a word of four letters two may have changed places, or a fifth is missing; other slips make other words."""
    return sorted(word) == sorted(known) or (len(known) > len(word) and word[0] == known[0])


def _is_likely(text: str, mention: Mention) -> bool:
    """Whether a common word is an artist, or a song that is played often; not where another kind is said to follow."""
    if not mention.candidates or mention.is_ambiguous:
        return False
    name = mention.candidates[0]
    said = _KIND_BEFORE.search(text[: mention.start])
    if said is not None and said["kind"] not in _FITS[name.kind]:
        return False
    return name.kind is Kind.ARTIST or (mention.how in ("exact", "folded") and name.plays >= _OFTEN)
