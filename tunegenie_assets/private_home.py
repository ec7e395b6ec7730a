"""Who may read a TuneGenie home: its owner alone, whatever umask the process was started with.

What guards everything is the folder itself, 0700: DuckDB, Dagster, dbt and Arrow choose modes of their own. Files are
0600 besides, since from here on the process makes no others. A landing at a URL is guarded by its own service.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

PRIVATE_UMASK = 0o077
"""Nothing for group and others."""


def keep_private(home: Path) -> str | None:
    """Make the home, and all that this process writes from now on, its owner's; a home of an older version as well.

    Returns:
        Where it cannot be made so, one line that says why and what to do.
    """
    os.umask(PRIVATE_UMASK)
    if not home.exists():
        return None
    found = home.stat()
    if not found.st_mode & PRIVATE_UMASK:
        return None
    if found.st_uid != os.getuid():
        return f"{home} belongs to another account and others may read it; own it, or set TUNEGENIE_HOME anew"
    if _is_shared(home, found):
        return f"{home} holds other things than a home; set TUNEGENIE_HOME to a folder of its own, which can be closed"
    try:
        # The folder last: a process that is killed before then is followed by one that begins again.
        for entry in (*_below(home), home):
            _close(entry)
    except OSError as error:
        return f"others may read {home} and it cannot be closed ({error.strerror}); run `chmod -R go= {home}`"
    return None


def warning_of(dotenv: Path) -> str | None:
    """The line for a file of settings that others can read; None for one that they cannot, or that is not there."""
    try:
        found = dotenv.stat()
    except OSError:
        return None
    if not found.st_mode & PRIVATE_UMASK:
        return None
    return f"others may read {dotenv}, which may hold secrets; run `chmod 600 {dotenv}`"


def _is_shared(home: Path, found: os.stat_result) -> bool:
    """A folder such as /tmp, or the one in which a person keeps everything."""
    return bool(found.st_mode & stat.S_ISVTX) or Path.home().is_relative_to(home)


def _below(home: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(home):
        yield from (Path(folder, name) for name in (*folders, *files))


def _close(entry: Path) -> None:
    """Take from group and others what they may do; the owner's bits stay."""
    if entry.is_symlink():
        return
    try:
        mode = stat.S_IMODE(entry.stat().st_mode)
        if mode & PRIVATE_UMASK:
            entry.chmod(mode & ~PRIVATE_UMASK)
    except FileNotFoundError:
        # A file of a process that is at work on this home.
        return
