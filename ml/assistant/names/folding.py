"""How names and questions are spelt alike: words without case, accents and punctuation, joined to one key.

`AC/DC`, `ac dc` and `acdc` have one key, and so have `P!nk` and `pink`, `Guns N' Roses` and `guns and roses`, `The
Beatles` and `beatles`. Names and questions go through the same function, so what is folded away is folded away in both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# One character each, so that places in the text stay what they are.
_STRAIGHT = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc`\u00b4", "'"))
_WORD = re.compile(r"[&+]|(?:[^\W_]|\$)(?:[^\W_]|\$|['!](?=[^\W_]|\$))*|[^\w\s]+")
_PLAIN = re.compile(r"[a-z0-9 '.,:;/()\[\]?\"#*-]+", re.ASCII)
_SPACED = str.maketrans(dict.fromkeys('.,:;/()[]?"#*-', " ") | {"'": ""})
_ANDS = frozenset({"&", "+"})
# Letters that no normal form takes apart.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
        "ŋ": "n",
        "_": "",
    }
)
_SIGNS = str.maketrans({"!": "i", "$": "s", "'": ""})
_BRACKETS = re.compile(r"[([{][^()[\]{}]*[)\]}]?")
_BEHIND_DASH = re.compile(r"\s[-\u2013\u2014]\s.*$", re.DOTALL)
_MAY_BE_LONGER = re.compile(r"[([{]|\s(?:[-\u2013\u2014]|f)", re.IGNORECASE)
_GUESTS = re.compile(r"\s(?:feat\.?|ft\.|featuring)\s.*$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"'s$|s'$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, and its letters."""

    start: int
    end: int
    letters: str
    """Folded; of what has no letters, such as `!!!`, the signs themselves."""
    owner: str = ""
    """Without the `'s` of `radiohead's` and the `'` of `the doors'`; empty where there is none."""
    is_sign: bool = False


def words_of(text: str) -> list[Word]:
    """The words of a text in order; signs only where no letter touches them."""
    straight = text.translate(_STRAIGHT)
    return [word for match in _WORD.finditer(straight) if (word := _word(straight, match)) is not None]


def key_of(name: str) -> str:
    """What a name is found by: empty only of what is blank."""
    lowered = name.strip().lower().replace(" & ", " and ")
    # Nine names of ten; what comes out is the same as of the long way.
    if _PLAIN.fullmatch(lowered) and "'n'" not in lowered:
        letters = lowered.translate(_SPACED).split()
        if "n" in letters:
            letters = [_and(word) for word in letters]
    else:
        letters = _letters_of(name)
    if not letters:
        return "".join(name.casefold().split())
    return "".join(letters[1:] if len(letters) > 1 and letters[0] == "the" else letters)


def bare_title(name: str) -> str:
    """A title without what stands in brackets or behind a dash: `Song (feat. X) - Live` is `Song`."""
    if not _MAY_BE_LONGER.search(name):
        return name
    bare = _BEHIND_DASH.sub("", _BRACKETS.sub(" ", name))
    return _GUESTS.sub("", bare).strip() or name


def _letters_of(name: str) -> list[str]:
    written: list[str] = _WORD.findall(name.translate(_STRAIGHT))
    # `niko+` ends with no `and`.
    while written and written[-1] in _ANDS:
        del written[-1]
    while written and written[0] in _ANDS:
        del written[0]
    return [letters for word in written if (letters := "and" if word in _ANDS else _and(folded(word)))]


def _word(text: str, match: re.Match[str]) -> Word | None:
    start, end = match.span()
    written = match.group()
    if written in _ANDS:
        return Word(start, end, "and")
    letters = folded(written)
    if not letters:
        alone = (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())
        return Word(start, end, written.casefold(), is_sign=True) if alone else None
    if not written.endswith("'s") and text[end : end + 1] == "'" and written[-1:] in "sSxXzZ":
        return Word(start, end + 1, _and(letters), owner=letters)
    without = _POSSESSIVE.sub("", written)
    return Word(start, end, _and(letters), owner=folded(without) if without != written and without else "")


def folded(word: str) -> str:
    """The letters and digits of one word, `$` and `!` between letters as the letters that they stand for."""
    plain = word.casefold().replace("'n'", "and").translate(_SIGNS)
    if plain.isascii():
        return "".join(filter(str.isalnum, plain))
    apart = unicodedata.normalize("NFKD", plain.translate(_LETTERS)).casefold().translate(_LETTERS)
    return "".join(filter(str.isalnum, apart))


def _and(word: str) -> str:
    return "and" if word == "n" else word
