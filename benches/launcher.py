"""Runs one command and writes its exit code, times and peak memory to a file; the standard library only.

A process inherits the peak of the one that starts it, so the command is started from here, a process of 10 MB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1
"""Linux counts `ru_maxrss` in KiB, macOS in bytes."""


def main(report: Path, command: list[str]) -> None:
    begin = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    seconds = time.monotonic() - begin
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured = {
        "code": code,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * KIB_PER_UNIT / 1024,
    }
    report.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
