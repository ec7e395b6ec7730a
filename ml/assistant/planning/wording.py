"""The text of a question made plain, before anything is looked for in it.

Offsets of everything found later refer to the plain text. What is too long or not text is refused here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ml.errors import MlError

LONGEST_QUESTION = 400
"""Characters; the longest question of the question set has a quarter of that."""
_SINGLE, _DOUBLE = "\u2018\u2019\u201a\u0060\u00b4", "\u201c\u201d\u201e\u00ab\u00bb"
_QUOTES = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"')})
_SIGNS = (
    ("i'd like to know", " "),
    ("i would like to know", " "),
    ("i'd like to see", " "),
    ("i want to know", " "),
    ("%", " percent "),
    ("vs.", "vs"),
    ("#1", "number one"),
    ("no. 1", "number one"),
    ("no.1", "number one"),
    ("no1", "number one"),
    ("nr 1", "number one"),
    ("w/o", "without"),
    ("&amp;", "&"),
)
"""Signs that stand for words."""
_SPACE = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class UnreadableError(MlError):
    """The text is no question that could be read."""


def plain(question: str) -> str:
    """The question in one line of lower case with straight quotes.

    Raises:
        UnreadableError: it is empty, too long, or holds characters that no question has.
    """
    if len(question) > LONGEST_QUESTION:
        raise UnreadableError(f"a question has at most {LONGEST_QUESTION} characters, this one has {len(question):,}")
    text = unicodedata.normalize("NFKC", question).translate(_QUOTES)
    if any(
        unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and not character.isspace() for character in text
    ):
        raise UnreadableError("the question holds control characters")
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    lowered = "".join(character.lower() if len(character.lower()) == 1 else character for character in text)
    for sign, words in _SIGNS:
        lowered = lowered.replace(sign, words)
    lowered = _SPACE.sub(" ", lowered).strip()
    if not WORD.search(lowered):
        raise UnreadableError("there is no question")
    return lowered


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these pieces blank, every other character where it was."""
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
