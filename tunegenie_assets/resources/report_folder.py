"""Where pages for people to open lie: a folder for each report. What is in them is made elsewhere."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

DBT_DOCS = "dbt_docs"
"""The report that explains tables, columns and metrics."""


class ReportFolder(dg.ConfigurableResource[None]):
    """`root` holds a folder for each report."""

    root: str

    def publish(self, name: str, page: Path) -> Path:
        """Move a finished page to its place; who has the old one open keeps it, nobody sees half of one."""
        final = page_of(Path(self.root), name)
        final.parent.mkdir(parents=True, exist_ok=True)
        return page.replace(final)


def page_of(root: Path, name: str) -> Path:
    """Where the page of a report lies, once it is written."""
    return root / name / "index.html"
