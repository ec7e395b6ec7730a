"""What each part of a deployment in containers is begun with; tests/integration/test_serve.py holds how they work."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tunegenie_assets.cli.parts import Part
from tunegenie_assets.cli.serving import run
from tunegenie_assets.settings import PREFIX


class Replaced(Exception):  # noqa: N818  # not an error: where this process would end
    """Another program has taken the place of this one."""


@pytest.fixture
def open_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that was started with a umask which lets everybody read."""

    def replace(_path: str, _arguments: list[str]) -> None:
        raise Replaced

    monkeypatch.setattr(os, "execv", replace)
    before, handler = os.umask(0o022), signal.getsignal(signal.SIGINT)
    yield
    os.umask(before)
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("open_process")
@pytest.mark.parametrize("part", [Part.DAEMON, Part.WEBSERVER])
def test_a_part_writes_nothing_that_others_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: Part
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    monkeypatch.setenv(f"{PREFIX}HOME", str(home))
    with pytest.raises(Replaced):
        run(part, host="127.0.0.1", code="code")
    after = os.umask(0o022)
    assert after == 0o077
    assert [entry for entry in (home, *home.rglob("*")) if stat.S_IMODE(entry.stat().st_mode) & 0o077] == []
