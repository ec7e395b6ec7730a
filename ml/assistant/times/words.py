"""The words of a question as the time grammar sees them: one spelling for each, and where in the text it stands.

Numbers become digits, months and weekdays lose their typos, what stands in quotes is hidden, since a name in quotes is
never a time. Rules match on `Words.line`, where single spaces part the words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from ml.assistant.times.calendar_windows import MONTHS, WEEKDAYS

BREAK = "|"
"""Stands for whatever no time contains."""
LONGEST_QUOTE = 200
"""A quote that does not close within so many characters is an apostrophe."""


def word_set(words: str) -> frozenset[str]:
    """Words that are listed in one text, for lists too long to quote each."""
    return frozenset(words.split())


NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "ninety": 90, "hundred": 100, "dozen": 12, "couple": 2,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
ABBREVIATIONS = {
    **{name[:3]: name for name in MONTHS if name != "may"},
    "sept": "september",
    **{name[:3]: name for name in WEEKDAYS},
    "tues": "tuesday", "thur": "thursday", "thurs": "thursday",
}  # fmt: skip
SPELLINGS = {
    "autum": "autumn", "automn": "autumn", "wensday": "wednesday", "febuary": "february",
    "yesteday": "yesterday", "yesterdays": "yesterday", "todays": "today", "xmas": "christmas", "weeekend": "weekend",
    "fortnights": "fortnight", "midday": "noon", "noontime": "noon", "nighttime": "night", "lunchtime": "lunch",
    "dinnertime": "dinner", "til": "until", "till": "until", "thru": "through", "wknd": "weekend",
    "mos": "months", "mths": "months", "yrs": "years", "wks": "weeks", "yr": "year", "wk": "week",
    "fifties": "50s", "sixties": "60s", "seventies": "70s", "eighties": "80s", "nineties": "90s", "noughties": "2000s",
}  # fmt: skip
NEAR_BUT_MEANT = word_set(
    "avril marco marsh marci marcy marce marcha marche macho larch parch match marcus frida friary sundae sundry "
    "sumday sunda munday mondas augusta auguste angust octobre aprile"
)
"""Words and names one letter from a month or weekday that mean themselves, such as Avril and match."""
_CUES = word_set(
    "in since last this of during until from to and between before after every each on early late mid next "
    "previous for through or vs versus than"
)
"""Beside these a short or misspelt word may be a month or weekday."""
_BEFORE_A_SHORT_YEAR = word_set("in since of until the summer winter spring autumn fall christmas")

_SINGLE_TO_STRAIGHT = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))
_DOUBLE_TO_STRAIGHT = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
_TOKEN = re.compile(
    r"""
    (?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9-]))
    | (?P<iso_week>[0-9]{4}-?w[0-9]{1,2}\b)
    | (?P<iso_month>[0-9]{4}-(?:0[1-9]|1[0-2])(?![0-9-]))
    | (?P<slashed>[0-9]{1,4}(?P<bar>[/.])[0-9]{1,2}(?P=bar)[0-9]{1,4}(?![0-9]))
    | (?P<month_slash_year>(?<![0-9/])(?:0?[1-9]|1[0-2])/[0-9]{4}(?![0-9/]))
    | (?P<clock>[0-9]{1,2}:[0-9]{2}(?![0-9:]))
    | (?P<decade>(?<![\w'])'?(?:[0-9]0|[0-9]{3}0)'?s(?!\w))
    | (?P<short>(?<![\w'])'[0-9]{2}(?!\w))
    | (?P<ordinal>[0-9]{1,2}(?:st|nd|rd|th)\b)
    | (?P<number>[0-9]+)
    | (?P<meridiem>[ap](?:\.\s?m\.?|m)(?!\w))
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    | (?P<dash>[-\u2010-\u2014])
    | (?P<comma>,)
    | (?P<point>\.)
    | (?P<other>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)

_DECADE = re.compile(r"'?(?P<digits>[0-9]{2,4})(?P<apart>'?)s$")


@dataclass(frozen=True)
class Words:
    """The words of a text in one line, and where in the text each begins and ends."""

    text: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    line: str
    offsets: tuple[int, ...]
    """Where in the line each word begins."""
    vocabulary: frozenset[str]
    """Its different words."""

    def index(self, offset: int) -> int:
        """Of the word that begins at an offset of the line, or of the one after it."""
        return bisect_left(self.offsets, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the text that a piece of the line stands for."""
        first, after = self.index(start), self.index(end)
        return self.places[first][0], self.places[after - 1][1]

    def before(self, offset: int, count: int) -> tuple[str, ...]:
        """The words before an offset, nearest last."""
        index = self.index(offset)
        return self.words[max(0, index - count) : index]

    def after(self, offset: int, count: int) -> tuple[str, ...]:
        """The words after a match that ended at an offset."""
        index = self.index(offset)
        return self.words[index : index + count]

    def next_offset(self, offset: int) -> int:
        """Where the word after this one begins, or would."""
        return offset + len(self.words[self.index(offset)]) + 1

    def is_last(self, offset: int) -> bool:
        """Whether nothing but marks and manners follows."""
        return all(word in {BREAK, ".", ",", "-", "please", "thanks"} for word in self.words[self.index(offset) :])


def words_of(text: str) -> Words:
    """Read a text; offsets hold for the text as it was given."""
    straight = text.translate(_SINGLE_TO_STRAIGHT).translate(_DOUBLE_TO_STRAIGHT)
    hidden = _without_quotes(straight)
    found = [(_spelled(match), match.start(), match.end()) for match in _TOKEN.finditer(hidden)]
    words = _with_names_of_months(_with_decades([word for word, _, _ in found]))
    kept = [place for place, word in enumerate(words) if word]
    offsets: list[int] = []
    offset = 0
    for place in kept:
        offsets.append(offset)
        offset += len(words[place]) + 1
    return Words(
        text=text,
        words=tuple(words[place] for place in kept),
        places=tuple(found[place][1:] for place in kept),
        line=" ".join(words[place] for place in kept),
        offsets=tuple(offsets),
        vocabulary=frozenset(words),
    )


def _without_quotes(text: str) -> str:
    """The same length, with a mark that no rule knows in place of what stands in quotes."""
    pieces = list(text)

    def hide(start: int, end: int) -> None:
        pieces[start:end] = BREAK + " " * (end - start - 1)

    for match in re.finditer(r'"[^"]*"', text):
        hide(match.start(), match.end())
    done = 0
    rest = "".join(pieces)
    for opening in re.finditer(r"(?<!\w)'(?=[^\s'])", rest):
        start = opening.start()
        closing = re.compile(r"'(?!\w)").search(rest, start + 1, start + LONGEST_QUOTE)
        if start < done or closing is None or _abbreviates_year(rest, start):
            continue
        done = closing.end()
        hide(start, done)
    return "".join(pieces)


def _abbreviates_year(text: str, apostrophe: int) -> bool:
    """Of the apostrophe in *summer of '24*, unlike that of *'99 Problems'*."""
    if not re.compile(r"'[0-9]{2}s?(?![\w'])").match(text, apostrophe):
        return False
    before = re.compile(r"([^\W\d_]+)\s+$").search(text, max(0, apostrophe - 20), apostrophe)
    if before is None:
        return False
    word = before[1].lower()
    return word in _BEFORE_A_SHORT_YEAR or bool(_month(word))


def _spelled(match: re.Match[str]) -> str:  # noqa: PLR0911  # one for each kind of token
    text = match[0].lower()
    match match.lastgroup:
        case "word":
            return _spelled_word(text)
        case "number":
            # Longer ones are no year, day or count, and int() of thousands of digits is slow.
            return str(int(text)) if len(text) <= 4 else BREAK
        case "ordinal":
            return f"{int(text[:-2])}th"
        case "meridiem":
            return text[0] + "m"
        case "decade":
            return text
        case "dash":
            return "-"
        case "other":
            return "/" if text == "/" else BREAK
        case _:
            return text


def _spelled_word(text: str) -> str:
    word = text.removesuffix("'s")
    if word in NUMBERS:
        return str(NUMBERS[word])
    if word in ORDINALS:
        return f"{ORDINALS[word]}th"
    return SPELLINGS.get(word, word.replace("'", ""))


def _with_decades(words: list[str]) -> list[str]:
    """*The 2010's* are a decade, *2020's top song* is of a year."""
    spelled: list[str] = []
    for word in words:
        decade = _DECADE.match(word)
        if decade is None:
            spelled.append(word)
        else:
            digits = decade["digits"]
            is_year = bool(decade["apart"]) and len(digits) == 4 and digits >= "2000" and spelled[-1:] != ["the"]
            spelled.append(digits if is_year else digits + "s")
    return spelled


def _with_names_of_months(words: list[str]) -> list[str]:
    """Short and misspelt months and weekdays in full, where a word or number beside them says that one is meant."""
    spelled = list(words)
    for place, word in enumerate(words):
        full = _month(word) if word.isalpha() and word not in MONTHS and word not in WEEKDAYS else ""
        if not full:
            continue
        left = spelled[place - 1] if place else ""
        right = words[place + 1] if place + 1 < len(words) else ""
        has_point = right == "." and place + 2 < len(words) and words[place + 2][:1].isdigit()
        if left in _CUES or _is_number(left) or _is_number(right) or has_point:
            spelled[place] = full
            if has_point:
                spelled[place + 1] = ""
    return spelled


def _is_number(word: str) -> bool:
    return word.removesuffix("th").isdigit() or (word[:1] == "'" and word[1:].isdigit())


def _month(word: str) -> str:
    """The month or weekday that a word stands for, if any: whole, short, or one slip of the keys away."""
    if word in MONTHS or word in WEEKDAYS:
        return word
    if word in ABBREVIATIONS:
        return ABBREVIATIONS[word]
    if len(word) < 5 or word in NEAR_BUT_MEANT or word.removesuffix("s") in (*MONTHS, *WEEKDAYS):
        return ""
    near = [name for name in (*MONTHS, *WEEKDAYS) if len(name) >= 5 and _is_one_slip_away(word, name)]
    return near[0] if len(near) == 1 else ""


def _is_one_slip_away(word: str, name: str) -> bool:
    """One letter too many, too few or wrong, or two neighbours swapped."""
    if abs(len(word) - len(name)) > 1 or word == name:
        return False
    same = next((place for place, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), None)
    if same is None:
        return True
    rest, of_name = word[same:], name[same:]
    swapped = len(rest) > 1 and rest[:2] == of_name[1::-1] and rest[2:] == of_name[2:]
    return swapped or rest[1:] in {of_name[1:], of_name} or rest == of_name[1:]
