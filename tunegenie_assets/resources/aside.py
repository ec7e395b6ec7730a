"""Where `tunegenie rebuild` puts what is damaged in a home: the exact paths, and no others.

No pattern finds them: landing keeps the names that files and listeners came with, and those may end alike.
"""

from __future__ import annotations

from pathlib import Path

from tunegenie_assets.settings import Settings

ASIDE = ".damaged"
RECORDS = {"history": "the record of runs", "schedules": "the record of schedules and sensors"}
"""What Dagster keeps, by folder of its home."""


def aside_of(path: Path) -> Path:
    """The name that a damaged file or folder gets, beside where it was."""
    return path.with_name(f"{path.name}{ASIDE}")


def all_aside(settings: Settings) -> list[Path]:
    """Whatever may have been put aside in this home; most of it was not."""
    records = (settings.dagster_home / name for name in RECORDS)
    return [aside_of(path) for path in (settings.warehouse_path, settings.collector_path, *records)]
