"""Decoding of JSON values so that none is changed silently, and walks over what was decoded.

It stands on the standard library's decoder, since ijson's C backend is killed for memory by a million nested
brackets, writes `?` over a lone surrogate, and gives up the rest of the file at an integer over 64 bits.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

# The records are flat. A small limit also keeps every later walk and dump far from Python's own limit.
MAX_DEPTH = 16

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)
_CLOSING = frozenset('}]"')
_FOLLOWING = frozenset(",]} \t\n\r")


@dataclass(frozen=True)
class Unreadable:
    """Stands in place of a value that the decoder would have changed silently or could not hold."""

    reason: str
    """`too_deep`, `duplicate_field`, `wrong_type`; of what is read by lines also `damaged_…` and `too_long`."""
    found: str


class NeedsMoreTextError(Exception):
    """The text ends before the value does, or the value is damaged: more text tells which."""


def decode(text: str) -> object:
    """The one JSON value that `text` is; `Unreadable` (`damaged_json`) when it is none.

    Objects are dicts, numbers are int (64 bits) or finite float. A repeated key, a number out of range, NaN and
    nesting too deep to decode are `Unreadable` where they stand.
    """
    try:
        value, end = decode_at(text, 0, at_end=True)
    except NeedsMoreTextError as error:
        return Unreadable("damaged_json", f"text that is no JSON ({error})")
    if end_of_whitespace(text, end) < len(text):
        return Unreadable("damaged_json", f"more text after character {end} of the record")
    return value


def decode_at(text: str, start: int, *, at_end: bool) -> tuple[object, int]:
    """The value that begins at `start`, as `decode` gives it, and where it ends.

    Raises NeedsMoreTextError when the text shows no whole value; `at_end` says that there is no more.
    """
    start = end_of_whitespace(text, start)
    value, end = _decode(text, start)
    # Only a bracket, a quote or what follows shows that an item is whole: 12 | 34 might be one number.
    if not at_end and text[end - 1] not in _CLOSING and text[end : end + 1] not in _FOLLOWING:
        raise NeedsMoreTextError(f"expected `,` or `]` at character {end - start} of the record")
    return value, end


def first_unreadable(value: object) -> Unreadable | None:
    """The first `Unreadable` inside `value`, nesting over MAX_DEPTH included; None when all of it is sound."""
    pending: list[tuple[object, int]] = [(value, 0)]
    while pending:
        current, depth = pending.pop()
        if isinstance(current, Unreadable):
            return current
        children = _children(current)
        if children is not None and depth >= MAX_DEPTH:
            return Unreadable("too_deep", f"nesting over {MAX_DEPTH} levels")
        pending.extend((child, depth + 1) for child in children or ())
    return None


def strings_in(value: object) -> Iterator[str]:
    """Every string inside `value`, the names of fields included."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict):
            yield from cast("dict[str, object]", current)
        pending.extend(_children(current) or ())


def _children(value: object) -> Iterable[object] | None:
    """What an object or an array holds; None for anything else."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else None


def _decode(text: str, start: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:].removesuffix(": ").removesuffix(" at")
        raise NeedsMoreTextError(f"{what} at character {error.pos - start} of the record") from error
    except RecursionError:
        return Unreadable("too_deep", f"nesting over {MAX_DEPTH} levels"), _end_of_nested(text, start)


def _end_of_nested(text: str, start: int) -> int:
    """Where the object or array that begins at `start` ends, counted by brackets outside strings."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, start):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
            if depth == 0:
                return token.end()
        elif token[0] == '"':
            break
    raise NeedsMoreTextError("a nested value does not end")


def end_of_whitespace(text: str, start: int) -> int:
    """Where the first character that is not white space stands, from `start` on."""
    return match.end() if (match := _WHITESPACE.match(text, start)) else start


def _object(pairs: list[tuple[str, object]]) -> object:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    names = [name for name, _ in pairs]
    repeated = next(name for name in names if names.count(name) > 1)
    return Unreadable("duplicate_field", f"field {repeated[:40]!a} more than once")


def _integer(digits: str) -> object:
    # 20 characters hold any 64-bit integer; int() itself refuses more than 4300 digits.
    if len(digits) <= 20 and -(2**63) <= (value := int(digits)) < 2**63:
        return value
    return Unreadable("wrong_type", "an integer over 64 bits")


def _number(digits: str) -> object:
    value = float(digits)
    return value if math.isfinite(value) else Unreadable("wrong_type", "a number out of range")


def _constant(name: str) -> object:
    return Unreadable("wrong_type", name)


# strict=False accepts raw control characters inside strings, so that they cost one record and not the rest.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant, strict=False
)
