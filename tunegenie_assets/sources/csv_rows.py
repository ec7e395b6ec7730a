"""A streaming reader of CSV, with a header or without. Damage costs its row and never the rest of the file.

Knows no column of listening history. Python's reader tells where a field ends; what is added is a bound on memory
and a way on after a lost quote, which would otherwise swallow rows up to the next quote.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from tunegenie_assets.sources.json_array import Readable
from tunegenie_assets.sources.json_values import Unreadable
from tunegenie_assets.sources.text_lines import read_text_lines

# A scrobble is about 200 bytes. Below the 131,072 characters at which Python's reader refuses a field.
MAX_ROW_CHARACTERS = 1 << 16
# A name with a line break is rare, one with dozens is a lost quote.
MAX_ROW_LINES = 50


def read_rows(stream: Readable, width: int) -> Iterator[object]:
    """Yield the rows of a CSV without a header as lists of `width` strings; empty lines are passed over.

    A row of another width, with a quote that is never closed or over the limits comes as `Unreadable`
    (`damaged_csv`, `too_long`); the lines after its first are then read as rows of their own.
    """
    return _rows(_Lines(stream), width)


def read_rows_under_header(stream: Readable) -> Iterator[object]:
    """Yield the rows below the header as dicts by lower-case column name; as `read_rows` otherwise.

    Nothing is yielded when the first line is no header: a name is missing or stands there twice.
    """
    lines = _Lines(stream)
    header = next(_rows(lines, width=None), None)
    if header is None or isinstance(header, Unreadable):
        return
    names = [name.strip().lower() for name in header]
    if len(set(names)) < len(names) or "" in names:
        return
    for row in _rows(lines, len(names)):
        yield row if isinstance(row, Unreadable) else dict(zip(names, row, strict=True))


def _rows(lines: _Lines, width: int | None) -> Iterator[list[str] | Unreadable]:
    # Without strict, a lost quote joins two rows into one that may even have the right width.
    reader = csv.reader(lines, strict=True)
    while True:
        unreadable = lines.begin_row()
        if unreadable is not None:
            yield unreadable
            continue
        try:
            row = next(reader, None)
        except csv.Error as error:
            lines.keep_first()
            yield Unreadable("damaged_csv", f"a row that is no CSV ({error})")
            continue
        if row is None:
            return
        if row and width not in (None, len(row)):
            lines.keep_first()
            yield Unreadable("damaged_csv", f"a row of {len(row)} fields, expected {width}")
        elif row:
            yield row


class _Lines:
    """The lines that Python's reader is fed, so that those of a damaged row can be given back."""

    def __init__(self, stream: Readable) -> None:
        self._lines = read_text_lines(stream, MAX_ROW_CHARACTERS)
        self._waiting: deque[str | Unreadable] = deque()
        self._of_row: list[str] = []

    def begin_row(self) -> Unreadable | None:
        """Forget the row before; the next line, when it cannot be read."""
        self._of_row.clear()
        line = self._next()
        if isinstance(line, Unreadable):
            return line
        if line is not None:
            self._waiting.appendleft(line)
        return None

    def keep_first(self) -> None:
        """Give back all lines of the row but the first."""
        self._waiting.extendleft(reversed(self._of_row[1:]))

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next()
        if line is None:
            raise StopIteration
        if isinstance(line, Unreadable) or self._is_full():
            self._waiting.appendleft(line)
            raise StopIteration
        self._of_row.append(line)
        return f"{line}\n"

    def _next(self) -> str | Unreadable | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _is_full(self) -> bool:
        return len(self._of_row) >= MAX_ROW_LINES or sum(map(len, self._of_row)) > MAX_ROW_CHARACTERS
