"""Landing: the append-only store of archives, byte for byte as they came, before anything is parsed.

Layout below the root, a local folder or any URL that fsspec knows:
    archives/<listener_id>/<sha256>/<file name>               the archive
    archives/<listener_id>/<sha256>/manifest.json             written last: without it the archive does not count
    archives/<listener_id>/<sha256>/timezones/<time>-<n>.json each later change of the time zone; the latest wins
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.keys import SIMULATED_PREFIX, known_timezones
from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.detect import detect_members, left_out_lines, sources_of
from tunegenie_assets.sources.errors import InvalidRequestError, LandingError, SourceError
from tunegenie_assets.sources.folder import pack_folder
from tunegenie_assets.sources.storage import digest_of, location, make_folder, store

_LISTENER_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_UNSAFE_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class LandedArchive:
    """One archive of one listener in landing."""

    archive_id: str
    """SHA-256 of its bytes, in hex."""
    listener_id: str
    timezone: str | None
    """IANA zone of the latest import of these bytes that gave one."""
    timezone_given_at: datetime | None
    """When that import was (naive UTC); null without a zone."""
    source: str
    """Sources found at landing, sorted and joined by commas."""
    original_name: str
    """Of the file or folder that was imported."""
    file_name: str
    """`original_name` made safe, the name in landing; of a folder that of the zip that it became."""
    size_bytes: int
    members: int
    """Files that it holds."""
    landed_at: datetime
    """Naive UTC."""
    already_landed: bool = False
    """Whether the import found it in landing instead of adding it."""
    restored: bool = False
    """Whether the import found it in landing damaged, and put its bytes back."""
    skipped: tuple[str, ...] = ()
    """Lines `name: reason` for files inside that are not read though they may hold a listening history.

    Known when the archive is imported; the manifest does not hold them.
    """


@dataclass(frozen=True)
class _TimezoneChange:
    timezone: str
    given_at: datetime


_READ_MANIFEST = TypeAdapter(LandedArchive)
_READ_CHANGE = TypeAdapter(_TimezoneChange)


def check_listener_id(listener_id: str) -> str:
    """The id itself, safe as a part of a path; raises InvalidRequestError otherwise."""
    if listener_id.startswith(SIMULATED_PREFIX):
        raise InvalidRequestError(f"listener {listener_id!a}: names that begin with {SIMULATED_PREFIX} are simulated")
    if not _LISTENER_ID.fullmatch(listener_id):
        allowed = "1 to 64 of a-z, 0-9, `_`, `.` and `-`, beginning with a letter or digit"
        raise InvalidRequestError(f"listener {listener_id!a}: expected {allowed}")
    return listener_id


def check_timezone(timezone: str) -> str:
    """The zone itself; raises InvalidRequestError when it is not an IANA name."""
    if timezone not in known_timezones():
        raise InvalidRequestError(f"time zone {timezone!a}: expected an IANA name such as America/Denver")
    return timezone


class Landing:
    """The archives below `root`."""

    def __init__(self, root: UPath | Path | str) -> None:
        self._root = location(root)

    def land_archive(self, path: Path, *, listener_id: str, timezone: str | None, now: datetime) -> LandedArchive:
        """Store the zip, file or folder at `path` for a listener; `now` is UTC, naive or aware.

        The format is found before anything is stored. Bytes that the listener has in landing are not stored again.
        Raises a SourceError: unknown format, damaged or unsafe archive, invalid listener or time zone, no such file.
        """
        check_listener_id(listener_id)
        if timezone is not None:
            check_timezone(timezone)
        now = _naive_utc(now)
        if not path.is_dir():
            return self._land_file(path, path.name, listener_id, timezone, now)
        name = path.resolve().name or "folder"
        with TemporaryDirectory(prefix="tunegenie-") as temporary:
            # Called like the folder, so that messages name what is there.
            packed = Path(temporary) / name
            skipped = pack_folder(path, packed)
            archive = self._land_file(packed, f"{name}.zip", listener_id, timezone, now)
            return replace(archive, skipped=(*skipped, *archive.skipped))

    def archives(self) -> list[LandedArchive]:
        """Every landed archive, by listener, time of landing and id."""
        manifests = self._root.glob(f"archives/*/*/{_MANIFEST}")
        found = [self._read(manifest.parent) for manifest in manifests]
        return sorted(found, key=lambda archive: (archive.listener_id, archive.landed_at, archive.archive_id))

    def open(self, archive: LandedArchive) -> BinaryIO:
        """The bytes of the archive as a seekable stream, to be closed by the caller.

        Raises:
            LandingError: they are gone, or are not those that were imported.
        """
        file = self._file(archive)
        try:
            stream = file.open("rb")
        except FileNotFoundError as error:
            raise LandingError(f"{file}: the archive is gone from landing; import it again") from error
        digest, size = digest_of(stream), stream.tell()
        if digest != archive.archive_id:
            stream.close()
            raise LandingError(
                f"{file} is damaged: its {size} bytes are not the {archive.size_bytes} that were imported as "
                f"{archive.original_name!a}; import that file again"
            )
        stream.seek(0)
        return stream

    def problems(self) -> list[str]:
        """A line for each archive that is damaged or gone; reads all of them."""
        found: list[str] = []
        for manifest in sorted(self._root.glob(f"archives/*/*/{_MANIFEST}"), key=str):
            try:
                self.open(self._read(manifest.parent)).close()
            except LandingError as error:
                found.append(str(error))
        return found

    def _file(self, archive: LandedArchive) -> UPath:
        return self._folder(archive.listener_id, archive.archive_id) / archive.file_name

    def _folder(self, listener_id: str, archive_id: str) -> UPath:
        return self._root / "archives" / listener_id / archive_id

    def _land_file(
        self, path: Path, file_name: str, listener_id: str, timezone: str | None, now: datetime
    ) -> LandedArchive:
        # A file name need not be text; the manifest must be.
        original_name = path.name.encode("utf-8", "replace").decode("utf-8")
        with open_members(path) as members:
            detected = detect_members(members, path.name)
        skipped = left_out_lines(detected, original_name)
        with path.open("rb") as stream:
            archive_id = hashlib.file_digest(stream, "sha256").hexdigest()
        folder = self._folder(listener_id, archive_id)
        if (landed := self._landed(folder)) is not None:
            restored = self._restored(path, landed)
            return replace(self._land_again(landed, timezone, now), skipped=skipped, restored=restored)
        archive = LandedArchive(
            archive_id=archive_id,
            listener_id=listener_id,
            timezone=timezone,
            timezone_given_at=now if timezone else None,
            source=",".join(sources_of(detected)),
            original_name=original_name,
            file_name=_safe_file_name(file_name),
            size_bytes=path.stat().st_size,
            members=len(detected),
            landed_at=now,
            skipped=skipped,
        )
        make_folder(folder)
        _remove_damaged_changes(folder)
        self._store_archive(path, archive)
        _store_json(_manifest(archive), folder / _MANIFEST)
        return archive

    def _landed(self, folder: UPath) -> LandedArchive | None:
        """The archive of this folder; None where it was not landed to its end, or its manifest is damaged."""
        if not (folder / _MANIFEST).exists():
            return None
        try:
            return self._read(folder)
        except LandingError:
            return None

    def _restored(self, path: Path, landed: LandedArchive) -> bool:
        """Whether the copy in landing was damaged or gone, and is whole again from the same bytes at `path`."""
        try:
            self.open(landed).close()
        except LandingError:
            self._store_archive(path, landed)
            return True
        return False

    def _store_archive(self, path: Path, archive: LandedArchive) -> None:
        with path.open("rb") as stream:
            stored = store(stream, self._file(archive))
        if stored != archive.archive_id:
            raise SourceError(f"{path}: changed while it was read; import it again")

    def _land_again(self, archive: LandedArchive, timezone: str | None, now: datetime) -> LandedArchive:
        if timezone is not None and timezone != archive.timezone:
            folder = self._folder(archive.listener_id, archive.archive_id) / "timezones"
            make_folder(folder)
            count = len(list(folder.glob("*.json")))
            change: dict[str, object] = {"timezone": timezone, "given_at": _written(now)}
            _store_json(change, folder / f"{now:%Y%m%dT%H%M%S%f}Z-{count:04d}.json")
            archive = replace(archive, timezone=timezone, timezone_given_at=now)
        return replace(archive, already_landed=True)

    def _read(self, folder: UPath) -> LandedArchive:
        manifest = folder / _MANIFEST
        try:
            archive = _READ_MANIFEST.validate_json(manifest.read_bytes())
            changes = sorted((folder / "timezones").glob("*.json"), key=lambda change: change.name)
            latest = _READ_CHANGE.validate_json(changes[-1].read_bytes()) if changes else None
        except ValidationError as error:
            raise LandingError(
                f"{manifest} is damaged: not a manifest that landing wrote; import the archive again"
            ) from error
        archive = replace(archive, landed_at=_naive_utc(archive.landed_at))
        if latest is not None:
            return replace(archive, timezone=latest.timezone, timezone_given_at=_naive_utc(latest.given_at))
        return replace(archive, timezone_given_at=archive.landed_at if archive.timezone else None)


def _remove_damaged_changes(folder: UPath) -> None:
    """Of an archive that is landed anew because something of it was damaged."""
    for change in (folder / "timezones").glob("*.json"):
        try:
            _READ_CHANGE.validate_json(change.read_bytes())
        except ValidationError:
            change.unlink()


def _manifest(archive: LandedArchive) -> dict[str, object]:
    fields = asdict(archive)
    del fields["already_landed"], fields["restored"], fields["skipped"]
    given_at = archive.timezone_given_at
    return {
        **fields,
        "landed_at": _written(archive.landed_at),
        "timezone_given_at": _written(given_at) if given_at else None,
    }


def _written(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"


def _naive_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _store_json(fields: dict[str, object], target: UPath) -> None:
    store(io.BytesIO(json.dumps(fields, indent=2, sort_keys=True).encode()), target)


def _safe_file_name(file_name: str) -> str:
    name = _UNSAFE_IN_FILE_NAME.sub("_", file_name).lstrip(".")[-100:]
    return name if name and name != _MANIFEST else f"archive-{name}"
