"""What a figure was measured on: the machine, the versions of what does the work, and the revision of the project."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benches.processes import ROOT

PACKAGES = ("duckdb", "pyarrow", "numpy")
CPU_INFO = Path("/proc/cpuinfo")
WRITTEN_BY_THE_SUITE = ":(exclude)docs/benchmarks.*"


def machine() -> dict[str, str]:
    """Name and value of each fact, in the order in which a reader wants them; nothing that names the owner."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": str(_cores()),
        "memory": f"{memory:.0f} GB",
        "system": _system(),
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def revision() -> str:
    """The commit that was measured, with a plus sign where files differ from it."""
    try:
        commit = _git("rev-parse", "--short=10", "HEAD")
        changed = _git("status", "--porcelain", "--", ".", WRITTEN_BY_THE_SUITE)
    except (OSError, subprocess.CalledProcessError):
        return "not under git"
    return f"{commit}+" if changed else commit


def _git(*arguments: str) -> str:
    command = ["git", *arguments]  # whichever git the user has
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    if CPU_INFO.exists():
        for line in CPU_INFO.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    """Those that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.release()}"
    except OSError:
        return platform.platform(terse=True)
