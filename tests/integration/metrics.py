"""Asks metrics of a home as `mf` does, in process: MetricFlow compiles the question, DuckDB answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet

DUCKDB = DuckDbSqlPlanRenderer()
NO_PARAMETERS = SqlBindParameterSet()

Answer = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Warehouse:
    """The warehouse as MetricFlow sees it; its database has the name that the manifest gives it."""

    connection: duckdb.DuckDBPyConnection
    sql_engine_type: SqlEngine = SqlEngine.DUCKDB
    sql_plan_renderer: DuckDbSqlPlanRenderer = DUCKDB

    def query(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS) -> MetricFlowDataTable:
        assert not sql_bind_parameter_set.param_items
        found = self.connection.execute(stmt)
        names = [column[0] for column in found.description or ()]
        return MetricFlowDataTable.create_from_rows(names, found.fetchall())

    def execute(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS) -> None:
        assert not sql_bind_parameter_set.param_items
        self.connection.execute(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS) -> None:
        assert not sql_bind_parameter_set.param_items
        self.connection.execute(f"explain {stmt}")

    def close(self) -> None:
        self.connection.close()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"


@dataclass(frozen=True)
class Metrics:
    """The metrics of a home, over a warehouse."""

    manifest: PydanticSemanticManifest
    warehouse: Warehouse

    @classmethod
    def of(cls, home: Path, connection: duckdb.DuckDBPyConnection) -> Metrics:
        [path] = home.glob("**/semantic_manifest.json")
        return cls(parse_manifest_from_dbt_generated_manifest(path.read_text()), Warehouse(connection))

    def ask(self, metrics: Sequence[str], group_by: Sequence[str] = (), where: Sequence[str] = ()) -> Answer:
        """The values of the metrics, by the values of what they are grouped by."""
        explained = self._engine.explain(
            MetricFlowQueryRequest.create(
                metric_names=list(metrics), group_by_names=list(group_by), where_constraints=list(where)
            )
        )
        found = self.warehouse.connection.execute(explained.sql_statement.sql)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return {tuple(row[name] for name in group_by): tuple(row[name] for name in metrics) for row in rows}

    @cached_property
    def _engine(self) -> MetricFlowEngine:
        return MetricFlowEngine(SemanticManifestLookup(self.manifest), self.warehouse)
