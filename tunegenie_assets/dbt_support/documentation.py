"""What dbt's documentation page says, counted from the manifest. dbt writes the page in runner.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATIC_PAGE = "static_index.html"
"""Its name in dbt's target folder."""


@dataclass(frozen=True)
class Documentation:
    """The page and how much there is to read."""

    page: Path
    models: int
    metrics: int
    columns: int
    described_columns: int

    @classmethod
    def of(cls, page: Path, manifest: Mapping[str, Any]) -> Documentation:
        models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
        columns = [column for table in (*models, *manifest["sources"].values()) for column in table["columns"].values()]
        described = [column for column in columns if column["description"]]
        return cls(page, len(models), len(manifest["metrics"]), len(columns), len(described))

    @property
    def described_share(self) -> float:
        return self.described_columns / self.columns if self.columns else 1.0
