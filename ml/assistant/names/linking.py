"""One question being read for names: quotes, then the most words in a row, then what is misspelt, then `X by Y`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ml.assistant.names.common_words import has_edges, is_common_word, is_misspelt_question, needed
from ml.assistant.names.cues import NO_CUE, Cue, cue_at, is_noun_of_a_name
from ml.assistant.names.folding import Word, key_of, words_of
from ml.assistant.names.meant import TITLES, Name, meant
from ml.assistant.names.mention import Mention
from ml.assistant.names.question_words import FREE, ORDINARY, STRUCTURE, TIME, reserve
from ml.assistant.names.quotes import quotes_of
from ml.assistant.names.spellings import Spellings
from ml.assistant.query import Kind

Span = tuple[int, int]
LONGEST = 30
"""Words of a name in a question; in quotes it may have any number."""
_LONGEST_MISSPELT = 8
_MOST_MISSPELT = 60
"""Words of a question in which typos are looked for: a longer text is no question."""
_LONGEST_TEXT = 2000
"""Characters: what follows is not read."""
_LONGEST_GENRE = 4
_TELLING = 6
"""Letters of a word with a typo that nothing speaks for: `joke` may be anything."""
_LONGEST_BESIDE = 3
_JOINTS = frozenset({"and", "or", "vs", "versus", "than", "with"})
_FOLDED, _BARE = 0.99, 0.97


class Reading:
    """One question being read: its words, and which of them belong to a name already."""

    def __init__(
        self, spellings: Spellings, text: str, taken: Sequence[Span], hints: Mapping[int, Kind | None]
    ) -> None:
        self._spellings = spellings
        self._text = text = text[:_LONGEST_TEXT]
        self._hints = hints
        self._words = words_of(text)
        self._free = _free(self._words, taken)
        self._found: dict[Span, Mention] = {}
        """By first word and the word behind the last."""
        self._quoted: list[Mention] = []

    def mentions(self) -> tuple[Mention, ...]:
        self._read_quotes()
        self._read_names()
        self._read_neighbours()
        self._read_titles_by_artists()
        if len(self._words) <= _MOST_MISSPELT:
            self._read_misspelt()
        self._read_titles_by_artists(unknown_too=True)
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
        """The most words in a row first; of as many those that something speaks for, then the first."""
        for length in range(min(LONGEST, len(self._words)), 0, -1):
            found = [
                (self._cue(first, first + length), first, things)
                for first in range(len(self._words) - length + 1)
                if all(self._free[first : first + length]) and (things := self._things(first, first + length))
            ]
            for cue, first, things in sorted(found, key=lambda one: (-one[0].strength, one[1])):
                if all(self._free[first : first + length]):
                    self._take_if_meant(first, first + length, things, cue)

    def _things(self, first: int, behind: int) -> list[Name]:
        """Everything that these words are the name of."""
        words = self._words[first:behind]
        last = words[-1]
        if self._is_part_of_more(first, behind, "@.") or (len(words) > 1 and (words[0].is_sign or last.is_sign)):
            return []
        begin = 1 if len(words) > 1 and words[0].letters == "the" else 0
        head = "".join(word.letters for word in words[begin:-1] if not word.is_sign)
        found = self._spellings.named(head + last.letters)
        if not found and last.owner and last.owner != last.letters:
            found = self._spellings.named(head + last.owner)
        if not found and len(words) <= _LONGEST_GENRE:
            return self._spellings.genres(self._text[words[begin].start : last.end])
        return [name for name in found if len(words) == 1 or has_edges(name, words[begin:])]

    def _take_if_meant(self, first: int, behind: int, things: Sequence[Name], cue: Cue) -> None:
        things = [name for name in things if self._is_told(first, behind, name, cue)]
        if things:
            if behind - first > 1 and is_noun_of_a_name(self._words, behind) and self._words[first].letters == "the":
                return
            self._take(first, behind, things, cue)

    def _is_told(self, first: int, behind: int, name: Name, cue: Cue) -> bool:
        """Whether enough speaks for these words to be this name; of common words the cue must mean its kind."""
        step = needed(self._words[first:behind], name)
        return step == FREE or (step <= cue.strength and (not cue.kinds or name.kind in cue.kinds))

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

    def _is_part_of_more(self, first: int, behind: int, signs: str) -> bool:
        """Whether such a sign joins these words to another: `bob@example.com`, `left-handed`."""
        start, end = self._words[first].start, self._words[behind - 1].end
        before, after = self._text[max(0, start - 2) : start], self._text[end : end + 2]
        return (before[1:] in tuple(signs) and before[0].isalnum()) or (
            after[:1] in tuple(signs) and after[1:].isalnum()
        )

    def _cue(self, first: int, behind: int) -> Cue:
        if self._words[first].start in self._hints:
            kind = self._hints[self._words[first].start]
            return Cue(STRUCTURE, () if kind is None else (kind,))
        ends = behind == len(self._words) or not self._free[behind] or self._words[behind].letters == "by"
        cue = cue_at(self._words, first, behind, ends=ends)
        # What is nothing but a name can only be one.
        return Cue(ORDINARY) if cue == NO_CUE and behind - first == len(self._words) else cue

    def _read_neighbours(self) -> None:
        """Common words beside a name: `radiohead or muse`, `creep vs yesterday`, `the doors, the who and the band`."""
        while any(self._take_beside(*span) for span in sorted(self._found)):
            pass

    def _take_beside(self, first: int, behind: int) -> bool:
        """Takes what is joined to the name of these words, if it may be a name of that kind."""
        kinds = {name.kind for name in self._found[first, behind].candidates[:1]}
        ahead, follows = self._joint(first, behind - 1, first - 1), self._joint(first, behind - 1, behind)
        for length in range(_LONGEST_BESIDE, 0, -1):
            spans = [(ahead + 1 - length, ahead + 1)] if ahead is not None else []
            spans += [(follows, follows + length)] if follows is not None else []
            for begin, end in spans:
                if begin < 0 or end > len(self._words) or not all(self._free[begin:end]):
                    continue
                things = [name for name in self._things(begin, end) if name.kind in kinds]
                if things := [name for name in things if needed(self._words[begin:end], name) <= ORDINARY]:
                    self._take(begin, end, things, NO_CUE)
                    return True
        return False

    def _joint(self, first: int, last: int, beside: int) -> int | None:
        """The word that `and`, `or`, `vs` or a comma joins to these, of the side where `beside` is."""
        if not 0 <= beside < len(self._words):
            return None
        if self._words[beside].letters in _JOINTS:
            return beside + (1 if beside > last else -1)
        left, right = (beside, first) if beside < first else (last, beside)
        return beside if "," in self._text[self._words[left].end : self._words[right].start] else None

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
        """Whether a word here is neither known nor one of the question's own with a typo."""
        if self._is_part_of_more(first, behind, "@.-") or not self._is_open(first, behind):
            return False
        free = [word for at, word in enumerate(self._words[first:behind], first) if self._free[at]]
        words = [word.owner or word.letters for word in free]
        strange = [letters for letters in words if letters.isalpha() and reserve(letters) == FREE]
        if all(map(is_misspelt_question, strange)):
            return bool(strange) and self._cue(first, behind).strength >= TIME
        return True

    def _is_open(self, first: int, behind: int) -> bool:
        """Whether no word belongs to a time or to another name, but for one of a word of which this is more."""
        covered: set[int] = set()
        for begin, end in self._found:
            words = end - begin - (self._words[begin].letters == "the")
            if words == 1 and first <= begin and end <= behind and end - begin < behind - first:
                covered.update(range(begin, end))
        return all(self._free[at] or at in covered for at in range(first, behind))

    def _misspelt(self, first: int, behind: int) -> tuple[int, list[Name]]:
        begin = first + 1 if behind - first > 1 and self._words[first].letters == "the" else first
        words = self._words[begin:behind]
        if words[0].is_sign or words[-1].is_sign:
            return 0, []
        key = "".join(word.letters for word in words[:-1] if not word.is_sign) + (words[-1].owner or words[-1].letters)
        cue = self._cue(first, behind)
        if len(words) == 1 and cue.strength < TIME and self._spellings.is_genre(key):
            return 0, []
        typos, things = self._spellings.nearest(key)
        things = [name for name in things if has_edges(name, words)]
        if len(words) == 1:
            things = [name for name in things if self._is_told(begin, behind, name, cue)]
            if not cue.strength or behind - first == len(self._words):
                things = [name for name in things if len(key) >= _TELLING and key_of(name.name)[0] == key[0]]
        return typos, [name for name in things if cue.strength >= TIME or not is_common_word(name)]

    def _read_titles_by_artists(self, *, unknown_too: bool = False) -> None:
        """`X by Y` is one name: the title of that artist, whatever else is called X, and unknown if they have none."""
        for (first, behind), artist in sorted(self._found.items()):
            artists = [name for name in artist.candidates if name.kind is Kind.ARTIST]
            if first < 2 or not artists or self._words[first - 1].letters != "by":
                continue
            title = self._title_before(first - 1, {key_of(name.name) for name in artists})
            if title is None or not (title[1] or unknown_too):
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


def _free(words: Sequence[Word], taken: Sequence[Span]) -> list[bool]:
    """Of each word whether it is not taken; a span of signs alone takes the word before, so that no name holds it."""
    free = [not any(word.start < end and start < word.end for start, end in taken) for word in words]
    for start, end in taken:
        before = [at for at, word in enumerate(words) if word.start < end]
        if before and words[before[-1]].end <= start:
            free[before[-1]] = False
    return free


def _by(names: Sequence[Name], artist: str) -> list[Name]:
    return [name for name in names if name.kind in TITLES and key_of(name.by) == artist]


def _closeness(things: Sequence[Name], words: str) -> float:
    written = " ".join(words.casefold().split())
    if any(name.name.casefold() == written for name in things):
        return 1.0
    key = key_of(words)
    return _FOLDED if any(key_of(name.name) == key for name in things) else _BARE
