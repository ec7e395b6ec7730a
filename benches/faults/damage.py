"""Ways in which a file of a home is damaged from outside: cut short, overwritten, changed in places, half written."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random


def truncate(file: Path, share: float) -> None:
    with file.open("r+b") as stream:
        stream.truncate(int(file.stat().st_size * share))


def overwrite(file: Path, random: Random, size: int = 200_000) -> None:
    """Something else altogether."""
    file.write_bytes(random.randbytes(size))


def flip(file: Path, random: Random, places: int = 200, *, keep: int = 0) -> None:
    """Other bytes in some places after the first `keep`."""
    content = bytearray(file.read_bytes())
    for _ in range(places):
        content[random.randrange(keep, len(content))] ^= 0xFF
    file.write_bytes(content)


def forget_what_follows(home: Path) -> None:
    """Delete the warehouse and the parsed archives, so that landing is all there is."""
    (home / "warehouse.duckdb").unlink(missing_ok=True)
    shutil.rmtree(home / "parsed", ignore_errors=True)


def one(home: Path, pattern: str) -> Path:
    """The first file of a pattern; a home without one is not what a scenario was written for."""
    return min(home.glob(pattern))
