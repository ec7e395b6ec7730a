"""A streaming reader of the lines of a text, for the layouts that are made of lines. Knows none of them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from tunegenie_assets.sources.json_array import READ_BYTES, Readable
from tunegenie_assets.sources.json_values import Unreadable


def read_text_lines(stream: Readable, max_bytes: int) -> Iterator[str | Unreadable]:
    """Yield the lines of UTF-8 text without their line feed (a carriage return stays) and without a byte order mark.

    A line over `max_bytes` is passed over and comes as `Unreadable` (`too_long`); bytes that are not UTF-8 come as
    lone surrogates.
    """
    mark = codecs.BOM_UTF8
    for line in _byte_lines(stream, max_bytes):
        if line is None:
            yield Unreadable("too_long", f"a line over {max_bytes} bytes")
        else:
            yield line.removeprefix(mark).decode(errors="surrogateescape")
        mark = b""


def _byte_lines(stream: Readable, max_bytes: int) -> Iterator[bytes | None]:
    """The lines, None in place of one that is too long; what is kept of it never exceeds the limit by a whole read."""
    rest = b""
    too_long = False
    while chunk := stream.read(READ_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield None if too_long or len(line) > max_bytes else line
            too_long = False
        if len(rest) > max_bytes:
            rest, too_long = b"", True
    if too_long:
        yield None
    elif rest:
        yield rest
