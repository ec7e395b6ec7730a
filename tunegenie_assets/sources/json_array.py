"""A streaming reader of one JSON array, at the top or under a field: memory holds a window of the text.

Knows JSON and its damage, no format of listening history. It stands on the standard library's decoder, since
ijson's C backend is killed for memory by a million nested brackets, writes `?` over a lone surrogate, and gives
up the rest of the file at an integer over 64 bits.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from tunegenie_assets.sources.errors import SourceError

READ_BYTES = 1 << 18
# A record of listening history is about 1 kB; an item a thousand times that is damage, such as a lost quote.
MAX_ITEM_CHARACTERS = 1 << 20
# The records are flat. A small limit also keeps every later walk and dump far from Python's own limit.
MAX_DEPTH = 16

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_BLANK = frozenset(" \t\n\r")
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)

_CLOSING = frozenset('}]"')
_FOLLOWING = frozenset(",]} \t\n\r")


class Readable(Protocol):
    """The part of a binary stream that the reader needs."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Unreadable:
    """Stands in place of a value that the decoder would have changed silently or could not hold."""

    reason: str
    """`too_deep`, `duplicate_field`, `wrong_type`; of what is read by lines also `damaged_…` and `too_long`."""
    found: str


class JsonArrayError(SourceError):
    """The text is no JSON array (`not_an_array`), or stops being JSON (`damaged_json`)."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _NeedsMoreTextError(Exception):
    """The window ends before the item does, or the item is damaged: more text tells which."""


def read_array(stream: Readable, max_item_characters: int = MAX_ITEM_CHARACTERS) -> Iterator[object]:
    """Yield the items of the array in `stream`, UTF-8 with or without a byte order mark.

    Objects are dicts, numbers are int (64 bits) or finite float. A repeated key, a number out of range, NaN and
    nesting too deep to decode come as `Unreadable`; bytes that are not UTF-8 come as lone surrogates. Raises
    JsonArrayError where the text cannot be followed further; the items before it have been yielded.
    """
    window = _Window(stream, max_item_characters)
    first = window.next_character()
    if first != "[":
        # What follows need not be JSON; telling an object from damage would mean reading all of it.
        raise JsonArrayError("not_an_array", f"found {_start_of(first)}, expected an array of records")
    yield from _items(window)
    _refuse_more(window, "array")


def read_arrays_under(
    stream: Readable, fields: Collection[str], max_item_characters: int = MAX_ITEM_CHARACTERS
) -> Iterator[object]:
    """Yield the items of the arrays that stand under `fields` of the object in `stream`; as `read_array` otherwise.

    What stands under other fields is passed over. Raises JsonArrayError `not_an_array` for another text than an
    object, and at the end of an object that has no such array.
    """
    window = _Window(stream, max_item_characters)
    expected = f"expected an object with an array of records under {' or '.join(fields)}"
    first = window.next_character()
    if first != "{":
        raise JsonArrayError("not_an_array", f"found {_start_of(first)}, {expected}")
    found = False
    for name in _field_names(window):
        if window.next_character() != "[":
            window.next_item()
            continue
        is_wanted = name in fields
        found = found or is_wanted
        for item in _items(window):
            if is_wanted:
                yield item
    _refuse_more(window, "object")
    if not found:
        raise JsonArrayError("not_an_array", f"found no such array, {expected}")


def decode(text: str) -> object:
    """The one JSON value that `text` is, with the exceptions of `read_array`; `Unreadable` when it is none."""
    try:
        value, end = _decode_whole(text, 0, at_end=True)
    except _NeedsMoreTextError as error:
        return Unreadable("damaged_json", f"text that is no JSON ({error})")
    if _end_of_whitespace(text, end) < len(text):
        return Unreadable("damaged_json", f"more text after character {end} of the record")
    return value


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


def _items(window: _Window) -> Iterator[object]:
    """The items of the array that begins here, leaving the window behind it."""
    window.skip()
    if window.next_character() == "]":
        window.skip()
        return
    while True:
        yield window.next_item()
        if _take(window, ",]") == "]":
            return


def _field_names(window: _Window) -> Iterator[object]:
    """The names of the fields of the object that begins here; whoever asks for the next has taken the value."""
    window.skip()
    if window.next_character() == "}":
        window.skip()
        return
    while True:
        if window.next_character() != '"':
            raise JsonArrayError("damaged_json", "found no name of a field, expected one or the end of the object")
        name = window.next_item()
        _take(window, ":")
        yield name
        if _take(window, ",}") == "}":
            return


def _take(window: _Window, expected: str) -> str:
    """The next character, which must be one of `expected`."""
    found = window.next_character()
    if not found or found not in expected:
        shown = " or ".join(f"`{character}`" for character in expected)
        raise JsonArrayError("damaged_json", f"found {_start_of(found)}, expected {shown}")
    window.skip()
    return found


def _refuse_more(window: _Window, what: str) -> None:
    if window.next_character():
        raise JsonArrayError("damaged_json", f"found more text after the {what}, expected the end of the file")


class _Window:
    """The part of the text that is being decoded."""

    def __init__(self, stream: Readable, max_item_characters: int) -> None:
        self._stream = stream
        self._max_item_characters = max_item_characters
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
        self._text = ""
        self._position = 0
        self._at_end = False

    def skip(self) -> None:
        self._position += 1

    def next_character(self) -> str:
        """The next character that is not white space, left in place; empty at the end of the text."""
        while True:
            self._position = _end_of_whitespace(self._text, self._position)
            if self._position < len(self._text):
                return self._text[self._position]
            if self._at_end:
                return ""
            self._fill(READ_BYTES)

    def next_item(self) -> object:
        amount = READ_BYTES
        while True:
            try:
                value, end = _decode_whole(self._text, self._position, at_end=self._at_end)
            except _NeedsMoreTextError as error:
                if self._at_end or len(self._text) - self._position > self._max_item_characters:
                    detail = f"{error}; the rest of the file was not read"
                    raise JsonArrayError("damaged_json", detail) from error
                self._fill(amount)
                amount *= 2  # what is decoded again and again stays a constant multiple of the text
            else:
                self._position = end
                return value

    def _fill(self, amount: int) -> None:
        chunk = self._stream.read(amount)
        self._at_end = not chunk
        self._text = self._text[self._position :] + self._decoder.decode(chunk, final=self._at_end)
        self._position = 0


def _decode_whole(text: str, start: int, *, at_end: bool) -> tuple[object, int]:
    """One item and where it ends."""
    start = _end_of_whitespace(text, start)
    value, end = _decode(text, start)
    # Only a bracket, a quote or what follows shows that an item is whole: 12 | 34 might be one number.
    if not at_end and text[end - 1] not in _CLOSING and text[end : end + 1] not in _FOLLOWING:
        raise _NeedsMoreTextError(f"expected `,` or `]` at character {end - start} of the record")
    return value, end


def _decode(text: str, start: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise _NeedsMoreTextError(f"{what} at character {error.pos - start} of the record") from error
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
    raise _NeedsMoreTextError("a nested value does not end")


def _end_of_whitespace(text: str, start: int) -> int:
    return match.end() if (match := _WHITESPACE.match(text, start)) else start


def _start_of(character: str) -> str:
    return {"": "nothing", "{": "an object", "[": "an array", '"': "a string"}.get(character, "something else")


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
