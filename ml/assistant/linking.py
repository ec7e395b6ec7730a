"""One question being read for names: quotes, then the most words in a row, then what is misspelt, then `X by Y`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ml.assistant.cues import NO_CUE, Cue, cue_at, is_noun_of_a_name
from ml.assistant.folding import key_of, words_of
from ml.assistant.meant import TITLES, Name, meant
from ml.assistant.near_names import typos_allowed, typos_between
from ml.assistant.query import Kind
from ml.assistant.question_words import FREE, OFTEN_MISSPELT, ORDINARY, STRUCTURE, TIME, TURNS_OF_PHRASE, reserve
from ml.assistant.quotes import quotes_of
from ml.assistant.spellings import Spellings

Span = tuple[int, int]
LONGEST = 12
"""Words of a name in a question; in quotes it may have any number."""
_LONGEST_MISSPELT = 8
_MOST_MISSPELT = 60
"""Words of a question in which typos are looked for: a longer text is no question."""
_FOLDED, _BARE = 0.99, 0.97


@dataclass(frozen=True)
class Mention:
    """A place in a question that names something."""

    start: int
    end: int
    """Characters of the text."""
    words: str
    candidates: tuple[Name, ...]
    """Best first; none where what was named is not known."""
    how: Literal["quoted", "exact", "folded", "near"]
    is_ambiguous: bool = False
    """Several things that nothing decides between."""
    closeness: float = 1.0
    """1 as it is written, less for other spellings, least for typos."""


class Reading:
    """One question being read: its words, and which of them belong to a name already."""

    def __init__(
        self, spellings: Spellings, text: str, taken: Sequence[Span], hints: Mapping[int, Kind | None]
    ) -> None:
        self._spellings = spellings
        self._text = text
        self._hints = hints
        self._words = words_of(text)
        self._free = [not any(word.start < end and start < word.end for start, end in taken) for word in self._words]
        self._found: dict[Span, Mention] = {}
        """By first word and the word behind the last."""
        self._quoted: list[Mention] = []

    def mentions(self) -> tuple[Mention, ...]:
        self._read_quotes()
        self._read_names()
        self._read_neighbours()
        if len(self._words) <= _MOST_MISSPELT:
            self._read_misspelt()
        self._read_titles_by_artists()
        return tuple(sorted([*self._quoted, *self._found.values()], key=lambda mention: mention.start))

    def _read_quotes(self) -> None:
        for start, end, inner in quotes_of(self._text):
            first = next((at for at, word in enumerate(self._words) if word.end > start), len(self._words))
            behind = next((at for at, word in enumerate(self._words) if word.start >= end), len(self._words))
            cue = self._cue(first, behind) if first < behind else NO_CUE
            candidates, ambiguous, closeness = self._quoted_names(inner, cue)
            self._quoted.append(Mention(start, end, self._text[start:end], candidates, "quoted", ambiguous, closeness))
            for at in range(first, behind):
                self._free[at] = False

    def _quoted_names(self, inner: str, cue: Cue) -> tuple[tuple[Name, ...], bool, float]:
        key = key_of(inner)
        if things := self._spellings.named(key) or self._spellings.genres(inner):
            return *meant(things, inner, cue.kinds), _closeness(things, inner)
        title, _, artist = inner.rpartition(" by ")
        by_artist = _by(self._spellings.named(key_of(title)), key_of(artist)) if title else []
        if by_artist:
            return *meant(by_artist, title), 1.0
        typos, things = self._spellings.nearest(key)
        return *meant(things, inner, cue.kinds), (1 - typos / max(len(key), 1)) if things else 0.0

    def _read_names(self) -> None:
        """The most words in a row first, of as many the first."""
        for length in range(min(LONGEST, len(self._words)), 0, -1):
            for first in range(len(self._words) - length + 1):
                behind = first + length
                if all(self._free[first:behind]) and (things := self._things(first, behind)):
                    self._take_if_meant(first, behind, things)

    def _things(self, first: int, behind: int) -> list[Name]:
        words = self._words[first:behind]
        last = words[-1]
        begin = 1 if len(words) > 1 and words[0].letters == "the" else 0
        head = "".join(word.letters for word in words[begin:-1])
        found = self._spellings.named(head + last.letters)
        if not found and last.owner and last.owner != last.letters:
            found = self._spellings.named(head + last.owner)
        if not found and len(words) <= 4:
            found = self._spellings.genres(self._text[words[begin].start : last.end])
        return found

    def _take_if_meant(self, first: int, behind: int, things: Sequence[Name]) -> None:
        cue = self._cue(first, behind)
        if things := [name for name in things if self._needs(first, behind, name) <= cue.strength]:
            if behind - first > 1 and is_noun_of_a_name(self._words, behind) and self._words[first].letters == "the":
                return
            self._take(first, behind, things, cue)

    def _needs(self, first: int, behind: int, name: Name) -> int:
        """How much must speak for these words to be this name."""
        letters = [word.owner or word.letters for word in self._words[first:behind]]
        has_article = letters[0] == "the" and len(letters) > 1
        if "".join(letters[has_article:]) in TURNS_OF_PHRASE or "".join(letters) in TURNS_OF_PHRASE:
            return STRUCTURE
        own = letters if not has_article or name.name.lower().startswith("the ") else letters[1:]
        steps = [max(reserve(word), ORDINARY * self._words[first].is_sign) for word in own]
        if name.kind in (Kind.GENRE, Kind.FAMILY):
            return FREE if len(own) > 1 else steps[0]
        if len(own) == 1:
            return max(steps[0], ORDINARY if name.kind in TITLES else FREE)
        if min(steps) == FREE:
            return FREE
        return ORDINARY if name.kind is Kind.ARTIST or len(own) > 2 else min(max(steps), TIME)

    def _take(self, first: int, behind: int, things: Sequence[Name], cue: Cue, typos: int = 0) -> None:
        start, end = self._words[first].start, self._words[behind - 1].end
        words = self._text[start:end]
        name = words
        if owner := self._words[behind - 1].owner:
            name = self._text[start : self._words[behind - 1].start] + owner
        candidates, ambiguous = meant(things, name, cue.kinds)
        closeness = 1 - typos / len(key_of(name)) if typos else _closeness(things, name)
        how = "near" if typos else "exact" if closeness == 1 else "folded"
        self._found[first, behind] = Mention(start, end, words, candidates, how, ambiguous, closeness)
        for at in range(first, behind):
            self._free[at] = False

    def _cue(self, first: int, behind: int) -> Cue:
        if self._words[first].start in self._hints:
            kind = self._hints[self._words[first].start]
            return Cue(STRUCTURE, () if kind is None else (kind,))
        return cue_at(self._words, first, behind)

    def _read_neighbours(self) -> None:
        """One common word beside a name: `radiohead or muse`, `creep vs yesterday`."""
        for at, word in enumerate(self._words):
            if not self._free[at] or reserve(word.letters) > ORDINARY:
                continue
            beside = self._joined(at, -1) or self._joined(at, 1)
            kinds = {name.kind for name in beside.candidates[:1]} if beside is not None else set[Kind]()
            if things := [name for name in self._things(at, at + 1) if name.kind in kinds]:
                self._take(at, at + 1, things, NO_CUE)

    def _joined(self, at: int, step: int) -> Mention | None:
        """The name that `and`, `or`, `vs` joins to this word, before it or behind it."""
        joint = at + step
        if not 0 <= joint < len(self._words) or self._words[joint].letters not in {"and", "or", "vs", "versus", "than"}:
            return None
        for (first, behind), mention in self._found.items():
            if (behind == joint) if step < 0 else (first == joint + 1):
                return mention
        return None

    def _read_misspelt(self) -> None:
        """Words that are no common ones and no name: the nearest name, of equally near ones that of more words."""
        tried: list[tuple[float, int, int, list[Name], int]] = []
        for first in range(len(self._words)):
            for behind in range(first + 1, min(first + _LONGEST_MISSPELT, len(self._words)) + 1):
                if not self._may_be_misspelt(first, behind):
                    continue
                typos, things = self._misspelt(first, behind)
                if things:
                    letters = sum(len(word.letters) for word in self._words[first:behind])
                    tried.append((typos / letters, first - behind, first, things, typos))
        for _, minus_length, first, things, typos in sorted(tried, key=lambda one: one[:3]):
            behind = first - minus_length
            if self._is_open(first, behind):
                for span in [span for span in self._found if first <= span[0] and span[1] <= behind]:
                    del self._found[span]
                self._take(first, behind, things, self._cue(first, behind), typos)

    def _may_be_misspelt(self, first: int, behind: int) -> bool:
        words = self._words[first:behind]
        strange = [
            self._free[first + at] and reserve(word.letters) == FREE and not word.is_sign and word.letters.isalpha()
            for at, word in enumerate(words)
        ]
        return any(strange) and self._is_open(first, behind)

    def _is_open(self, first: int, behind: int) -> bool:
        """Whether no word belongs to a time or to another name, but for one word of which this is more."""
        covered = {at for span in self._found if first <= span[0] and span[1] == span[0] + 1 for at in range(*span)}
        return all(self._free[at] or (at in covered and behind - first > 1) for at in range(first, behind))

    def _misspelt(self, first: int, behind: int) -> tuple[int, list[Name]]:
        begin = first + 1 if behind - first > 1 and self._words[first].letters == "the" else first
        words = self._words[begin:behind]
        key = "".join([*(word.letters for word in words[:-1]), words[-1].owner or words[-1].letters])
        cue = self._cue(first, behind)
        if len(words) == 1 and cue.strength < TIME and _is_misspelt_question(key):
            return 0, []
        typos, things = self._spellings.nearest(key, words[0].letters if reserve(words[0].letters) > ORDINARY else "")
        if cue.strength < ORDINARY and len(words) == 1:
            things = [name for name in things if name.kind not in TITLES and key_of(name.name)[0] == key[0]]
        return typos, [name for name in things if self._is_no_common_word(name) or cue.strength >= TIME]

    @staticmethod
    def _is_no_common_word(name: Name) -> bool:
        words = words_of(name.name)
        return len(words) > 1 or reserve(words[0].letters) <= ORDINARY

    def _read_titles_by_artists(self) -> None:
        """`X by Y` is one name: the title of that artist, whatever else is called X, and unknown if they have none."""
        for (first, behind), artist in sorted(self._found.items()):
            artists = [name for name in artist.candidates if name.kind is Kind.ARTIST]
            if first < 2 or not artists or self._words[first - 1].letters != "by":
                continue
            title = self._title_before(first - 1, {key_of(name.name) for name in artists})
            if title is None:
                continue
            begin, candidates, ambiguous = title
            for span in [span for span in self._found if begin <= span[0] and span[1] <= behind]:
                del self._found[span]
            start, end = self._words[begin].start, artist.end
            self._found[begin, behind] = replace(
                artist,
                start=start,
                words=self._text[start:end],
                candidates=candidates,
                is_ambiguous=ambiguous,
            )
            for at in range(begin, behind):
                self._free[at] = False

    def _title_before(self, behind: int, artists: set[str]) -> tuple[int, tuple[Name, ...], bool] | None:
        """The first word of the longest title that ends here and is theirs; of a title of others, no candidate."""
        own = {first for first, last in self._found if last <= behind for first in range(first, last)}
        for first in range(max(0, behind - LONGEST), behind):
            if all(self._free[at] or at in own for at in range(first, behind)):
                things = [name for key in artists for name in _by(self._things(first, behind), key)]
                if things:
                    return first, *meant(things, self._text[self._words[first].start : self._words[behind - 1].end])
        for (first, last), mention in self._found.items():
            if last == behind and all(name.kind in TITLES for name in mention.candidates):
                return first, (), False
        return None


def _by(names: Sequence[Name], artist: str) -> list[Name]:
    return [name for name in names if name.kind in TITLES and key_of(name.by) == artist]


def _closeness(things: Sequence[Name], words: str) -> float:
    written = " ".join(words.casefold().split())
    if any(name.name.casefold() == written for name in things):
        return 1.0
    key = key_of(words)
    return _FOLDED if any(key_of(name.name) == key for name in things) else _BARE


def _is_misspelt_question(key: str) -> bool:
    """Whether a common word of questions is as near as a name can be: `monht`, `lisened`."""
    most = typos_allowed(len(key))
    return any(typos_between(key, word, most) <= most for word in OFTEN_MISSPELT if abs(len(word) - len(key)) <= most)
