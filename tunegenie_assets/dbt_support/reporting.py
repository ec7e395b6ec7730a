"""What a dbt step tells Dagster of the tables it built: row counts, per day where they are daily, and charts.

Which table has which chart stands in pictures.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from tunegenie_assets import charts
from tunegenie_assets.dbt_support.pictures import PICTURES
from tunegenie_assets.resources.partition_counts import record_counts
from tunegenie_assets.resources.tables import WarehouseIOManager


def whole_table_metadata(
    warehouse: WarehouseIOManager, keys: Sequence[dg.AssetKey]
) -> Mapping[dg.AssetKey, Mapping[str, Any]]:
    """Row count of each table, and the chart of those that have one."""
    if not keys:
        return {}
    counts = [
        f"select '{key.to_user_string()}' as key, count(*) as row_count from {key.path[0]}.{key.path[1]}"  # noqa: S608  # keys of the graph
        for key in keys
    ]
    rows = {row["key"]: row["row_count"] for row in warehouse.query(" union all ".join(counts)).to_pylist()}
    return {key: {"dagster/row_count": int(rows[key.to_user_string()]), **_charts(warehouse, key)} for key in keys}


def record_window_counts(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseIOManager,
    keys: Sequence[dg.AssetKey],
    window: tuple[date, date],
) -> None:
    """Attach to each day of the window how many rows each table has."""
    for key in keys:
        column = context.assets_def.specs_by_key[key].metadata["partition_expr"]
        sql = (
            f"select {column} as day, count(*) as row_count from {key.path[0]}.{key.path[1]} "  # noqa: S608  # keys of the graph
            f"where {column} >= '{window[0]}' and {column} < '{window[1]}' group by {column}"
        )
        counts = {row["day"]: int(row["row_count"]) for row in warehouse.query(sql).to_pylist()}
        record_counts(context, key, counts, window)


def _charts(warehouse: WarehouseIOManager, key: dg.AssetKey) -> Mapping[str, Any]:
    picture = PICTURES.get(tuple(key.path))
    if picture is None:
        return {}
    rows = warehouse.query(picture.sql)
    return {"chart": charts.as_metadata(picture.draw(rows))} if rows.num_rows else {}
