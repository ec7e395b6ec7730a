"""What to simulate: the catalogue file, and the population, whose description is kept beside the landed archives.

The description outlives the warehouse, so a rebuilt warehouse simulates the same listeners. How they listen is in
ml/listeners.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

from ml.listeners.population import PopulationSpec


class Simulation(dg.ConfigurableResource[None]):
    """Defaults from the settings; `population_path` is where the population in use is written down."""

    population_path: str
    listeners: int
    days: int
    seed: int
    catalogue_path: str | None = None

    @property
    def catalogue_file(self) -> Path | None:
        return Path(self.catalogue_path) if self.catalogue_path else None

    def population(self, today: date) -> PopulationSpec:
        """The population in use; the first call settles it: `days` days up to yesterday."""
        settled = self.settled()
        if settled is None:
            settled = PopulationSpec(self.listeners, self.seed, today - timedelta(days=self.days), today)
            self.settle(settled)
        return settled

    def settled(self) -> PopulationSpec | None:
        """The population that was written down, or None when nothing has been simulated yet."""
        path = Path(self.population_path)
        if not path.exists():
            return None
        stored = json.loads(path.read_text(encoding="utf-8"))
        return PopulationSpec(
            listeners=stored["listeners"],
            seed=stored["seed"],
            first_day=date.fromisoformat(stored["first_day"]),
            until=date.fromisoformat(stored["until"]),
        )

    def settle(self, spec: PopulationSpec) -> None:
        """Write the population down, replacing the one before."""
        path = Path(self.population_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(spec), default=date.isoformat, indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
