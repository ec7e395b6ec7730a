"""Where pages for people and files for programs lie: a folder for each. What is in them is made elsewhere."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

DBT_DOCS = "dbt_docs"
"""The report that explains tables, columns and metrics."""
DATA_QUALITY = "data_quality"
"""The report of the checks: a page and a summary."""
PAGE, SUMMARY = "index.html", "summary.md"
CORTEX_MODEL, CORTEX_FILE = "cortex_semantic_model", "tunegenie.yaml"
"""The semantic model of Cortex Analyst: its folder and its file."""


class ReportFolder(dg.ConfigurableResource[None]):
    """`root` holds a folder for each report."""

    root: str

    def publish(self, name: str, page: Path) -> Path:
        """Move a finished page to its place; who has the old one open keeps it, nobody sees half of one."""
        final = page_of(Path(self.root), name)
        final.parent.mkdir(parents=True, exist_ok=True)
        return page.replace(final)

    def write(self, name: str, file_name: str, text: str) -> Path:
        """A file of a report, whole or as it was."""
        final = Path(self.root) / name / file_name
        final.parent.mkdir(parents=True, exist_ok=True)
        fresh = final.with_name(f".{file_name}.new")
        fresh.write_text(text, encoding="utf-8")
        return fresh.replace(final)

    def read(self, name: str, file_name: str) -> str:
        return (Path(self.root) / name / file_name).read_text(encoding="utf-8")


def page_of(root: Path, name: str) -> Path:
    """Where the page of a report lies, once it is written."""
    return root / name / PAGE
