"""A landing of its own for each test, and an archive to land there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.sources.samples import AUDIO, VIDEO, record, write_zip
from tunegenie_assets.resources.archives import ArchiveStore


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    return ArchiveStore(landing_root=str(tmp_path / "landing"), parsed_path=str(tmp_path / "parsed"))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    records = [record(), record(ts="2019-01-03T10:00:00Z")]
    return write_zip(tmp_path / "ada.zip", {AUDIO: records, VIDEO: []})
