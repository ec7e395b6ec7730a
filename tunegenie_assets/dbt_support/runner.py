"""Runs dbt in this process for the selected part of a Dagster run and reports each node as Dagster sees it.

`DbtCliResource` starts a process for `dbt --version` and one for the build, about nine seconds of processor time
a call where this takes two. What to build and with which variables is decided in arguments.py.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from tunegenie_assets.dbt_support.arguments import build_arguments, variables
from tunegenie_assets.dbt_support.documentation import STATIC_PAGE, Documentation
from tunegenie_assets.dbt_support.lineage import FILE as LINEAGE
from tunegenie_assets.dbt_support.lineage import KnownOrigins, Origins, tables_of
from tunegenie_assets.dbt_support.parts import RECORDS_IN_A_PART, Days, calls, parts_of
from tunegenie_assets.dbt_support.project import DbtProjectFiles, parse
from tunegenie_assets.dbt_support.reporting import Metadata, lineage_metadata, record_windows, table_metadata
from tunegenie_assets.dbt_support.semantics import Semantics, semantics_of
from tunegenie_assets.keys import DAILY_TAG
from tunegenie_assets.locking import warehouse_lock
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.resources.transient import is_transient, tells_of_transient
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS
from tunegenie_assets.schemas.collected import LISTENING

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt.contracts.graph.manifest import Manifest

DbtEvent = dg.MaterializeResult[Any] | dg.AssetCheckResult

UNIQUE_ID = "dagster_dbt/unique_id"
TOLD = (*LISTENING, SYNTHETIC_PLAYS)
"""The tables that tell of plays, by day."""
INTERRUPTIONS = (KeyboardInterrupt, dg.DagsterExecutionInterruptedError)
DONE = frozenset({"success", "pass", "warn"})


@dataclass(frozen=True)
class Selection:
    """The nodes of one step, by dbt's unique id."""

    models: Mapping[str, dg.AssetKey]
    tests: Mapping[str, dg.AssetCheckKey]

    @classmethod
    def of(cls, context: dg.AssetExecutionContext) -> "Selection":
        definition = context.assets_def
        specs = definition.specs_by_key
        checks = {spec.key: spec for spec in definition.check_specs}
        return cls(
            models={str(specs[key].metadata[UNIQUE_ID]): key for key in context.selected_asset_keys},
            tests={str((checks[key].metadata or {})[UNIQUE_ID]): key for key in context.selected_asset_check_keys},
        )


@dataclass
class Outcome:
    """What dbt said of each node."""

    results: list["RunResult"] = field(default_factory=list)
    error: BaseException | None = None


class DbtRunner(dg.ConfigurableResource[None]):
    """`dbt build` in process, against the environment's target; `variables` are the vars that settings decide."""

    target: str
    target_path: str
    warehouse_lock_path: str
    variables: dict[str, str]
    target_lag: str = ""
    warehouse: dg.ResourceDependency[WarehouseIOManager]

    def build(self, context: dg.AssetExecutionContext) -> Iterator[DbtEvent]:
        """Build what the step selects; yields one result a node.

        Raises:
            dagster.Failure: dbt failed, or a model could not be built; the message names the nodes.
            ConnectionError: as above, but the same may work in a minute.
        """
        selection = Selection.of(context)
        window = _window(context)
        outcome = self._run(selection, window, {**self.variables, "run_id": context.run.run_id})
        built = [selection.models[r.node.unique_id] for r in outcome.results if _was_built(r, selection)]
        specs = [context.assets_def.specs_by_key[key] for key in built]
        metadata = _merged(table_metadata(self.warehouse, specs), lineage_metadata(self._origins(outcome.results)))
        if window is not None:
            daily = [spec.key for spec in specs if spec.partitions_def]
            record_windows(context, self.warehouse, daily, window, metadata)
            metadata = {key: told for key, told in metadata.items() if key not in daily}
        yield from _as_dagster(outcome.results, selection, metadata)
        raise_if_failed(outcome, selection)

    def document(self) -> Documentation:
        """Write dbt's documentation of the project and of the warehouse's tables as one page.

        Raises:
            dagster.Failure: dbt could not write it.
        """
        # Compiling every model for its last tab would quadruple the time; the tab beside it shows the source.
        outcome = self._invoke(["docs", "generate", "--static", "--no-compile"])
        if outcome.error:
            raise dg.Failure(f"dbt did not write its documentation: {outcome.error}") from outcome.error
        files = self._files()
        return Documentation.of(files.target_path / STATIC_PAGE, files.manifest())

    def semantics(self) -> Semantics:
        """The definitions of metrics, as the project has them now."""
        return semantics_of(self._files())

    def _origins(self, results: Iterable["RunResult"]) -> dict[str, dict[str, Origins]]:
        """Of the columns of the models that were built, by `schema.table`."""
        files = self._files()
        manifest = files.manifest()
        known = KnownOrigins(
            files.target_path / LINEAGE, files.fingerprint(), tables_of(manifest), manifest["metadata"]["adapter_type"]
        )
        compiled = {result.node.unique_id: getattr(result.node, "compiled_code", None) or "" for result in results}
        models = {name: manifest["nodes"][name] for name, sql in compiled.items() if sql and name in manifest["nodes"]}
        return known.of({f"{node['schema']}.{node['alias']}": compiled[name] for name, node in models.items()})

    def _run(self, selection: Selection, window: Days | None, told: Mapping[str, str]) -> Outcome:
        """All calls of dbt that the selection takes, until one fails."""
        manifest = parse(self._files())
        sizes = self._sizes()
        parts = self._parts(window, sum(sizes.values()))
        daily = {model for model in selection.models if DAILY_TAG in manifest.nodes[model].tags}
        ancestors = {model: ancestors_of(model, manifest) for model in selection.models}
        results: dict[str, RunResult] = {}
        for call in calls(selection.models, selection.tests, window, parts=parts, daily=daily, ancestors=ancestors):
            present = [name for name, records in sizes.items() if records]
            arguments = [*build_arguments(call.models, call.tests), *variables(call.window, told, present)]
            outcome = self._invoke(arguments)
            results |= {result.node.unique_id: result for result in outcome.results}
            if outcome.error or any(str(result.status) not in DONE for result in outcome.results):
                return Outcome(list(results.values()), outcome.error)
        return Outcome(list(results.values()))

    def _sizes(self) -> dict[str, int]:
        """Records of each table of plays: merging is planned for those that have any."""
        parts = [f"select '{t.name}' as name, count(*) as records from {t.layer}.{t.name}" for t in TOLD]  # noqa: S608  # names of schemas/
        return {
            str(row["name"]): int(row["records"]) for row in self.warehouse.query(" union all ".join(parts)).to_pylist()
        }

    def _parts(self, window: Days | None, records: int) -> list[Days]:
        """What a window is built in; records are counted by day only where there are many."""
        if window is None:
            return []
        if records <= RECORDS_IN_A_PART:
            return [window]
        by_day = " union all ".join(
            f"select {t.partition_column} as day from {t.layer}.{t.name}"  # noqa: S608  # names of schemas/
            for t in TOLD
        )
        counted = f"select day, count(*) as records from ({by_day}) as told where day >= ? and day < ? group by day"  # noqa: S608
        rows = self.warehouse.query(counted, list(window)).to_pylist()
        return parts_of(window, {row["day"]: int(row["records"]) for row in rows}, RECORDS_IN_A_PART)

    def _invoke(self, arguments: list[str]) -> Outcome:
        from dbt.cli.main import dbtRunner  # noqa: PLC0415  # two seconds of imports, paid when dbt really runs

        files = self._files()
        manifest = parse(files)
        with warehouse_lock(Path(self.warehouse_lock_path)), connections_closed_after():
            outcome = dbtRunner(manifest=manifest).invoke([*arguments, *files.global_arguments])
        results = list(getattr(outcome.result, "results", []))
        if isinstance(outcome.exception, INTERRUPTIONS):
            # dbt takes it for an error of its own.
            raise outcome.exception
        return Outcome(results, outcome.exception)

    def _files(self) -> DbtProjectFiles:
        return DbtProjectFiles(target=self.target, target_path=Path(self.target_path), target_lag=self.target_lag)


