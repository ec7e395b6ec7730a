"""What several modules of tests share: a collector that is ready to go at a running stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sources.collector import Bench
from tests.unit.sources.services.worlds import Connected, a_clock, a_world
from tunegenie_assets.sandbox.server import Sandbox


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        yield Bench(Connected(sandbox, tmp_path))
