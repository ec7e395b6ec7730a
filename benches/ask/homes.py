"""Homes whose listeners are asked: a simulated one, the real archive, or one that is given; and an assistant over it.

Whoever is asked about is chosen by their plays alone: the busiest, one in the middle, a quiet one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benches.processes import BenchError, Finished, run
from benches.report import Size
from ml.assistant.assistant import Assistant
from tunegenie_assets.assistant.opening import open_assistant
from tunegenie_assets.settings import PREFIX, Environment, load_settings

COMMAND = (sys.executable, "-m", "tunegenie_assets.cli.app")
POPULATION: Mapping[Size, tuple[int, int, str]] = {"full": (40, 800, "2026-10-31"), "small": (12, 240, "2026-03-01")}
"""Listeners, days and the day after the last: with two years, or one, that are over, and a summer."""
ARCHIVE = "listener_a_spotify_extended.zip"
CATALOGUE = "spotify_songs_32k.csv.gz"
ARCHIVE_LISTENER = "ada"
ARCHIVE_TIMEZONE = "America/New_York"
FEWEST_PLAYS = 300
"""Who has played less cannot be asked much."""


@dataclass(frozen=True)
class Home:
    """One TUNEGENIE_HOME."""

    path: Path

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    def command(self, *arguments: str, catalogue: Path | None = None) -> Finished:
        """A command of TuneGenie in a process of its own.

        Raises:
            BenchError: it failed.
        """
        environment = {f"{PREFIX}HOME": str(self.path), f"{PREFIX}ENV": Environment.CI.value}
        if catalogue is not None:
            environment[f"{PREFIX}CATALOGUE"] = str(catalogue)
        return run([*COMMAND, *arguments], environment)

    def assistant(self, listener: str) -> Assistant:
        return open_assistant(load_settings(home=self.path, env=Environment.CI), listener)

    def listeners(self, count: int) -> list[str]:
        """So many: from the busiest to the quietest who can be asked something, and one with several sources."""
        sql = """
            select listener_id, count(distinct source) from gold.fct_plays where counts_as_play
            group by listener_id having count(*) >= ? order by count(*) desc, listener_id
        """
        with closing(duckdb.connect(str(self.warehouse), read_only=True)) as connection:
            known = connection.execute(sql, [FEWEST_PLAYS]).fetchall()
        ranked = [str(listener) for listener, _ in known]
        merged = [str(listener) for listener, sources in known if sources > 1]
        if count == 1 or not merged:
            return spread(ranked, count)
        return [*spread([listener for listener in ranked if listener != merged[0]], count - 1), merged[0]]


def spread(ranked: Sequence[str], count: int) -> list[str]:
    """So many of them at even distances, the first one always; all where there are no more."""
    if len(ranked) <= count:
        return list(ranked)
    if count == 1:
        return [ranked[0]]
    return [ranked[place * (len(ranked) - 1) // (count - 1)] for place in range(count)]


def simulated(path: Path, size: Size) -> Home:
    """A demo of its own.

    Raises:
        BenchError: it failed.
    """
    listeners, days, until = POPULATION[size]
    home = Home(path)
    home.command("demo", "--listeners", str(listeners), "--days", str(days), "--until", until, "--json")
    return home


def archived(path: Path, data: Path) -> Home:
    """The real archive of that folder, with the catalogue beside it where it is there.

    Raises:
        BenchError: it is not there, or its import failed.
    """
    archive, catalogue = data / ARCHIVE, data / CATALOGUE
    if not archive.exists():
        raise BenchError(f"{ARCHIVE} is not in {data}")
    home = Home(path)
    home.command(
        *("import", str(archive.resolve()), "--listener", ARCHIVE_LISTENER, "--timezone", ARCHIVE_TIMEZONE, "--json"),
        catalogue=catalogue.resolve() if catalogue.exists() else None,
    )
    return home
