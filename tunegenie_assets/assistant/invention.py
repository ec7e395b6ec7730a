"""What a text tells that the answer it is about does not have: figures, numbers in words, and names.

A name is a word with a capital letter. Words that begin sentences have one, too, so a few that name nothing are let
pass there; any other is held against the answer.
"""

from __future__ import annotations

import re

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;]\s+|\n)[\"'(\u201c]*$")
_NUMBERS = frozenset(
    {
        "zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
        "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands",
        "million", "millions", "billion", "dozen", "dozens", "twice", "thrice", "double", "triple", "half", "third",
        "thirds", "quarter", "second", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "one",
        "once", "none", "both",
    }
)  # fmt: skip
_OPENING = frozenset(
    {
        "a", "all", "altogether", "among", "and", "as", "at", "between", "by", "during", "each", "for", "from",
        "here", "however", "i", "in", "it", "it's", "its", "my", "no", "nothing", "of", "on", "over", "since", "so",
        "that", "the", "then", "there", "these", "they", "this", "those", "to", "until", "while", "with", "within",
        "you", "you've", "your",
    }
)  # fmt: skip


def invented(text: str, answer: str) -> tuple[str, ...]:
    """What of a text does not stand in the answer, in the order of the text."""
    figures = set(_FIGURE.findall(_plain(answer)))
    words = {_bare(word) for word in _WORD.findall(answer)}
    found = [figure for figure in _FIGURE.findall(_plain(text)) if figure not in figures]
    for word in _WORD.finditer(text):
        if word[0].isdigit() or _bare(word[0]) in words:
            continue
        is_opening = word[0].casefold() in _OPENING and _BEGINS.search(text[: word.start()]) is not None
        is_name = word[0] != word[0].lower() and not is_opening and word[0] != "I"
        if is_name or word[0].casefold() in _NUMBERS:
            found.append(word[0])
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    return _THOUSANDS.sub("", text)


def _bare(word: str) -> str:
    """Without the sign of what somebody owns: Somebody's."""
    return word.casefold().replace("\u2019", "'").removesuffix("'s")