@contextmanager
def connections_closed_after() -> Generator[None]:
    """dbt-duckdb keeps the file open after a call; the next writer in this process would be refused."""
    try:
        yield
    finally:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

        DuckDBConnectionManager.close_all_connections()


def ancestors_of(model: str, manifest: "Manifest") -> frozenset[str]:
    """Everything that the model reads, directly or not."""
    found: set[str] = set()
    waiting = [model]
    while waiting:
        node = manifest.nodes.get(waiting.pop())
        read = set(node.depends_on_nodes) - found if node else set[str]()
        found |= read
        waiting += read
    return frozenset(found)


def _window(context: dg.AssetExecutionContext) -> Days | None:
    """The half-open range of days that the run covers, or None where it covers everything."""
    if not context.has_partition_key_range:
        return None
    days = context.partition_key_range
    return date.fromisoformat(days.start), date.fromisoformat(days.end) + timedelta(days=1)


def _merged(*parts: Metadata) -> Metadata:
    """What each part says of each table."""
    keys = {key for part in parts for key in part}
    return {key: {name: value for part in parts for name, value in part.get(key, {}).items()} for key in keys}


def _was_built(result: "RunResult", selection: Selection) -> bool:
    return result.node.unique_id in selection.models and str(result.status) == "success"


def _as_dagster(
    results: Iterable["RunResult"],
    selection: Selection,
    metadata: Metadata,
) -> Iterator[DbtEvent]:
    for result in results:
        node_id, status = result.node.unique_id, str(result.status)
        if _was_built(result, selection):
            key = selection.models[node_id]
            yield dg.MaterializeResult(asset_key=key, metadata=metadata.get(key))
        elif node_id in selection.tests and status != "skipped":
            check = selection.tests[node_id]
            message = " ".join(str(result.message or status).split())
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=status == "pass",
                severity=dg.AssetCheckSeverity.WARN if status == "warn" else dg.AssetCheckSeverity.ERROR,
                description=None if status == "pass" else message,
                metadata={"failing_rows": result.failures or 0, "message": message},
            )


def raise_if_failed(outcome: Outcome, selection: Selection) -> None:
    """Raises as `DbtRunner.build` says."""
    bad = [r for r in outcome.results if str(r.status) not in DONE | {"skipped"}]
    if bad:
        lines = [f"{r.node.name}: {' '.join(str(r.message or r.status).split())}" for r in bad]
        if all(tells_of_transient(line) for line in lines):
            raise ConnectionError("dbt: " + "; ".join(lines))
        raise dg.Failure(description="dbt: " + "; ".join(lines), allow_retries=False)
    if outcome.error:
        if is_transient(outcome.error) or tells_of_transient(str(outcome.error)):
            raise ConnectionError(f"dbt: {outcome.error}") from outcome.error
        raise dg.Failure(description=f"dbt: {outcome.error}") from outcome.error
    missing = set(selection.models) - {r.node.unique_id for r in outcome.results}
    if missing:
        raise dg.Failure(description=f"dbt built nothing for {', '.join(sorted(missing))}")
