"""Writing whole files to a local folder or to any file system that fsspec knows."""

from __future__ import annotations

import hashlib
import os
import tempfile
from glob import escape
from pathlib import Path
from typing import BinaryIO

from upath import UPath

from tunegenie_assets.locking import is_alive
from tunegenie_assets.sources.errors import LandingError

PARTIAL = ".partial-"
"""Begins the name of a file that is not whole yet."""
_S3 = ("s3", "s3a")
_COPIED_BYTES = 1 << 20
_PRIVATE_FOLDER = 0o700


def location(address: UPath | Path | str) -> UPath:
    """A folder or an fsspec URL; a `file:` URL is a local folder, which can be written atomically."""
    path = UPath(address)
    return UPath(path.path) if path.protocol in ("file", "local") else path


def check_reachable(address: str) -> None:
    """Ask a bucket for a sign of life, so that a wrong address or key is told before work begins.

    Raises:
        LandingError: it is not there, does not let us in or does not answer, or the packages for it are missing.
    """
    place = location(address)
    if place.protocol not in _S3:
        return
    try:
        import s3fs  # noqa: PLC0415  # of the extra s3
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # comes with it
    except ImportError as error:
        raise LandingError(f"{address} needs the s3 extra: pip install 'tunegenie[s3]'") from error
    bucket = place.parts[0].strip("/")
    try:
        # Not one that is kept from earlier: the environment may have changed.
        s3fs.S3FileSystem(skip_instance_cache=True).call_s3("head_bucket", Bucket=bucket)
    except (OSError, BotoCoreError, ClientError) as error:
        raise LandingError(f"{address} cannot be used: {' '.join(str(error).split())}") from error


def make_folder(folder: UPath) -> None:
    """Create the folder and what is missing above it; on a local disk only the owner may enter."""
    if folder.protocol in _S3:
        # There are no folders, and making one would make a bucket of a mistyped name.
        return
    if not isinstance(folder, Path):
        folder.mkdir(parents=True, exist_ok=True)
        return
    missing = [level for level in (folder, *folder.parents) if not level.exists()]
    for level in reversed(missing):
        level.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def store(source: BinaryIO, target: UPath) -> str:
    """Copy a stream to `target`, which appears complete or not at all; returns the SHA-256 of the bytes.

    On a local disk through a temporary file that only the owner may read; object stores show an object when its
    upload is complete.
    """
    if not isinstance(target, Path):
        with target.open("wb") as file:
            return _copy(source, file)
    _remove_unfinished(target)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f"{PARTIAL}{os.getpid()}-{target.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest = _copy(source, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest


def digest_of(source: BinaryIO) -> str:
    """The SHA-256 of what follows in a stream, which is then at its end."""
    digest = hashlib.sha256()
    while chunk := source.read(_COPIED_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _remove_unfinished(target: Path) -> None:
    """Remove what killed processes began to write there."""
    for unfinished in target.parent.glob(f"{PARTIAL}*-{escape(target.name)}-*"):
        process = unfinished.name.removeprefix(PARTIAL).partition("-")[0]
        if process.isdigit() and not is_alive(int(process)):
            unfinished.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_COPIED_BYTES):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
