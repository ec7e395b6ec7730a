"""Lands and parses one archive in this process, so that its peak memory can be taken; prints the number of records."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from benches.merge.homes import LISTENER
from tunegenie_assets.sources.landing import Landing
from tunegenie_assets.sources.parsed import ParsedArchives


def main(archive: Path, folder: Path) -> None:
    landing = Landing(folder / "landing")
    landed = landing.land_archive(archive, listener_id=LISTENER, timezone=None, now=datetime.now(UTC))
    parsed = ParsedArchives(folder / "parsed").ensure(landing, landed)
    sys.stdout.write(f"{parsed.records}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
