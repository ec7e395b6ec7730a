"""What listeners said about their history as a Dagster resource, in tables. Storing it is in sources/preferences.py."""

from __future__ import annotations

from dataclasses import asdict

import dagster as dg
import pyarrow as pa
from upath import UPath

from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS
from tunegenie_assets.sources.preferences import PreferenceStore


class Preferences(dg.ConfigurableResource[None]):
    """What is in force of the statements under `landing_root`, a folder or an fsspec URL."""

    landing_root: str

    @property
    def store(self) -> PreferenceStore:
        return PreferenceStore(UPath(self.landing_root))

    def exclusions(self) -> pa.Table:
        """The table `landing.exclusions`."""
        rows = [{"exclusion_id": e.exclusion_id, **asdict(e)} for e in self.store.exclusions()]
        return pa.Table.from_pylist(rows, schema=EXCLUSIONS.arrow_schema)

    def listener_zones(self) -> pa.Table:
        """The table `landing.listener_zones`."""
        rows = [asdict(zone) for zone in self.store.zones()]
        return pa.Table.from_pylist(rows, schema=LISTENER_ZONES.arrow_schema)

    def travellers(self) -> pa.Table:
        """The table `landing.travellers`."""
        rows = [asdict(traveller) for traveller in self.store.travellers()]
        return pa.Table.from_pylist(rows, schema=TRAVELLERS.arrow_schema)
