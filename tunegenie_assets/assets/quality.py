"""Checks as a report: their history in the warehouse, and the page and the summary made of it.

What a standing is and how it is shown is in ml/quality; how the event log is read in instance/check_log.py.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.quality.markdown import as_markdown
from ml.quality.masking import masked
from ml.quality.page import as_page
from ml.quality.standing import TREND_RUNS, KnownCheck, Result, Standing, standings, totals
from tunegenie_assets.instance.check_log import results_since
from tunegenie_assets.keys import LAYERS, OWNERS
from tunegenie_assets.resources.guard import Window
from tunegenie_assets.resources.report_folder import DATA_QUALITY, PAGE, SUMMARY, ReportFolder
from tunegenie_assets.resources.services import Services, utc_now
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.quality import CHECK_RESULTS
from tunegenie_assets.sources.services.errors import TokenFileError

OVERLAP = timedelta(days=1)
"""Runs that changed so long before the newest result are read again: a run may go on while its report is made."""
LAST = {"dagster/priority": "-10"}
"""Within a run everything else comes first, so that the report tells of the checks of its own run."""

_NAMES = """
select listener_id as name from landing.archives
union select subject from landing.page_files
union select listener_id from landing.listener_zones
union select listener_id from landing.exclusions
"""
_LAST_RUNS = f"""
select asset, check_name, run_id, evaluated_at, severity, passed, summary
from (
    select results.*, row_number() over (partition by asset, check_name order by evaluated_at desc) as place
    from reports.check_results as results
) as newest
where place <= {4 * TREND_RUNS}
"""  # noqa: S608  # a number; several results of one run count as one


def build_check_results(after: Sequence[dg.AssetKey], checks: Sequence[dg.AssetCheckKey]) -> dg.AssetsDefinition:
    """The history of the checks; it comes after all the assets that nothing else comes after."""

    @dg.asset(
        key=list(CHECK_RESULTS.key),
        deps=after,
        group_name="reports",
        description=CHECK_RESULTS.row,
        owners=list(OWNERS),
        kinds={"python", "table"},
        op_tags=LAST,
        metadata={"dagster/column_schema": column_schema(CHECK_RESULTS)},
    )
    def check_results(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseIOManager], services: Services
    ) -> dg.MaterializeResult[Any]:
        added = add_results(context.instance, warehouse, checks, connected(services))
        kept = warehouse.query("select count(*) as results from reports.check_results").to_pylist()[0]["results"]
        return dg.MaterializeResult(metadata={"added": added, "dagster/row_count": int(kept)})

    return check_results


def build_data_quality(known: Sequence[KnownCheck]) -> dg.AssetsDefinition:
    """The report of these checks."""

    @dg.asset(
        key=["reports", DATA_QUALITY],
        deps=[list(CHECK_RESULTS.key)],
        group_name="reports",
        description="One page is the state of all checks: what is wrong now, the trend over 30 runs, and what to do.",
        owners=list(OWNERS),
        kinds={"html", "markdown"},
        op_tags=LAST,
    )
    def data_quality(
        reports: ReportFolder, warehouse: dg.ResourceParam[WarehouseIOManager]
    ) -> dg.MaterializeResult[Any]:
        standing = standing_of(warehouse, known)
        as_of = utc_now()
        page = reports.write(DATA_QUALITY, PAGE, as_page(standing, as_of, LAYERS))
        summary = as_markdown(standing, as_of)
        reports.write(DATA_QUALITY, SUMMARY, summary)
        counted = totals(standing)
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(page)),
                "page": dg.MetadataValue.url(page.as_uri()),
                "summary": dg.MetadataValue.md(summary.split("## All checks")[0]),
                "failed": counted.failed,
                "warned": counted.warned,
                "passed": counted.passed,
                "flapping": counted.flapping,
                "never_ran": counted.never_ran,
            }
        )

    return data_quality


def standing_of(warehouse: WarehouseIOManager, known: Iterable[KnownCheck]) -> list[Standing]:
    """Where the checks stand by the history in the warehouse."""
    rows = warehouse.query(_LAST_RUNS).rename_columns({"check_name": "check"}).to_pylist()
    return standings(known, (Result(**row) for row in rows))


def connected(services: Services) -> set[str]:
    """Listeners of whom nothing may have landed yet."""
    names = set(services.credentials.lastfm_names)
    # A token that cannot be read names nobody; the check `authorized` tells of it.
    with suppress(TokenFileError):
        names |= {token.listener_id for token in services.tokens()}
    return names


def add_results(
    instance: dg.DagsterInstance,
    warehouse: WarehouseIOManager,
    checks: Sequence[dg.AssetCheckKey],
    listeners: Iterable[str] = (),
) -> int:
    """Write what the event log knows and the table does not, day by day; returns how many results that are.

    Done again it adds nothing, and what the log has forgotten stays. Names of `listeners`, and of all of whom something
    has landed, are taken out.
    """
    newest = warehouse.query("select max(evaluated_at) as newest from reports.check_results").to_pylist()[0]["newest"]
    found = results_since(instance, newest - OVERLAP if newest else None, checks)
    if not found:
        return 0
    days = [result.evaluated_at.date() for result, _ in found]
    window = Window("evaluated_on", min(days), max(days) + timedelta(days=1))
    kept = warehouse.read(CHECK_RESULTS.key, window).to_pylist()
    have = {_identity(row) for row in kept}
    landed = {row["name"] for row in warehouse.query(_NAMES).to_pylist() if not row["name"].startswith("_")}
    names = landed | set(listeners)
    rows = [_row(result, is_blocking=is_blocking, names=names) for result, is_blocking in found]
    fresh = [row for row in rows if _identity(row) not in have]
    if fresh:
        table = pa.Table.from_pylist([*kept, *fresh], schema=CHECK_RESULTS.arrow_schema)
        warehouse.write(CHECK_RESULTS, table, window)
    return len(fresh)


def _row(result: Result, *, is_blocking: bool, names: Iterable[str]) -> dict[str, Any]:
    return {
        "evaluated_on": result.evaluated_at.date(),
        "evaluated_at": result.evaluated_at,
        "run_id": result.run_id,
        "asset": result.asset,
        "check_name": result.check,
        "severity": result.severity,
        "is_blocking": is_blocking,
        "passed": result.passed,
        "summary": masked(" ".join(result.summary.split()), names) if result.summary else None,
    }


def _identity(row: dict[str, Any]) -> tuple[object, ...]:
    return (row["evaluated_at"], row["run_id"], row["asset"], row["check_name"])
