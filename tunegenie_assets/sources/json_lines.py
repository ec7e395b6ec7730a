"""A streaming reader of JSON lines: one value a line. Damage costs its line and never the rest of the file."""

from __future__ import annotations

from collections.abc import Iterator

from tunegenie_assets.sources.json_array import MAX_ITEM_CHARACTERS, Readable
from tunegenie_assets.sources.json_values import Unreadable, decode
from tunegenie_assets.sources.text_lines import read_text_lines


def read_lines(stream: Readable, max_line_bytes: int = MAX_ITEM_CHARACTERS) -> Iterator[object]:
    """Yield the value of each line that is not empty; values are as `json_values.decode` gives them.

    A line that is no JSON comes as `Unreadable` (`damaged_json`), one over the limit as `too_long`.
    """
    for line in read_text_lines(stream, max_line_bytes):
        if isinstance(line, Unreadable):
            yield line
        elif line.strip():
            yield decode(line)
