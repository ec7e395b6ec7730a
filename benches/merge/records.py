"""What a source wrote, with the true play behind each row; the truth never enters the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benches.merge.catalogue import Integers
from ml.listeners.exports.files import Layout

NO_PLAY = -1
"""Behind a record that no one should count: nothing was heard, or the length is broken."""


@dataclass(frozen=True)
class Records:
    """Rows of one format in the order of the file."""

    rows: pa.Table
    """Exactly the fields of the format."""
    play: Integers
    """Position of the true play behind each row, or NO_PLAY."""
    stamp: Integers
    """Seconds since 1970 that the source gives, whatever it means by them."""
    artist: pa.Array
    title: pa.Array

    def __len__(self) -> int:
        return self.rows.num_rows

    def take(self, index: Integers) -> Records:
        chosen = pa.array(index)
        return Records(
            self.rows.take(chosen),
            self.play[index],
            self.stamp[index],
            self.artist.take(chosen),
            self.title.take(chosen),
        )

    def between(self, begin: int, end: int) -> Records:
        """The rows stamped in [begin, end), in milliseconds since 1970."""
        return self.take(np.flatnonzero((self.stamp * 1000 >= begin) & (self.stamp * 1000 < end)))


@dataclass(frozen=True)
class ExportFile:
    """One file that the listener imports: `members` of a zip, which its name tells, or the single file itself."""

    name: str
    source: str
    """Name of the source, as the raw table is named."""
    layout: Layout
    members: tuple[tuple[str, Records], ...]


def names_of(values: Sequence[str], index: Integers) -> pa.Array:
    """The value of each position in `index`."""
    return pa.array(values, type=pa.string()).take(pa.array(index))
