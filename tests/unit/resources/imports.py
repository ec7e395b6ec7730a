"""Importing one file, as tests of what follows from imports do it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.importing import FileReport, import_files


def import_one(
    store: ArchiveStore, path: Path, *, listener_id: str = "ada", timezone: str | None = None, now: datetime = LANDED_AT
) -> FileReport:
    (report,) = import_files([path], store, listener_id=listener_id, timezone=timezone, now=now)
    assert len(report.line.splitlines()) == 1
    json.dumps(report.as_json())
    return report
