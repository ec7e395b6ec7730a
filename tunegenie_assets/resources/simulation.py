"""What to simulate: the catalogue file, and the population, whose description is kept beside the landed archives.

The description outlives the warehouse, so a rebuilt warehouse simulates the same listeners. How they listen is in
ml/listeners.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
from pydantic import TypeAdapter, ValidationError
from upath import UPath

from ml.listeners.population import PopulationSpec
from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.storage import make_folder, store


class Simulation(dg.ConfigurableResource[None]):
    """`population_path` is where the population in use is written down, a file or an fsspec URL; `seed` is that of an
    invented catalogue.
    """

    population_path: str
    seed: int
    catalogue_path: str | None = None

    @property
    def catalogue_file(self) -> Path | None:
        return Path(self.catalogue_path) if self.catalogue_path else None

    def settled(self) -> PopulationSpec | None:
        """The population that was written down, or None when nothing has been simulated yet."""
        stored = self._read()
        return stored.population if stored else None

    def touched_days(self) -> tuple[date, date] | None:
        """First and last day of any population that was ever settled here: plays of an earlier one may still lie on
        days on which the present one does not listen.
        """
        stored = self._read()
        return (stored.first_touched_day, stored.last_touched_day) if stored else None

    def settle(self, population: PopulationSpec) -> None:
        """Write the population down in place of the one before."""
        before = self._read()
        first, last = population.first_day, population.until - timedelta(days=1)
        if before:
            first, last = min(first, before.first_touched_day), max(last, before.last_touched_day)
        path = UPath(self.population_path)
        make_folder(path.parent)
        store(io.BytesIO(_STORED.dump_json(_Stored(population, first, last), indent=2)), path)

    def _read(self) -> _Stored | None:
        path = UPath(self.population_path)
        if not path.exists():
            return None
        try:
            return _STORED.validate_json(path.read_bytes())
        except ValidationError as error:
            raise LandingError(
                f"{path} is damaged: no population that was written here; delete it and run tunegenie demo again"
            ) from error


@dataclass(frozen=True)
class _Stored:
    population: PopulationSpec
    first_touched_day: date
    last_touched_day: date


_STORED = TypeAdapter(_Stored)
