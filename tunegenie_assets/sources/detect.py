"""Tells by content which format a file from outside has; file names count for nothing.

A new format is one more entry of FORMATS. Reading a format is the business of its own module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from tunegenie_assets.sources.archive import Member, open_members
from tunegenie_assets.sources.errors import DamagedArchiveError, UnknownFormatError
from tunegenie_assets.sources.json_array import JsonArrayError, read_array

# More than one record, since the first may be the damaged one.
PEEKED_RECORDS = 100
# What a message shows of a record of no known format.
SHOWN_FIELDS = 5
SHOWN_CHARACTERS = 40

SPOTIFY_EXTENDED_HISTORY = "spotify_extended_history"


@dataclass(frozen=True)
class Format:
    """One readable format: `recognises` looks at one record of a JSON file."""

    source: str
    description: str
    recognises: Callable[[object], bool]


def _has_fields(*names: str) -> Callable[[object], bool]:
    def recognises(record: object) -> bool:
        return isinstance(record, dict) and set(names) <= cast("dict[str, object]", record).keys()

    return recognises


FORMATS: tuple[Format, ...] = (
    Format(SPOTIFY_EXTENDED_HISTORY, "Spotify extended streaming history", _has_fields("ts", "ms_played")),
)


def detect_source(path: Path) -> str:
    """The source of the zip or single file at `path`, for example `spotify_extended_history`.

    Raises UnknownFormatError with the known formats, another SourceError when the archive cannot be opened.
    """
    with open_members(path) as members:
        return detect_members(members, path.name)


def detect_members(members: Sequence[Member], name: str) -> str:
    """The source of an archive that is already open; raises as `detect_source` does."""
    damage: DamagedArchiveError | None = None
    for member in members:
        try:
            source = detect_member(member)
        except DamagedArchiveError as error:
            damage = damage or error
            continue
        if source is not None:
            return source
    if damage is not None:
        raise damage
    known = ", ".join(known_format.description for known_format in FORMATS)
    raise UnknownFormatError(
        f"{name}: not a format that can be imported, {_found(members)}; known: {known} (zip, JSON file or folder)"
    )


def detect_member(member: Member) -> str | None:
    """The source of one file, None when its first records are of no known format."""
    for record in _peek(member):
        for known_format in FORMATS:
            if known_format.recognises(record):
                return known_format.source
    return None


def _found(members: Sequence[Member]) -> str:
    """What stands where the records of a known format were expected, in words; names of fields, never values."""
    if not members:
        return "it holds no JSON file"
    member = members[0]
    with member.open() as stream:
        try:
            first = next(read_array(stream), None)
        except JsonArrayError:
            return f"{member.name} is no JSON array of records"
    if first is None:
        return f"{member.name} holds no records"
    if not isinstance(first, dict):
        return f"row 1 of {member.name} is no JSON object"
    fields = ", ".join(ascii(name)[1:SHOWN_CHARACTERS].rstrip("'") for name in list(first)[:SHOWN_FIELDS])
    return f"row 1 of {member.name} has the fields {fields}"


def _peek(member: Member) -> list[object]:
    records: list[object] = []
    with member.open() as stream:
        try:
            records.extend(islice(read_array(stream), PEEKED_RECORDS))
        except JsonArrayError:
            # The records before the damage still tell the format; the reader accounts for the damage.
            return records
    return records
