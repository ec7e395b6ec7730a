"""Packs a folder of export files into one zip that can be landed like any other archive."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from tunegenie_assets.sources.archive import Member, open_members, refuse_control_characters
from tunegenie_assets.sources.detect import detect_member
from tunegenie_assets.sources.errors import UnknownFormatError

# The oldest time a zip can hold: equal folders must give equal bytes, whenever they were copied.
_TIME = (1980, 1, 1, 0, 0, 0)
_PRIVATE_FILE = 0o600 << 16
_UNIX = 3


def pack_folder(folder: Path, target: Path) -> None:
    """Write the files below `folder` that are of a known format to the zip `target`, the same bytes for equal files.

    Zips in the folder are opened and their members taken; links are not followed. Raises UnknownFormatError when
    there is no such file, another SourceError when a zip in the folder is damaged or unsafe.
    """
    packed = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            packed += _pack_file(archive, folder, path)
    if not packed:
        raise UnknownFormatError(f"{folder}: holds no file of a format that can be imported")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("._"):
            yield path


def _pack_file(archive: zipfile.ZipFile, folder: Path, path: Path) -> int:
    """Pack the recognised members of one file; returns how many."""
    if path.stat().st_size == 0:
        return 0
    name = path.relative_to(folder).as_posix()
    with open_members(path) as members:
        recognised = [member for member in members if detect_member(member) is not None]
        for member in recognised:
            # A file that is no zip is its own only member.
            inner = name if member.name == path.name else f"{name}/{member.name}"
            _pack_member(archive, inner, member)
    return len(recognised)


def _pack_member(archive: zipfile.ZipFile, name: str, member: Member) -> None:
    refuse_control_characters(name)
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _PRIVATE_FILE
    entry.create_system = _UNIX
    with member.open() as source, archive.open(entry, "w", force_zip64=True) as packed:
        shutil.copyfileobj(cast("IO[bytes]", source), packed)
