from __future__ import annotations

import sys

import pytest

from benches.processes import BenchError, run


def test_a_command_is_measured_with_its_own_memory() -> None:
    finished = run([sys.executable, "-c", "x = bytearray(80 * 2**20); print(len(x))"])
    assert finished.stdout == f"{80 * 2**20}\n"
    assert 80 < finished.peak_mb < 130


def test_only_the_environment_that_is_given_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_OUTSIDE", "1")
    code = "import os; print(os.environ.get('FROM_OUTSIDE'), os.environ.get('GIVEN'))"
    assert run([sys.executable, "-c", code], {"GIVEN": "2"}).stdout == "None 2\n"


def test_a_command_that_fails_is_told_with_its_last_line() -> None:
    with pytest.raises(BenchError, match=r"exit code 3: no such thing"):
        run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])
