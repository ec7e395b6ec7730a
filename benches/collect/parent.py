"""The other end of child.py: a process that is started again when it was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from benches.collect.child import ORDER, REPORT, SETUP, Order, Report, Setup
from benches.processes import ROOT, BenchError


class Child:
    """The process that collects; started again when it was killed."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        self._setup = setup
        self._errors = folder / "child-errors.txt"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._end(self._process)

    def collect(self, order: Order) -> Report | None:
        """What the child reports; None when it was killed.

        Raises:
            BenchError: it ended in another way.
        """
        process = self._process = self._process or self._start()
        reader, writer = process.stdout, process.stdin
        if reader is None or writer is None:
            raise BenchError("the child has no pipes")
        writer.write(ORDER.dump_json(order).decode() + "\n")
        writer.flush()
        line = reader.readline()
        if line:
            return REPORT.validate_json(line)
        self._process = None
        code = self._end(process)
        if code != -signal.SIGKILL:
            told = self._errors.read_text(encoding="utf-8").strip().splitlines() or ["no message"]
            raise BenchError(f"the child ended with code {code}: {told[-1]}")
        return None

    def _start(self) -> subprocess.Popen[str]:
        with self._errors.open("a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "benches.collect.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
            )
        if process.stdin is not None:
            process.stdin.write(SETUP.dump_json(self._setup).decode() + "\n")
        return process

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> int:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        return process.wait()
