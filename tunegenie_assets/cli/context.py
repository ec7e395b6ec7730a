"""What every command needs: the settings, and the code location built from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import dagster as dg

from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import Environment, Settings, apply_to_process, load_settings


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
        settings = load_settings()
        apply_to_process(settings)
        return cls(settings)

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_definitions(self.settings)

    @cached_property
    def warehouse(self) -> WarehouseIOManager:
        return warehouse_for(self.settings)

    def has_in_silver(self, *tables: str) -> bool:
        """Whether all these tables and views of silver have been built."""
        if self.settings.env is not Environment.PRODUCTION and not self.settings.warehouse_path.exists():
            return False
        found = self.warehouse.query(
            "select lower(table_name) as name from information_schema.tables where lower(table_schema) = 'silver'"
        )
        return set(tables) <= set(found["name"].to_pylist())
