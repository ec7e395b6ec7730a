"""What kind of music a genre is: any string a service, a catalogue or a listener wrote, to its parent and its family.

The names and their tree come as rows (the dbt seeds genre_taxonomy and genre_aliases); here are the rules by which a
string that is in neither still finds its place. How artists come by genres is in artists.py and evidence.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# How, where or by whom it is played: within a longer string they say what it is if nothing else does.
FAINT = frozenset(
    {
        "acoustic", "afghan", "african", "alternative", "arab", "arabic", "armenian", "azerbaijani", "ballad",
        "ballads", "bass", "bengali", "boogie", "brazilian", "cappella", "cello", "choir", "club", "comedy", "dance",
        "drums", "easy", "egyptian", "ensemble", "ethiopian", "fiddle", "flute", "garage", "georgian", "greek",
        "guitar", "haitian", "harp", "hawaiian", "healing", "hebrew", "hollywood", "indian", "instrumental",
        "iranian", "israeli", "jewish", "kurdish", "latin", "lounge", "malian", "nepali", "nightcore", "opera",
        "orchestra", "organ", "pakistani", "persian", "piano", "punjabi", "quartet", "quintet", "remix", "riddim",
        "saxophone", "scottish", "sleep", "standards", "theme", "traditional", "trio", "tropical", "trumpet",
        "turkish", "twist", "violin", "vocal", "voices", "wave",
    }
)  # fmt: skip
# Names of genres that mean something else within longer strings: no `lay me down to sleep`, no `best in the world`.
AMBIGUOUS = frozenset(
    {
        "abstract", "acid", "angolan", "atmosphere", "baby", "bard", "beat", "beats", "bible", "birthday", "black",
        "blackened", "calm", "canon", "cartoon", "catholic", "chant", "child", "children", "childrens", "chill",
        "christian", "church", "cinematic", "classic", "comic", "composer", "concerto", "conductor", "conscious",
        "contemporary", "cowboy", "cuatro", "dark", "death", "dialogue", "disney", "dj", "doom", "drama", "early",
        "east", "easter", "ecstatic", "education", "enfants", "erotic", "euro", "film", "films", "focus",
        "frequencies", "full", "funky", "funny", "gaze", "ghetto", "goa", "goth", "gothic", "gulf", "hard", "harsh",
        "heavy", "highland", "history", "holiday", "humor", "humorous", "humour", "idol", "independent", "indigenous",
        "interview", "island", "jit", "jul", "kid", "kids", "kinder", "la", "legend", "lied", "light", "literature",
        "mango", "mantra", "marches", "mashup", "mass", "medical", "medicine", "meditative", "military", "minimal",
        "mix", "mod", "modal", "modern", "motivation", "movie", "native", "nature", "noel", "nordic", "ocean",
        "outsider", "pacific", "pagan", "pirate", "poet", "political", "politics", "polo", "popular", "portuguese",
        "post", "power", "praise", "progressive", "promotional", "quiet", "rage", "rain", "raw", "reading", "reel",
        "relax", "relaxed", "relaxing", "religious", "ritual", "rom", "romantic", "russian", "sad", "saya", "score",
        "screw", "serial", "show", "skald", "sleeping", "slide", "snap", "son", "song", "soothing", "spiritual",
        "spoken", "spooky", "sport", "star", "stoner", "story", "street", "string", "study", "suite", "swinging",
        "talk", "technical", "theater", "theatre", "therapy", "true", "tumba", "urban", "various", "vintage",
        "visual", "water", "weld", "western", "winter", "wonky", "wood", "world", "zen",
    }
)  # fmt: skip
LONGEST = 6
"""Words: what is longer is a sentence with a genre in it."""


class Node(NamedTuple):
    """A genre of the taxonomy; a family is its own parent."""

    genre: str
    parent: str
    family: str


@dataclass(frozen=True)
class Match:
    """The place of a string. A genre that only rules place has the genre that they found in it as its parent."""

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
            ValueError: a parent, a family or the genre of an alias is not among the rows.
        """
        nodes = {row[0]: Node(*row) for row in rows}
        told = list(aliases)
        wanted = {name for node in nodes.values() for name in (node.parent, node.family)} | {name for _, name in told}
        if missing := sorted(wanted - nodes.keys()):
            raise ValueError(f"the taxonomy of genres names genres that have no row: {', '.join(missing)}")
        self._by_spelling = _by_spelling(nodes.items())
        self._by_alias = _by_spelling((alias, nodes[name]) for alias, name in told)
        self._by_ending = {ending: nodes[name] for ending, name in ENDINGS.items() if name in nodes}
        self._families = sorted({node.family for node in nodes.values()} | {OTHER})
        self._answers: dict[str, Match] = {}

    @property
    def all_families(self) -> list[str]:
        """Every family there is, `other` among them, in alphabetical order."""
        return list(self._families)

    def match(self, genre: str) -> Match:
        """The place of any string: the first rule that finds one decides, and says which it was."""
        answer = self._answers.get(genre)
        if answer is None:
            answer = self._answers[genre] = self._place(genre)
        return answer

    def families(self, genres: Sequence[str]) -> list[str]:
        """The family of each."""
        return [self.match(genre).family for genre in genres]

    def named(self, genre: str) -> str | None:
        """The genre of the taxonomy that these very words are, or another way to write."""
        found = self._known(spelling(genre).split())
        return None if found is None else found.genre

    def _place(self, genre: str) -> Match:
        found, matched_by = self._find(genre)
        if found is None:
            return Match(genre, OTHER, OTHER, "other")
        is_itself = matched_by in {"exact", "alias"}
        return Match(genre, found.parent if is_itself else found.genre, found.family, matched_by)

    def _find(self, genre: str) -> tuple[Node | None, MatchedBy]:
        for found, matched_by in self._attempts(genre):
            if found is not None:
                return found, matched_by
        return None, "other"

    def _attempts(self, genre: str) -> Iterator[tuple[Node | None, MatchedBy]]:
        """Each rule is tried only where those before it found nothing."""
        words = spelling(genre).split()
        yield self._named(words, self._by_spelling), "exact"
        yield self._named(words, self._by_alias), "alias"
        yield self._first_of_several(genre), "keyword"
        yield self._by_last_words(words), "suffix"
        yield self._by_any_words(words), "keyword"
        if words and words[-1] in FAINT:
            yield self._known(words[-1:]), "suffix"

    def _known(self, words: Sequence[str]) -> Node | None:
        return self._named(words, self._by_spelling) or self._named(words, self._by_alias)

    @staticmethod
    def _named(words: Sequence[str], names: Mapping[str, Node]) -> Node | None:
        """By these very words, however they are set apart, and in the singular."""
        joined = "".join(words)
        return names.get(joined) or (names.get(joined.removesuffix("s")) if len(joined) > 4 else None)

    def _first_of_several(self, genre: str) -> Node | None:
        """By the first that is a genre where several are named: `Folk, World, & Country`."""
        parts = re.split(r"[,;/|]", genre)
        found = (self._find(part)[0] for part in parts) if len(parts) > 1 else ()
        return next((node for node in found if node is not None), None)

    def _by_last_words(self, words: Sequence[str]) -> Node | None:
        """By as many of the last words as are a genre: of `swedish indie rock` these are `indie rock`."""
        for first in range(1, len(words)):
            found = self._telling(words[first:])
            if found is not None:
                return found
        if len(words) > 1 and words[-1] in TRAILING:
            return self._known(words[:-1]) or self._by_last_words(words[:-1])
        last = words[-1] if words else ""
        endings = (last[-length:] for length in range(len(last) - SHORTEST_STEM, 1, -1))
        return next((self._by_ending[ending] for ending in endings if ending in self._by_ending), None)

    def _by_any_words(self, words: Sequence[str]) -> Node | None:
        """By the most words in a row that are a genre, of as many the last: `rock en español`."""
        if len(words) > LONGEST:
            return None
        parts = (words[at : at + n] for n in range(len(words) - 1, 0, -1) for at in range(len(words) - n, -1, -1))
        return next((found for part in parts if (found := self._telling(part)) is not None), None)

    def _telling(self, words: Sequence[str]) -> Node | None:
        """A genre that is meant by these words wherever they stand in a longer string."""
        if len(words) == 1 and {words[0], words[0].removesuffix("s")} & (AMBIGUOUS | FAINT):
            return None
        return self._known(words)


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
