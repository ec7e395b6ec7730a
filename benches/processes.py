"""Commands in processes of their own, timed, with their peak memory, and without a network where that is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]


class BenchError(Exception):
    """A command that a bench needs did not do what it should; the message is its last line."""


@dataclass(frozen=True)
class Finished:
    """A command that ended well."""

    stdout: str
    seconds: float
    cpu_seconds: float
    """Of all its processes, on all cores: what stays the same on a busy machine."""
    peak_mb: float
    """Largest resident memory of any of its processes, in MiB."""


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, *, network: bool = True) -> Finished:
    """Run a command from the root of the project; nothing of this process's environment reaches it.

    Raises:
        BenchError: it ended with another code than 0.
    """
    isolated = () if network else NO_NETWORK
    with TemporaryDirectory(prefix="tunegenie-bench-") as folder:
        report = Path(folder) / "report.json"
        ended = subprocess.run(
            [sys.executable, "-m", "benches.launcher", str(report), *isolated, *command],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={"PATH": os.defpath, "HOME": folder, "LC_ALL": "C.UTF-8", **(environment or {})},
        )
        if ended.returncode:
            raise BenchError(f"the launcher failed: {_last_line(ended.stderr)}")
        measured = json.loads(report.read_text(encoding="utf-8"))
    if measured["code"]:
        raise BenchError(f"{Path(command[0]).name}: exit code {measured['code']}: {_last_line(ended.stderr)}")
    return Finished(ended.stdout, measured["seconds"], measured["cpu_seconds"], measured["peak_mb"])


NO_NETWORK = ("unshare", "--map-root-user", "--net")


@lru_cache(maxsize=1)
def can_cut_network() -> bool:
    """Whether this machine lets a process have a network name space of its own, in which there is no network."""
    unshare = shutil.which(NO_NETWORK[0])
    if unshare is None:
        return False
    return not subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
