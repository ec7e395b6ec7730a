"""What a dbt step tells Dagster of the tables it built: rows, days, charts, and where each column comes from.

Which table has which chart stands in pictures.py, how columns are followed in lineage.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from tunegenie_assets import charts
from tunegenie_assets.dbt_support.lineage import Origins
from tunegenie_assets.dbt_support.pictures import picture_of
from tunegenie_assets.resources.partition_counts import record_counts
from tunegenie_assets.resources.row_days import day_column, days_metadata
from tunegenie_assets.resources.tables import WarehouseIOManager

Metadata = Mapping[dg.AssetKey, Mapping[str, Any]]


def table_metadata(warehouse: WarehouseIOManager, specs: Sequence[dg.AssetSpec]) -> Metadata:
    """Of each table its rows, the days they are of, and the chart of those that have one."""
    if not specs:
        return {}
    rows = {row["key"]: row for row in warehouse.query(" union all ".join(map(_counting, specs))).to_pylist()}
    return {spec.key: _told(warehouse, spec, rows[spec.key.to_user_string()]) for spec in specs}


def lineage_metadata(origins: Mapping[str, Mapping[str, Origins]]) -> Metadata:
    """Where columns come from, by table and column: as Dagster keeps it, and as a table.

    The open-source UI keeps the lineage of columns (its API tells it) and shows it nowhere: the table is for people.
    """
    lineages = {name: _lineage(name, columns) for name, columns in origins.items()}
    return {
        dg.AssetKey(name.split(".")): {"dagster/column_lineage": lineage, "columns_come_from": _for_people(lineage)}
        for name, lineage in lineages.items()
    }


def record_windows(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseIOManager,
    keys: Sequence[dg.AssetKey],
    window: tuple[date, date],
    metadata: Metadata,
) -> None:
    """Attach to each day of the window how many rows each table has, and to the last day what holds for the table.

    Every day has an event of its own: lineage and a chart in each of four thousand would be a hundred megabytes.
    """
    last_day = max(context.partition_keys)
    for key in keys:
        column = context.assets_def.specs_by_key[key].metadata["partition_expr"]
        sql = (
            f"select {column} as day, count(*) as row_count from {key.path[0]}.{key.path[1]} "  # noqa: S608  # keys of the graph
            f"where {column} >= '{window[0]}' and {column} < '{window[1]}' group by {column}"
        )
        counts = {row["day"]: int(row["row_count"]) for row in warehouse.query(sql).to_pylist()}
        record_counts(context, key, counts, window)
        context.add_asset_metadata(metadata.get(key, {}), asset_key=key, partition_key=last_day)


def _counting(spec: dg.AssetSpec) -> str:
    column = day_column(_columns(spec), spec.metadata.get("partition_expr"))
    first, last = (f"cast({which}({column}) as date)" if column else "cast(null as date)" for which in ("min", "max"))
    schema, table = spec.key.path
    return (
        f"select '{spec.key.to_user_string()}' as key, count(*) as row_count, {first} as first_day, {last} as last_day "  # noqa: S608  # keys of the graph
        f"from {schema}.{table}"
    )


def _told(warehouse: WarehouseIOManager, spec: dg.AssetSpec, row: Mapping[str, Any]) -> Mapping[str, Any]:
    columns = _columns(spec)
    days = days_metadata(day_column(columns, spec.metadata.get("partition_expr")), row["first_day"], row["last_day"])
    return {"dagster/row_count": int(row["row_count"]), **days, **_chart(warehouse, spec.key, list(columns))}


def _columns(spec: dg.AssetSpec) -> dict[str, str]:
    """Types by name, as the UI shows them."""
    schema = spec.metadata.get("dagster/column_schema")
    return {column.name: column.type for column in schema.columns} if isinstance(schema, dg.TableSchema) else {}


def _chart(warehouse: WarehouseIOManager, key: dg.AssetKey, columns: list[str]) -> Mapping[str, Any]:
    picture = picture_of(tuple(key.path), columns)
    if picture is None:
        return {}
    rows = warehouse.query(picture.sql)
    return {"chart": charts.as_metadata(picture.draw(rows))} if rows.num_rows else {}


def _for_people(lineage: dg.TableColumnLineage) -> dg.MarkdownMetadataValue:
    lines = ["| column | comes from |", "| --- | --- |"]
    for column, deps in lineage.deps_by_column.items():
        places = [f"{'.'.join(dep.asset_key.path)}.{dep.column_name}" for dep in deps]
        lines.append(f"| {column} | {', '.join(places) or 'no column: a constant, or rows counted'} |")
    return dg.MetadataValue.md("\n".join(lines))


def _lineage(name: str, columns: Mapping[str, Origins]) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        deps_by_column={
            column: [
                dg.TableColumnDep(asset_key=dg.AssetKey([schema, table]), column_name=origin)
                for schema, table, origin in sorted(origins)
                if f"{schema}.{table}" != name
            ]
            for column, origins in columns.items()
        }
    )
