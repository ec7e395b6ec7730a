"""Packs a folder of export files into one zip that can be landed like any other archive."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from tunegenie_assets.sources.archive import Member, open_members, refuse_control_characters
from tunegenie_assets.sources.detect import DetectedMember, detect_member, left_out_lines, shown_names
from tunegenie_assets.sources.errors import SourceError, UnknownFormatError

# The oldest time a zip can hold: equal folders must give equal bytes, whenever they were copied.
_TIME = (1980, 1, 1, 0, 0, 0)
_PRIVATE_FILE = 0o600 << 16
_UNIX = 3


def pack_folder(folder: Path, target: Path) -> tuple[str, ...]:
    """Write the files below `folder` that are of a known format to the zip `target`, the same bytes for equal files.

    Zips in the folder are opened and their members taken; links are not followed. Returns a line `name: reason` for
    each file that is broken, unsafe or left out, and one for all that are of no known format. Raises
    UnknownFormatError when nothing could be packed.
    """
    packing = _Packing(folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            packing.add(archive, path)
    if not packing.packed:
        reason = f" ({'; '.join(packing.broken)})" if packing.broken else ""
        raise UnknownFormatError(f"{folder}: holds no file of a format that can be imported{reason}")
    return packing.skipped()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("._"):
            yield path


class _Packing:
    """What was packed of one folder, and what was not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.packed = 0
        self.broken: list[str] = []
        self._unknown: list[str] = []

    def add(self, archive: zipfile.ZipFile, path: Path) -> None:
        """Pack the recognised members of one file."""
        name = path.relative_to(self._folder).as_posix()
        if path.stat().st_size == 0:
            self._unknown.append(ascii(name)[1:-1])
            return
        try:
            refuse_control_characters(name)
            with open_members(path) as members:
                detected = [detect_member(member) for member in members]
                left_out = left_out_lines(detected, path.name)
                for one in detected:
                    # A file that is no zip is its own only member.
                    inner = name if one.member.name == path.name else f"{name}/{one.member.name}"
                    self._add_member(archive, inner, one)
            self.broken += [f"{name}{line.removeprefix(path.name)}" for line in left_out]
            if not any(one.format or one.damage or one.left_out for one in detected):
                self._unknown.append(name)
        except SourceError as error:
            self._tell(name, path, error)

    def skipped(self) -> tuple[str, ...]:
        """The lines that tell of everything that was not packed."""
        if not self._unknown:
            return tuple(self.broken)
        return (*self.broken, f"{shown_names(self._unknown)}: no listening history in a known format")

    def _add_member(self, archive: zipfile.ZipFile, name: str, detected: DetectedMember) -> None:
        if detected.damage is not None:
            self.broken.append(f"{name}: {detected.damage}")
        if detected.format is None:
            return
        self.packed += 1
        try:
            _pack_member(archive, name, detected.member)
        except SourceError as error:
            # What came before the damage is packed: its records arrive, and its end is accounted for as damage.
            self.broken.append(f"{name}: {error}")

    def _tell(self, name: str, path: Path, error: SourceError) -> None:
        shown = name if name.isprintable() else ascii(name)
        reason = str(error).removeprefix(f"{path}: ").removeprefix(f"{path.name}: ").removeprefix(f"{shown}: ")
        self.broken.append(f"{shown}: {reason}")


def _pack_member(archive: zipfile.ZipFile, name: str, member: Member) -> None:
    refuse_control_characters(name)
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _PRIVATE_FILE
    entry.create_system = _UNIX
    with member.open() as source, archive.open(entry, "w", force_zip64=True) as packed:
        shutil.copyfileobj(cast("IO[bytes]", source), packed)
