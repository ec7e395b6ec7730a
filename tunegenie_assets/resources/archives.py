"""The landing store and the parsed archives as Dagster resources. What they do is in sources/."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow as pa
from upath import UPath

from tunegenie_assets.schemas.histories import HISTORIES
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.landing import LandedArchive, Landing
from tunegenie_assets.sources.parsed import ParsedArchive, ParsedArchives


class ArchiveStore(dg.ConfigurableResource[None]):
    """Archives as they came, under `landing_root` (a folder or an fsspec URL), and their parsed records."""

    landing_root: str
    parsed_path: str

    @property
    def landing(self) -> Landing:
        return Landing(UPath(self.landing_root))

    @property
    def parsed(self) -> ParsedArchives:
        return ParsedArchives(Path(self.parsed_path))

    def read_window(self, table: Table, start: date, end: date) -> pa.Table:
        """Records of one table in all archives that began in [start, end), parsing what is not parsed yet.

        Empty for a table that no archive feeds.
        """
        if table not in HISTORIES:
            return table.empty()
        return self.parsed.read_window(table.name, self._parsed(), start, end)

    def rejected(self) -> pa.Table:
        """Records of all archives that could not be read."""
        return self.parsed.rejected(self._parsed())

    def parsed_archives(self) -> list[tuple[LandedArchive, ParsedArchive]]:
        """Every landed archive with its records, parsing what is not parsed yet."""
        landing = self.landing
        return [(archive, self.parsed.ensure(landing, archive)) for archive in landing.archives()]

    def _parsed(self) -> list[ParsedArchive]:
        return [parsed for _, parsed in self.parsed_archives()]
