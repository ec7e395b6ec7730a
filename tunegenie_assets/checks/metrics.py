"""Whether metrics say what gold says: the same figures through MetricFlow and in plain SQL."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from pathlib import Path

import dagster as dg

from ml.assistant.compiling import Compiler, Dialect
from ml.assistant.query import SemanticQuery
from tunegenie_assets.dbt_support.runner import DbtRunner
from tunegenie_assets.dbt_support.semantics import SEMANTIC_MANIFEST
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import Environment

IN_SQL: Mapping[str, str] = {
    "plays": "count(*)",
    "minutes_listened": "sum(cast(ms_heard as double)) / 60000",
    "listening_days": "count(distinct date_key)",
    "unique_artists": "count(distinct artist_id)",
    "unique_recordings": "count(distinct recording_key)",
}
"""Metrics, each as what it means of the plays that count."""
_CLOSE = 1e-9
_MOST_PLAYS = """
select listener_id
from gold.fct_plays
where counts_as_play
group by listener_id
order by count(*) desc, listener_id
limit 1
"""


@dg.asset_check(
    asset=["gold", "fct_plays"],
    name="metrics_are_sums_of_gold",
    description=(
        "Plays, minutes, days, artists and recordings of the listener with the most plays are the same through "
        "MetricFlow as in SQL over gold.fct_plays."
    ),
    additional_deps=[dg.AssetKey(["gold", "fct_counted_plays"]), dg.AssetKey(["gold", "fct_described_plays"])],
)
def metrics_are_sums_of_gold(dbt: DbtRunner, warehouse: dg.ResourceParam[WarehouseIOManager]) -> dg.AssetCheckResult:
    listeners = warehouse.query(_MOST_PLAYS).to_pylist()
    if not listeners:
        return dg.AssetCheckResult(passed=True, description="nothing was played that counts")
    listener = listeners[0]["listener_id"]
    manifest = (Path(dbt.target_path) / SEMANTIC_MANIFEST).read_text(encoding="utf-8")
    dialect = Dialect.SNOWFLAKE if dbt.target == Environment.PRODUCTION else Dialect.DUCKDB
    compiled = Compiler.of(manifest, dialect).compile(SemanticQuery(metrics=tuple(IN_SQL)), listener)
    through_metrics = warehouse.query(compiled.sql, list(compiled.parameters)).to_pylist()[0]
    figures = ", ".join(f"{expression} as {name}" for name, expression in IN_SQL.items())
    in_sql = warehouse.query(
        f"select {figures} from gold.fct_plays where counts_as_play and listener_id = ?",  # noqa: S608  # constants
        [listener],
    ).to_pylist()[0]
    differ = {
        name: f"{through_metrics[name]} through MetricFlow, {in_sql[name]} in SQL"
        for name in IN_SQL
        if not isclose(float(through_metrics[name] or 0), float(in_sql[name] or 0), rel_tol=_CLOSE)
    }
    told = "; ".join(f"{name}: {how}" for name, how in differ.items())
    return dg.AssetCheckResult(
        passed=not differ,
        description=told or f"{len(IN_SQL)} metrics agree",
        metadata={"differ": dg.MetadataValue.json(differ)},
    )


METRIC_CHECKS: list[dg.AssetChecksDefinition] = [metrics_are_sums_of_gold]
"""Checks of the semantic layer."""
