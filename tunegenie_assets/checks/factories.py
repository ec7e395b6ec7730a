"""Makers of asset checks that ask the warehouse one question. Which asset gets which check is in the other modules."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg
import pyarrow as pa

from tunegenie_assets.resources.tables import WarehouseIOManager

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN


def no_rows_check(
    asset: Sequence[str],
    name: str,
    sql: str,
    *,
    description: str,
    blocking: bool = False,
    severity: dg.AssetCheckSeverity = ERROR,
    additional_deps: Sequence[Sequence[str]] = (),
) -> dg.AssetChecksDefinition:
    """Passes when `sql` returns no row; the first rows it returns stand in the metadata."""

    def judge(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
        shown = rows.slice(0, 5).to_pylist()
        return rows.num_rows == 0, {
            # Of counts only: the rows themselves may tell of a listener, and a summary travels into reports.
            **({"summary": _found(rows)} if rows.num_rows else {}),
            "failing_rows": rows.num_rows,
            "examples": dg.MetadataValue.md(f"```\n{shown}\n```"),
        }

    return query_check(
        asset,
        name,
        sql,
        judge,
        description=description,
        blocking=blocking,
        severity=severity,
        additional_deps=additional_deps,
    )


def _found(rows: pa.Table) -> str:
    return f"{rows.num_rows:,} {'row' if rows.num_rows == 1 else 'rows'} with {', '.join(rows.column_names)}"


def query_check(
    asset: Sequence[str],
    name: str,
    sql: str,
    judge: Callable[[pa.Table], tuple[bool, dict[str, Any]]],
    *,
    description: str,
    blocking: bool = False,
    severity: dg.AssetCheckSeverity = ERROR,
    additional_deps: Sequence[Sequence[str]] = (),
) -> dg.AssetChecksDefinition:
    """Passes when `judge` says so of the rows of `sql`; its metadata stand with it, `summary` in words."""

    @dg.asset_check(
        asset=dg.AssetKey(list(asset)),
        name=name,
        description=description,
        blocking=blocking,
        additional_deps=[dg.AssetKey(list(key)) for key in additional_deps],
    )
    def check(warehouse: dg.ResourceParam[WarehouseIOManager]) -> dg.AssetCheckResult:
        passed, metadata = judge(warehouse.query(sql))
        return dg.AssetCheckResult(
            passed=passed, severity=severity, metadata=metadata, description=metadata.get("summary")
        )

    return check


def completeness_check(
    asset: Sequence[str],
    columns: Sequence[str],
    *,
    at_least: float = 0.95,
    where: str = "true",
    rows: str = "rows",
    severity: dg.AssetCheckSeverity = WARN,
    name: str = "completeness",
) -> dg.AssetChecksDefinition:
    """Passes when each column is filled in at least this share of the rows; `rows` says which those of `where` are."""
    table = ".".join(asset)
    shares = ", ".join(f"avg(case when {column} is null then 0.0 else 1.0 end) as {column}" for column in columns)

    def judge(answer: pa.Table) -> tuple[bool, dict[str, Any]]:
        filled = {name: value for name, value in answer.to_pylist()[0].items() if value is not None}
        shares = {name: round(float(value), 4) for name, value in filled.items()}
        lacking = ", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share < at_least)
        return not lacking, {**({"summary": f"filled: {lacking}"} if lacking else {}), **shares}

    return query_check(
        asset,
        name,
        f"select {shares} from {table} where {where}",  # noqa: S608  # names come from the caller's constants
        judge,
        description=f"At least {at_least:.0%} of the {rows} have {', '.join(columns)}.",
        severity=severity,
    )
