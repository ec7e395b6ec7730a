"""Which revision of the source code this program is: of a checkout the commit, of an installed package its version."""

from __future__ import annotations

import subprocess
from importlib.metadata import version
from pathlib import Path

SECONDS = 5


def source_revision() -> str:
    """The commit, with `-dirty` where files were changed since, else the version of the package."""
    folder = Path(__file__).resolve().parents[2]
    release = f"tunegenie {version('tunegenie')}"
    if not (folder / ".git").exists():
        return release
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)  # noqa: S603 - ours
    # Without git, or in a folder that it does not trust, the package still knows its version.
    except (OSError, subprocess.SubprocessError):
        return release
    return f"{release} ({said.stdout.strip()})"
