"""Safe access to what an archive holds: a zip or a single file, from a binary stream, and folders of them.

Nothing is extracted to disk and no member's name is ever used as a path. What the members say is not known here.
"""

from __future__ import annotations

import os
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tunegenie_assets.sources.errors import DamagedArchiveError, RefusedArchiveError, SourceError, UnknownFormatError
from tunegenie_assets.sources.json_array import Readable

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_DRIVE = re.compile("[A-Za-z]:")
_ENCRYPTED_FLAG = 0x1
# All that Python's zipfile raises for bytes that are no sound zip (the last ones for forged header fields).
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, OverflowError)


@dataclass(frozen=True)
class Limits:
    """What an archive may declare before it is taken for a zip bomb."""

    total_bytes: int = 20 * 2**30
    """A hundred times the largest known history, 155 MB."""
    ratio: int = 200
    """Real histories compress 11 to 14 times, one record over and over 230 times; deflate can reach 1032."""
    ratio_from_bytes: int = 10 * 2**20
    """Members below this size are harmless whatever their ratio."""
    members: int = 10_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Member:
    """One file of an archive, opened on demand; reading a damaged one raises DamagedArchiveError."""

    name: str
    number: int
    """Zero-based position among the files of its archive, by name: tells the file where its name must not stand."""
    open: Callable[[], AbstractContextManager[Readable]]


def archive_members(stream: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS) -> list[Member]:
    """The files of the archive in `stream`, by name: those of a zip, or the one file that it is itself.

    The stream must be seekable and stay open while members are read. Raises a SourceError that begins with `name`
    for an empty file, a damaged zip, encryption, unsafe paths and zip bombs.
    """
    start = _start_of(stream)
    if not start:
        raise UnknownFormatError(f"{name}: the file is empty")
    if not start.startswith(ZIP_STARTS):
        return [Member(name, 0, lambda: _rewound(stream))]
    try:
        archive = zipfile.ZipFile(stream)
    except _ZIP_ERRORS as error:
        raise DamagedArchiveError(
            f"{name}: the zip is damaged or incomplete ({_reason(error)}); download it again"
        ) from error
    entries = [entry for entry in archive.infolist() if not _is_ignored(entry)]
    _refuse_unsafe(entries, name, limits)
    _refuse_forged(entries, name, stream.seek(0, os.SEEK_END))
    entries.sort(key=lambda entry: entry.filename)
    return [Member(entry.filename, number, _opener(archive, entry, name)) for number, entry in enumerate(entries)]


@contextmanager
def open_members(path: Path, limits: Limits = DEFAULT_LIMITS) -> Generator[list[Member]]:
    """The files of the archive at `path`; raises as `archive_members` does, and when it cannot be opened."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
    with stream:
        yield archive_members(stream, path.name, limits)


def refuse_control_characters(name: str) -> None:
    """Raise RefusedArchiveError for a file name with control characters or bytes that are not UTF-8."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise RefusedArchiveError(f"{name!a}: control characters in the name of a file")


def _start_of(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(4)


@contextmanager
def _rewound(stream: BinaryIO) -> Generator[Readable]:
    stream.seek(0)
    yield stream


def _is_ignored(entry: zipfile.ZipInfo) -> bool:
    """Folders, and the resource forks that macOS adds."""
    path = PurePosixPath(entry.filename)
    # Not is_dir(), which fails on an empty name; such an entry is refused as unsafe.
    return entry.filename.endswith("/") or "__MACOSX" in path.parts or path.name.startswith("._")


def _refuse_unsafe(entries: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if len(entries) > limits.members:
        raise RefusedArchiveError(f"{name}: holds {len(entries)} files, at most {limits.members} are accepted")
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise RefusedArchiveError(f"{name}: unpacks to {total} bytes, at most {limits.total_bytes} are accepted")
    seen: set[str] = set()
    for entry in entries:
        _refuse_unsafe_entry(entry, name, limits)
        if entry.filename in seen:
            raise DamagedArchiveError(f"{name}: holds {entry.filename!a} twice")
        seen.add(entry.filename)


def _refuse_forged(entries: list[zipfile.ZipInfo], name: str, size: int) -> None:
    """Without this, seeking to such a member is an OSError, as if the disk were at fault."""
    for entry in entries:
        if not 0 <= entry.header_offset < size:
            raise DamagedArchiveError(f"{name}: {entry.filename!a} is listed outside the file")


def _refuse_unsafe_entry(entry: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    shown = f"{name}: {entry.filename!a}"
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or _DRIVE.match(parts[0]):
        raise RefusedArchiveError(f"{shown} points outside the archive")
    refuse_control_characters(entry.filename)
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise RefusedArchiveError(f"{shown} is encrypted; unpack the archive and import the folder")
    # Other methods unpack without a bound on memory, and no export uses them.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedArchiveError(f"{shown} is neither stored nor deflated; unpack the archive and import the folder")
    if entry.file_size > limits.ratio_from_bytes and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise RefusedArchiveError(f"{shown} unpacks to over {limits.ratio} times its size")


def _opener(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str
) -> Callable[[], AbstractContextManager[Readable]]:
    @contextmanager
    def opened() -> Generator[Readable]:
        with _translated(entry, name):
            file = archive.open(entry)
        with file:
            yield _MemberStream(file, entry, name)

    return opened


class _MemberStream:
    """A member that fails with a SourceError and never gives more bytes than it declares."""

    def __init__(self, file: Readable, entry: zipfile.ZipInfo, name: str) -> None:
        self._file = file
        self._entry = entry
        self._name = name
        self._left = entry.file_size

    def read(self, size: int, /) -> bytes:
        with _translated(self._entry, self._name):
            data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise RefusedArchiveError(f"{self._name}: {self._entry.filename!a} unpacks to more than it declares")
        return data


@contextmanager
def _translated(entry: zipfile.ZipInfo, name: str) -> Generator[None]:
    try:
        yield
    except _ZIP_ERRORS as error:
        message = f"{name}: {entry.filename!a} is damaged ({_reason(error)}); download the archive again"
        raise DamagedArchiveError(message) from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
