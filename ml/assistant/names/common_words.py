"""How much must speak for words to be a name, and when a word with a typo is one of the question's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ml.assistant.names.folding import Word, words_of
from ml.assistant.names.meant import TITLES, Name
from ml.assistant.names.near import typos_allowed, typos_between
from ml.assistant.names.question_words import FREE, OFTEN_MISSPELT, ORDINARY, STRUCTURE, TIME, TURNS_OF_PHRASE, reserve
from ml.assistant.query import Kind

_INITIALS = 2
"""Letters that may stand alone in a question; more in a row are a name, `r.e.m.`"""


def needed(words: Sequence[Word], name: Name) -> int:
    """How much must speak for these words to be this name."""
    letters = [word.owner or word.letters for word in words]
    has_article = letters[0] == "the" and len(letters) > 1
    if "".join(letters).removeprefix("the") in TURNS_OF_PHRASE:
        return STRUCTURE
    own = letters[1:] if has_article and not name.name.lower().startswith("the ") else letters
    steps = [max(reserve(word), ORDINARY * words[0].is_sign) for word in own]
    if name.kind in (Kind.GENRE, Kind.FAMILY):
        return FREE if len(own) > 1 else min(steps[0], TIME)
    if len(own) > _INITIALS and all(len(word) == 1 for word in own):
        return FREE
    if len(own) == 1:
        return max(steps[0], ORDINARY if name.kind in TITLES else FREE)
    is_artist = name.kind is Kind.ARTIST
    if min(steps) == FREE:
        # `I Found`, `My Girl`: half of it holds sentences together.
        return ORDINARY if len(own) == 2 and max(steps) == STRUCTURE and not is_artist else FREE
    return ORDINARY if is_artist or len(own) > 2 or min(steps) == ORDINARY else TIME


def has_edges(name: Name, words: Sequence[Word]) -> bool:
    """Whether the name too has what holds questions together at its ends: `free fall in` is no `Free Fallin`."""
    edges = {word.letters for word in (words[0], words[-1]) if reserve(word.letters) == STRUCTURE}
    held = {letters for letters in edges if len(letters) > 1 or letters in {"i", "a"}}
    return not held or held <= {word.letters for word in words_of(name.name)}


def is_common_word(name: Name) -> bool:
    words = words_of(name.name)
    return len(words) == 1 and reserve(words[0].letters) > ORDINARY


@lru_cache(maxsize=1024)
def is_misspelt_question(key: str) -> bool:
    """Whether a common word of questions is as near as a name can be: `monht`, `lisened`."""
    most = typos_allowed(len(key))
    return any(typos_between(key, word, most) <= most for word in OFTEN_MISSPELT if abs(len(word) - len(key)) <= most)
