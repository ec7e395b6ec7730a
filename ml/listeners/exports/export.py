"""An export: what one service tells of one listener, with the play behind each record. The truth enters no file."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ml.listeners.exports.files import Layout


@dataclass(frozen=True)
class Member:
    """One file of an export, its records in order."""

    name: str
    rows: pa.Table
    """Exactly the fields of the format."""
    play_number: pa.Array
    """The play that each record is of."""


@dataclass(frozen=True)
class Export:
    """Everything that one service wrote; `members` of a zip, or the single file itself."""

    name: str
    layout: Layout
    members: tuple[Member, ...]

    @property
    def records(self) -> int:
        return sum(member.rows.num_rows for member in self.members)
