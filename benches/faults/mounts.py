"""A home on a disk that is full, or that cannot be written, for one command: mounts that only its processes see."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from benches.faults.commands import MOST_SECONDS, TUNEGENIE, Ended, environment
from benches.processes import ROOT, BenchError

OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
FULL = """
set -e
mkdir -p "$HOME_FOLDER.disk"
mount -t tmpfs -o size=2g none "$HOME_FOLDER.disk"
cp -a "$HOME_FOLDER/." "$HOME_FOLDER.disk"
used=$(du -sk "$HOME_FOLDER.disk" | cut -f1)
mount -o remount,size=$((used + ROOM_KIB))k "$HOME_FOLDER.disk"
mount --bind "$HOME_FOLDER.disk" "$HOME_FOLDER"
code=0
"$@" || code=$?
umount "$HOME_FOLDER"
find "$HOME_FOLDER" -mindepth 1 -delete
cp -a "$HOME_FOLDER.disk/." "$HOME_FOLDER"
exit $code
"""
"""The disk is that of the home's files and a little room; what the command leaves there is then the home."""
READ_ONLY = """
set -e
mount --bind "$HOME_FOLDER" "$HOME_FOLDER"
mount -o remount,bind,ro "$HOME_FOLDER"
exec "$@"
"""


@lru_cache(maxsize=1)
def can_mount() -> bool:
    """Whether this machine lets a process have mounts of its own."""
    if shutil.which(OWN_MOUNTS[0]) is None:
        return False
    tried = [*OWN_MOUNTS, "sh", "-c", "mount -t tmpfs none /mnt"]
    return not subprocess.run(tried, capture_output=True, check=False).returncode


def on_full_disk(home: Path, arguments: Sequence[str], room_kib: int, **settings: str) -> Ended:
    return _mounted(FULL, home, arguments, ROOM_KIB=str(room_kib), **settings)


def on_read_only_disk(home: Path, arguments: Sequence[str], **settings: str) -> Ended:
    return _mounted(READ_ONLY, home, arguments, **settings)


def _mounted(script: str, home: Path, arguments: Sequence[str], **told: str) -> Ended:
    try:
        ended = subprocess.run(
            [*OWN_MOUNTS, "sh", "-c", script, "sh", *TUNEGENIE, *arguments],
            cwd=ROOT,
            env=environment(home, HOME_FOLDER=str(home), **told),
            capture_output=True,
            text=True,
            check=False,
            timeout=MOST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"a command was still running after {MOST_SECONDS:.0f} s") from error
    return Ended(ended.returncode, ended.stderr, 0.0)
