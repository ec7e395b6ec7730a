"""Whether words without a preposition are a time, or the name of a song: `1999`, `Yesterday`, `Last Christmas`."""

from __future__ import annotations

import re

from ml.assistant.times.readings import Place, Reading
from ml.assistant.times.words import word_set

_PREPOSITIONS = word_set(
    "in on at of for from since until before after during between by over within through throughout every each "
    "per any across back about around ever up out released that which prior anytime following starting"
)
"""Words that open a time: a reading that begins with one is taken as it is."""
_NAMED = re.compile(r"(?:called|named|titled|the (?:song|track|tune|album|record|artist|band|singer|group)) $")
_PLAYED = re.compile(
    r"(?:play|plays|played|playing|hear|heard|hearing|(?:listen|listened|listening) to|similar to|songs? like) $"
)
_ASKS_OF_A_NAME = re.compile(
    r"(?:and |so |hey )?"
    r"(?:how (?:often|many times|frequently|much)|when (?:did|was)|have i|did i|where does|is|recommend|similar)\b"
)
_FOLLOW_UP = word_set("and or what about how then now but so ok okay vs versus than compared with to for in on also")
_COMPARING = word_set(
    "compare compared compares comparing comparison versus vs difference differ differs different than against more "
    "less better or"
)
_COMPARED_WITH = word_set("vs versus than to with and or compare comparing against between")
_AFTER_THE_END = word_set("per vs versus compared or and on in at for from with than against so broken grouped split")
_NOT_BEFORE_A_NUMBER = word_set("the by like top best a an number only rank")
_GROUPED = re.compile(
    r"by (?:the )?(?:artist|track|song|album|genre|family|month|week|day|date|hour|year|quarter|season|weekday"
    r"|source|platform|decade|plays|minutes|time|number|play|country|hours)"
)


def stands_free(place: Place, reading: Reading) -> bool:
    """Whether a reading is a time where it stands."""
    line = place.line
    if place.first_word in _PREPOSITIONS:
        return reading.bare != "never"
    left = line[max(0, place.offset - 40) : place.offset]
    if _NAMED.search(left) or _is_played_by_name(place, reading, left):
        return False
    if reading.bare == "free":
        return True
    return _is_compared(place, reading) or (
        _is_alone(place, reading) if reading.bare == "alone" else _is_at_end(place, reading)
    )


def _is_played_by_name(place: Place, reading: Reading, left: str) -> bool:
    """*How often did I play yesterday*, *play 1999 by Prince*, unlike *what did I play yesterday*."""
    if not _PLAYED.search(left):
        return False
    is_by = place.words.after(reading.end + 1, 1) == ("by",) and not _GROUPED.match(place.line, reading.end + 1)
    if _ASKS_OF_A_NAME.match(place.line):
        return place.words.is_last(reading.end + 1) or is_by
    return is_by and not re.match(r"(?:what|which|who|show|list)\b", place.line)


def _is_alone(place: Place, reading: Reading) -> bool:
    before = place.words.before(place.offset, 5)
    after = place.words.after(reading.end + 1, 1)
    if not before and reading.filters and after and after[0] in _PREPOSITIONS:
        return True
    return len(before) < 5 and set(before) <= _FOLLOW_UP and place.words.is_last(reading.end + 1)


def _is_at_end(place: Place, reading: Reading) -> bool:
    before = place.words.before(place.offset, 1)
    if before and (before[0] in _NOT_BEFORE_A_NUMBER or before[0] == "to"):
        return False
    after = place.words.after(reading.end + 1, 1)
    return (
        place.words.is_last(reading.end + 1)
        or after[0] in {"|", ",", "."}
        or after[0] in _AFTER_THE_END
        or _GROUPED.match(place.line, reading.end + 1) is not None
    ) and not _PLAYED.search(place.line[max(0, place.offset - 40) : place.offset])


def _is_compared(place: Place, reading: Reading) -> bool:
    """One of two times that a question sets side by side."""
    if not _COMPARING & place.words.vocabulary:
        return False
    before = place.words.before(place.offset, 1)
    after = place.words.after(reading.end + 1, 1)
    return bool(_COMPARED_WITH & {*before}) or bool({"vs", "versus", "against"} & {*after})
