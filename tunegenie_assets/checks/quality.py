"""Checks of the reports themselves: whole pages, and a history in which every result stands once."""

from __future__ import annotations

import re

import dagster as dg

from tunegenie_assets.checks.factories import no_rows_check
from tunegenie_assets.resources.report_folder import DATA_QUALITY, DBT_DOCS, PAGE, ReportFolder

_FROM_ELSEWHERE = re.compile(r"<script|<link|<iframe|\bsrc=|@import|url\(", re.IGNORECASE)
"""What a browser would fetch or run."""


def _page_check(report: str, *, stands_alone: bool) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=["reports", report],
        name="page_is_whole",
        description="The page lies where it should, to its last line"
        + (", and loads nothing." if stands_alone else "."),
    )
    def page_is_whole(reports: ReportFolder) -> dg.AssetCheckResult:
        try:
            page = reports.read(report, PAGE)
        except OSError as error:
            return dg.AssetCheckResult(passed=False, description=f"the page cannot be read: {error.strerror}")
        loads = sorted(set(_FROM_ELSEWHERE.findall(page))) if stands_alone else []
        if loads:
            return dg.AssetCheckResult(passed=False, description=f"the page would load or run: {', '.join(loads)}")
        is_whole = page.rstrip().endswith("</html>")
        return dg.AssetCheckResult(
            passed=is_whole,
            description=None if is_whole else "the page breaks off before its end",
            metadata={"characters": len(page)},
        )

    return page_is_whole


results_once = no_rows_check(
    ["reports", "check_results"],
    "every_result_once",
    """
    select asset, check_name, run_id, evaluated_at, count(*) as times
    from reports.check_results
    group by asset, check_name, run_id, evaluated_at
    having count(*) > 1
    """,
    description="No result stands in the history twice, however often it was written.",
)

QUALITY_CHECKS: list[dg.AssetChecksDefinition] = [
    _page_check(DATA_QUALITY, stands_alone=True),
    _page_check(DBT_DOCS, stands_alone=False),
    results_once,
]
