"""What every command needs: the settings, and the code location built from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import dagster as dg

from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.jobs import without_empty_histories
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.importing import sources_landed
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import Environment, Settings, apply_to_process
from tunegenie_assets.wiring import build_archive_store, build_collection


@dataclass(frozen=True)
class Platform:
    """One TuneGenie home as a command sees it."""

    settings: Settings

    @classmethod
    def open(cls) -> Platform:
        """The platform of this process's settings.

        Raises:
            SettingsError: a setting cannot be used.
        """
        settings = open_home()
        apply_to_process(settings)
        return cls(settings)

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_definitions(self.settings)

    @cached_property
    def warehouse(self) -> WarehouseIOManager:
        return warehouse_for(self.settings)

    def assets_with_rows(self, job: str) -> list[dg.AssetKey]:
        """The assets of a job but for raw tables of which nothing has landed."""
        archives, collection = build_archive_store(self.settings), build_collection(self.settings)
        definitions = [asset for asset in self.definitions.assets or () if isinstance(asset, dg.AssetsDefinition)]
        return without_empty_histories(job, sources_landed(archives) | collection.tables(), definitions)

    @property
    def has_warehouse(self) -> bool:
        """Whether there is one to ask; that of production is no file."""
        return self.settings.env is Environment.PRODUCTION or self.settings.warehouse_path.exists()

    def has_in_silver(self, *tables: str) -> bool:
        """Whether all these tables and views of silver have been built."""
        if not self.has_warehouse:
            return False
        found = self.warehouse.query(
            "select lower(table_name) as name from information_schema.tables where lower(table_schema) = 'silver'"
        )
        return set(tables) <= set(found["name"].to_pylist())
