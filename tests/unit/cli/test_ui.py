"""How `tunegenie ui` starts Dagster; that all of it ends is held by an integration test."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.ui import UNHELPFUL_WARNINGS, run
from tunegenie_assets.settings import PREFIX, leave_out_warnings

ROOT = Path(__file__).resolve().parents[3]
STAND_IN = f"""\
#!{sys.executable}
import json, os, signal, sys
json.dump([sys.argv[1:], signal.getsignal(signal.SIGINT) is signal.default_int_handler], sys.stdout)
"""
START = """\
import signal, sys
from tunegenie_assets.cli import ui
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.executable = sys.argv[1]
ui.run(port=4321)
"""
WARN = """\
import warnings
from dagster_shared.utils.warnings import beta_warning, supersession_warning
supersession_warning("Function `dev_command`", "Use 'dg dev' instead.", stacklevel=1)
beta_warning("Parameter `backfill_policy` of function `asset`", stacklevel=1)
warnings.warn("the disk is full")
"""


def python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_dagster_can_be_interrupted_wherever_it_is_started(tmp_path: Path) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text(STAND_IN, encoding="utf-8")
    stand_in.chmod(0o755)
    home = tmp_path / "home"
    environment = {f"{PREFIX}HOME": str(home), "PYTHONPATH": str(ROOT)}
    said, started = python(START, str(stand_in), **environment).stdout.splitlines()
    assert said == "The UI is at http://127.0.0.1:4321; Ctrl-C ends it."
    answer: Any = json.loads(started)
    arguments, can_be_interrupted = answer
    assert arguments == [
        *("-m", "dagster", "dev", "-w", str(home / "dagster" / "workspace.yaml")),
        *("--host", "127.0.0.1", "--port", "4321"),
        *("--log-level", "warning"),
    ]
    assert Path(arguments[4]).read_text(encoding="utf-8").startswith("# Written by tunegenie")
    assert can_be_interrupted
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_port_that_is_taken_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"^port {port} cannot be used \(.* another port with --port$"):
            run(port=port)
    assert capsys.readouterr().out == ""


def test_warnings_that_are_not_for_people_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)
    leave_out_warnings(UNHELPFUL_WARNINGS)
    plain, quiet = python(WARN).stderr, python(WARN, PYTHONWARNINGS=os.environ["PYTHONWARNINGS"]).stderr
    assert [name in plain for name in ("SupersessionWarning", "BetaWarning", "the disk is full")] == [True, True, True]
    assert [name in quiet for name in ("SupersessionWarning", "BetaWarning", "the disk is full")] == [
        False,
        False,
        True,
    ]


def test_the_warnings_that_somebody_chose_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning")
    leave_out_warnings(UNHELPFUL_WARNINGS)
    assert os.environ["PYTHONWARNINGS"].startswith("error::UserWarning,ignore:")
