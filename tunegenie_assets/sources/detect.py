"""Tells by content which format a file from outside has; file names count for nothing.

A new format is one more entry of FORMATS. What a format is and how it is read is in formats/.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tunegenie_assets.sources.archive import ZIP_STARTS, Member
from tunegenie_assets.sources.errors import DamagedArchiveError, UnknownFormatError
from tunegenie_assets.sources.formats.format import Format
from tunegenie_assets.sources.formats.koito import KOITO
from tunegenie_assets.sources.formats.lastfm import LASTFM_CSV, LASTFM_HEADLESS_CSV, LASTFM_PAGE, LASTFM_PAGES
from tunegenie_assets.sources.formats.listenbrainz import LISTENBRAINZ_ARRAY, LISTENBRAINZ_LINES
from tunegenie_assets.sources.formats.maloja import MALOJA
from tunegenie_assets.sources.formats.spotify_account import SPOTIFY_ACCOUNT
from tunegenie_assets.sources.formats.spotify_extended import SPOTIFY_EXTENDED
from tunegenie_assets.sources.json_array import JsonArrayError, Readable, read_array

# More than one record, since the first may be the damaged one.
PEEKED_RECORDS = 100
# Records of a page each, or a file that is one line of something else, must not cost memory or time.
PEEKED_BYTES = 1 << 22
_BEGIN_BYTES = 256
_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Without a mark: two printable characters of one byte, each beside a zero.
_UNMARKED_UTF_16 = re.compile(rb"(?:[\t\n\r -~]\0){2}|(?:\0[\t\n\r -~]){2}")
_NESTED_ZIP = "a zip inside a zip is not opened; unpack the archive and import the folder"
# What a message shows of a record of no known format.
SHOWN_FIELDS = 5
SHOWN_CHARACTERS = 40
# Names that a message shows of files that are left out.
SHOWN_NAMES = 5

FORMATS: tuple[Format, ...] = (
    SPOTIFY_EXTENDED,
    SPOTIFY_ACCOUNT,
    LISTENBRAINZ_LINES,
    LISTENBRAINZ_ARRAY,
    MALOJA,
    KOITO,
    LASTFM_PAGES,
    LASTFM_PAGE,
    LASTFM_CSV,
    LASTFM_HEADLESS_CSV,
)


@dataclass(frozen=True)
class DetectedMember:
    """One file of an archive and what it was found to be."""

    member: Member
    format: Format | None
    """None for a file that holds no listening history, or is damaged before it shows any."""
    damage: DamagedArchiveError | None = None
    left_out: str | None = None
    """Why a file that may well hold a listening history is not read."""


def detect_members(members: Sequence[Member], name: str) -> list[DetectedMember]:
    """What each file of an archive is; at least one is of a known format.

    Raises UnknownFormatError with the known formats, or DamagedArchiveError when no file is of a known format and
    a damaged one might be.
    """
    detected = [detect_member(member) for member in members]
    if not sources_of(detected):
        damage = next((one.damage for one in detected if one.damage), None)
        if damage is not None:
            raise damage
        left_out = left_out_lines(detected, name)
        if left_out:
            raise UnknownFormatError("; ".join(left_out))
        known = ", ".join(dict.fromkeys(known_format.description for known_format in FORMATS))
        raise UnknownFormatError(f"{name}: not a format that can be imported, {_found(members)}; known: {known}")
    return detected


def sources_of(detected: Sequence[DetectedMember]) -> tuple[str, ...]:
    """The sources among the files, sorted."""
    return tuple(sorted({one.format.source for one in detected if one.format}))


def left_out_lines(detected: Sequence[DetectedMember], name: str) -> tuple[str, ...]:
    """For each reason why files of the archive `name` are left out one line, `name: reason`."""
    reasons: dict[str, list[str]] = {}
    for one in detected:
        if one.left_out is not None:
            reasons.setdefault(one.left_out, []).append(one.member.name)
    return tuple(f"{_place(name, members)}: {reason}" for reason, members in reasons.items())


def shown_names(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    shown = ", ".join(names[:SHOWN_NAMES])
    more = len(names) - SHOWN_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _place(name: str, members: Sequence[str]) -> str:
    # A file that is no zip is its own only member.
    return name if list(members) == [name] else f"{name}, {shown_names(members)}"


def detect_member(member: Member) -> DetectedMember:
    """What one file is; damage after the first records of a known format is left to who reads it."""
    try:
        left_out = _why_left_out(member)
        return DetectedMember(member, None if left_out else _format_of(member), left_out=left_out)
    except DamagedArchiveError as error:
        return DetectedMember(member, None, error)


def _why_left_out(member: Member) -> str | None:
    with member.open() as stream:
        begin = stream.read(_BEGIN_BYTES)
    if begin.startswith(ZIP_STARTS):
        return _NESTED_ZIP
    encoding = next((name for mark, name in _ENCODINGS if begin.startswith(mark)), None)
    if encoding is None and _UNMARKED_UTF_16.match(begin):
        encoding = "UTF-16"
    return f"text in {encoding}, expected UTF-8; save it as UTF-8 and import it again" if encoding else None


def _format_of(member: Member) -> Format | None:
    begin = _begin_of(member)
    if not begin:
        return None
    peeked: dict[Callable[[Readable], Iterator[object]], list[object]] = {}
    for known in FORMATS:
        if known.begins_with and begin not in known.begins_with:
            continue
        if known.items not in peeked:
            peeked[known.items] = _peek(member, known.items)
        if any(known.recognises(item) for item in peeked[known.items]):
            return known
    if begin == "[" and not any(peeked.get(known.items) for known in FORMATS if known.begins_with):
        _refuse_cut_record(member)
    return None


def _refuse_cut_record(member: Member) -> None:
    """Raise DamagedArchiveError for an array of objects whose first one never ends: it may have been a history."""
    with member.open() as stream:
        begin = stream.read(PEEKED_BYTES).removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    if len(begin) < PEEKED_BYTES and begin.lstrip()[1:].lstrip().startswith('{"'):
        raise DamagedArchiveError(f"{member.name}: damaged within its first record; download it again")


def _begin_of(member: Member) -> str:
    """The first character that is not white space, as far as it is a single byte; empty when there is none."""
    with member.open() as stream:
        return stream.read(_BEGIN_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()[:1].decode("latin-1")


def _peek(member: Member, items: Callable[[Readable], Iterator[object]]) -> list[object]:
    records: list[object] = []
    with member.open() as stream:
        try:
            records.extend(islice(items(_Begin(stream)), PEEKED_RECORDS))
        except JsonArrayError:
            # The records before the damage still tell the format; the reader accounts for the damage.
            return records
        except DamagedArchiveError:
            if not records:
                raise
    return records


class _Begin:
    """The first PEEKED_BYTES of a stream; to a reader, a file that is cut short there."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._left = PEEKED_BYTES

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data


def _found(members: Sequence[Member]) -> str:
    """What stands where the records of a known format were expected, in words; names of fields, never values."""
    shown = next((member for member in members if _begin_of(member) in ("[", "{")), None)
    if shown is None:
        return "it holds neither JSON nor a table of scrobbles"
    with shown.open() as stream:
        try:
            first = next(read_array(stream), None)
        except JsonArrayError:
            return f"{shown.name} is no JSON array of records"
    if first is None:
        return f"{shown.name} holds no records"
    if not isinstance(first, dict):
        return f"row 1 of {shown.name} is no JSON object"
    fields = ", ".join(ascii(name)[1:SHOWN_CHARACTERS].rstrip("'") for name in list(first)[:SHOWN_FIELDS])
    return f"row 1 of {shown.name} has the fields {fields}"
