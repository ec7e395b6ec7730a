"""A streaming reader of one JSON array, at the top or under a field: memory holds a window of the text.

Knows JSON and its damage, no format of listening history.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from typing import Protocol

from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.json_values import NeedsMoreTextError, decode_at, end_of_whitespace

READ_BYTES = 1 << 18
# A record of listening history is about 1 kB; an item a thousand times that is damage, such as a lost quote.
MAX_ITEM_CHARACTERS = 1 << 20


class Readable(Protocol):
    """The part of a binary stream that the reader needs."""

    def read(self, size: int, /) -> bytes: ...


class JsonArrayError(SourceError):
    """The text is no JSON array (`not_an_array`), or stops being JSON (`damaged_json`)."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_array(stream: Readable, max_item_characters: int = MAX_ITEM_CHARACTERS) -> Iterator[object]:
    """Yield the items of the array in `stream`, UTF-8 with or without a byte order mark.

    Items are as `json_values.decode` gives them; bytes that are not UTF-8 come as lone surrogates. Raises
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
            self._position = end_of_whitespace(self._text, self._position)
            if self._position < len(self._text):
                return self._text[self._position]
            if self._at_end:
                return ""
            self._fill(READ_BYTES)

    def next_item(self) -> object:
        amount = READ_BYTES
        while True:
            try:
                value, end = decode_at(self._text, self._position, at_end=self._at_end)
            except NeedsMoreTextError as error:
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


def _start_of(character: str) -> str:
    return {"": "nothing", "{": "an object", "[": "an array", '"': "a string"}.get(character, "something else")
