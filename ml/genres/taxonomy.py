"""What kind of music a genre is: any string a service, a catalogue or a listener wrote, to its parent and its family.

The names and their tree come as rows (the dbt seeds genre_taxonomy and genre_aliases); here are the rules by which a
string that is in neither still finds its place. How artists come by genres is in artists.py and evidence.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

OTHER = "other"
"""The family of what is no genre, or none that is known."""
MatchedBy = Literal["exact", "alias", "suffix", "keyword", "other"]

# The last word of a genre may be written together with what it follows: "deutschrock", "jazzcore". The longest decides.
ENDINGS: Mapping[str, str] = {
    "beats": "beats",
    "billy": "rockabilly",
    "core": "hardcore punk",
    "dance": "dance",
    "folk": "folk",
    "funk": "funk",
    "gaze": "shoegaze",
    "grass": "bluegrass",
    "grind": "grindcore",
    "hop": "hip hop",
    "house": "house",
    "jazz": "jazz",
    "metal": "metal",
    "pop": "pop",
    "punk": "punk",
    "rap": "rap",
    "reggae": "reggae",
    "rock": "rock",
    "soul": "soul",
    "step": "dubstep",
    "techno": "techno",
    "ton": "reggaeton",
    "trance": "trance",
    "trap": "trap",
    "tronica": "electronica",
    "wave": "electronic",
}
SHORTEST_STEM = 3
"""Letters before such an ending: "strap" is no rap."""
# Words that follow a genre without changing it.
TRAILING = frozenset(
    {
        "artists", "bands", "classics", "genre", "hits", "legends", "mix", "music", "musica", "musik", "musique",
        "playlist", "radio", "revival", "scene", "songs", "sound", "sounds", "style", "tunes", "underground", "vibes",
    }
)  # fmt: skip
# Names of genres that mean something else within longer strings.
NO_KEYWORDS = frozenset(
    {
        "acid", "alternative", "beat", "beats", "canon", "chant", "chill", "classic", "club", "dance", "drama", "east",
        "euro", "focus", "goa", "hard", "house", "indigenous", "island", "jit", "la", "latin", "light", "mass",
        "medicine", "minimal", "mod", "modern", "nature", "new", "news", "opera", "polo", "progressive", "quiet",
        "rage", "rom", "romantic", "score", "slide", "son", "song", "spiritual", "standards", "string", "suite",
        "theme", "traditional", "tribal", "twist", "urban", "vintage", "vocal", "water", "wave", "weld", "western",
        "wood", "world",
    }
)  # fmt: skip


class Node(NamedTuple):
    """A genre of the taxonomy; a family is its own parent."""

    genre: str
    parent: str
    family: str


@dataclass(frozen=True)
class Match:
    """What a string was taken for: `genre` is the taxonomy's name of it, for `other` the string as it was asked for."""

    genre: str
    parent: str
    family: str
    matched_by: MatchedBy


class Taxonomy:
    """The tree of genres. Answers are kept: the same strings are asked for again and again."""

    def __init__(self, rows: Iterable[tuple[str, str, str]], aliases: Iterable[tuple[str, str]] = ()) -> None:
        """Args:
        rows: genre, parent and family of every genre; both of them are genres of the taxonomy too.
        aliases: another way to write a genre, and that genre.

        Raises:
            ValueError: an alias stands for a genre that is not among the rows, or a parent is not.
        """
        nodes = [Node(*row) for row in rows]
        self._nodes = {node.genre: node for node in nodes}
        for node in nodes:
            if node.parent not in self._nodes or node.family not in self._nodes:
                raise ValueError(f"genre {node.genre!r}: parent {node.parent!r} or family {node.family!r} is missing")
        self._by_spelling = _by_spelling((node.genre, node) for node in nodes)
        told = [(alias, genre) for alias, genre in aliases]
        for alias, genre in told:
            if genre not in self._nodes:
                raise ValueError(f"alias {alias!r}: genre {genre!r} is missing")
        self._by_alias = _by_spelling((alias, self._nodes[genre]) for alias, genre in told)
        self._by_ending = {ending: self._nodes[genre] for ending, genre in ENDINGS.items() if genre in self._nodes}
        self._answers: dict[str, Match] = {}

    @property
    def all_families(self) -> list[str]:
        """Every family there is, `other` among them, in alphabetical order."""
        return sorted({node.family for node in self._nodes.values()} | {OTHER})

    def match(self, genre: str) -> Match:
        """The place of any string: the first rule that finds one decides, and says which it was."""
        answer = self._answers.get(genre)
        if answer is None:
            answer = self._answers[genre] = self._find(genre)
        return answer

    def families(self, genres: Sequence[str]) -> list[str]:
        """The family of each."""
        return [self.match(genre).family for genre in genres]

    def _find(self, genre: str) -> Match:
        words = spelling(genre).split()
        while len(words) > 1 and words[-1] in TRAILING and not self._known(words):
            words.pop()
        for found, matched_by in (
            (self._named(words, self._by_spelling), "exact"),
            (self._named(words, self._by_alias), "alias"),
            (self._by_last_words(words), "suffix"),
            (self._by_any_words(words), "keyword"),
        ):
            if found is not None:
                return Match(found.genre, found.parent, found.family, matched_by)
        return Match(genre, OTHER, OTHER, "other")

    def _known(self, words: Sequence[str]) -> Node | None:
        return self._named(words, self._by_spelling) or self._named(words, self._by_alias)

    @staticmethod
    def _named(words: Sequence[str], names: Mapping[str, Node]) -> Node | None:
        """By these very words, however they are set apart, and in the singular."""
        joined = "".join(words)
        return names.get(joined) or (names.get(joined.removesuffix("s")) if len(joined) > 4 else None)

    def _by_last_words(self, words: Sequence[str]) -> Node | None:
        """By as many of the last words as are a genre: of `swedish indie rock` these are `indie rock`."""
        for first in range(1, len(words)):
            found = self._known(words[first:])
            if found is not None:
                return found
        for length in range(len(words[-1]) - SHORTEST_STEM, 1, -1) if words else ():
            found = self._by_ending.get(words[-1][-length:])
            if found is not None:
                return found
        return None

    def _by_any_words(self, words: Sequence[str]) -> Node | None:
        """By the most words in a row that are a genre, of as many the last: `rock en español`, `cumbia pop`."""
        for length in range(len(words) - 1, 0, -1):
            for first in range(len(words) - length, -1, -1):
                part = words[first : first + length]
                if length == 1 and part[0] in NO_KEYWORDS:
                    continue
                found = self._known(part)
                if found is not None:
                    return found
        return None


def spelling(genre: str) -> str:
    """Words in lower case without accents and punctuation, `&`, `n` and `+` as `and`: `Drum & Bass`, `drum'n'bass`."""
    letters = unicodedata.normalize("NFKD", genre.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    spaced = re.sub(r"[^\w&+]|_", " ", plain.replace("'s", "s"))
    return re.sub(r"\s*[&+]\s*|\s+n\s+", " and ", spaced).strip()


def _by_spelling(named: Iterable[tuple[str, Node]]) -> dict[str, Node]:
    """By the spelling without spaces; of two names that are spelt alike the first counts."""
    found: dict[str, Node] = {}
    for name, node in named:
        found.setdefault(spelling(name).replace(" ", ""), node)
    return found
