"""Where pages for people to open lie: a folder for each report. What is in them is made elsewhere."""

from __future__ import annotations

from pathlib import Path

import dagster as dg


class ReportFolder(dg.ConfigurableResource[None]):
    """`root` holds a folder for each report."""

    root: str

    def publish(self, name: str, page: Path) -> Path:
        """Move a finished page to `<name>/index.html`; who has the old one open keeps it, nobody sees half of one."""
        final = Path(self.root) / name / "index.html"
        final.parent.mkdir(parents=True, exist_ok=True)
        return page.replace(final)
