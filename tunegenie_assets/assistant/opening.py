"""Opens the assistant of one listener over the warehouse of the settings.

What an assistant does is in ml/assistant; how it reads is in reading.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ml.assistant.assistant import Assistant
from ml.assistant.compiling import Compiler, Dialect
from ml.assistant.executing import Executor, MissingTableError, ReadOnlyWarehouse
from ml.assistant.kinds import BY_KIND
from ml.assistant.names.index import NameIndex
from ml.assistant.names.queries import HEARD_NAMES
from ml.assistant.planning.planner import Planner
from ml.assistant.planning.reading import Reader
from ml.assistant.query import Kind
from tunegenie_assets.assistant.reading import ReadOnlyDuckDB, ReadOnlySnowflake
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy
from tunegenie_assets.resources.damage import damaged_line, is_damage
from tunegenie_assets.settings import Environment, Settings

NOTHING_BUILT = "nothing has been built yet; run tunegenie demo, or tunegenie import PATH"
HALF_BUILT = "what has been built is not whole; run tunegenie rebuild"
_IS_BUILT = """
select 1 from information_schema.tables
where lower(table_schema) = 'gold' and lower(table_name) in ('fct_counted_plays', 'dim_listener')
having count(*) = 2
"""
_LISTENERS = "select listener_id, timezone from gold.dim_listener order by listener_id"
_REACH = "select min(date_key) as first, max(date_key) as last from gold.fct_counted_plays where listener_id = ?"


class NothingBuiltError(Exception):
    """There is no warehouse to ask yet."""


class NoSuchListenerError(Exception):
    """Questions cannot be asked of this listener, or it is not said of whom."""


def read_only(settings: Settings) -> ReadOnlyWarehouse:
    """The warehouse of the settings, for questions.

    Raises:
        NothingBuiltError: there is none yet.
    """
    if settings.env is Environment.PRODUCTION:
        from tunegenie_assets.resources.factory import warehouse_for  # noqa: PLC0415  # Dagster: seconds of imports

        return ReadOnlySnowflake(warehouse_for(settings).query)
    if not settings.warehouse_path.exists():
        raise NothingBuiltError(NOTHING_BUILT)
    return ReadOnlyDuckDB(settings.warehouse_path, settings.warehouse_lock_path, settings.duckdb_memory)


def open_assistant(settings: Settings, listener: str | None) -> Assistant:
    """The assistant of a listener: the one named, the one of the settings, or the only one there is.

    Raises:
        NothingBuiltError: nothing has been built yet, or what there is cannot be read.
        NoSuchListenerError: there is no such listener, or there are several and none is named.
    """
    warehouse = read_only(settings)
    try:
        return _over(warehouse, settings, listener)
    except (MissingTableError, duckdb.BinderException) as error:
        raise NothingBuiltError(HALF_BUILT) from error
    except duckdb.IOException as error:
        said = " ".join(str(error).split())
        line = (
            damaged_line(settings.warehouse_path, said) if is_damage(said) else f"the warehouse cannot be read: {said}"
        )
        raise NothingBuiltError(line) from error


def _over(warehouse: ReadOnlyWarehouse, settings: Settings, listener: str | None) -> Assistant:
    if not warehouse.read(_IS_BUILT, ()).num_rows:
        raise NothingBuiltError(NOTHING_BUILT)
    who, timezone = _who(warehouse.read(_LISTENERS, ()).to_pylist(), listener, settings.listener)
    manifest = semantic_manifest(settings)
    dialect = Dialect.SNOWFLAKE if settings.env is Environment.PRODUCTION else Dialect.DUCKDB
    compiler = Compiler.of(manifest, dialect)
    heard = warehouse.read(HEARD_NAMES, (who,))
    [reach] = warehouse.read(_REACH, (who,)).to_pylist()
    return Assistant(
        planner=Planner(Reader.of(compiler.vocabulary, NameIndex.of(_with_families(heard), genre_taxonomy()))),
        executor=Executor(compiler, warehouse, who),
        timezone=timezone,
        names=_names_of_ids(heard),
        first_date=_as_date(reach["first"]),
        last_date=_as_date(reach["last"]),
    )


def today_of(assistant: Assistant, now: datetime) -> date:
    """The date of a moment in the listener's zone."""
    return now.astimezone(ZoneInfo(assistant.timezone)).date()


def semantic_manifest(settings: Settings) -> str:
    """The JSON of dbt's semantic manifest, parsed anew where the project has changed."""
    files = DbtProjectFiles.of(settings)
    files.manifest()
    return (files.target_path / "semantic_manifest.json").read_text(encoding="utf-8")


def _who(known: list[dict[str, Any]], listener: str | None, by_default: str) -> tuple[str, str]:
    zones: dict[str, str] = {row["listener_id"]: row["timezone"] for row in known}
    if listener is not None:
        if listener not in zones:
            raise NoSuchListenerError(f"there is no listener {listener}; there are {_some(zones)}")
        return listener, zones[listener]
    if by_default in zones:
        return by_default, zones[by_default]
    if len(zones) != 1:
        raise NoSuchListenerError(f"say whose listening it is, with --listener; there are {_some(zones) or 'none'}")
    return next(iter(zones.items()))


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")


def _with_families(heard: pa.Table) -> pa.Table:
    """The families that nothing was heard of, too: of these there are no plays, which is an answer."""
    known = set(heard.filter(pc.field("kind") == Kind.FAMILY.value)["name"].to_pylist())
    missing = [family for family in genre_taxonomy().all_families if family not in known]
    rows = [{"kind": Kind.FAMILY.value, "key": name, "name": name, "by": "", "plays": 0} for name in missing]
    return pa.concat_tables([heard, pa.Table.from_pylist(rows, schema=heard.schema)])


def _names_of_ids(heard: pa.Table) -> dict[tuple[str, str], str]:
    kinds, keys, titles = (heard[column].to_pylist() for column in ("kind", "key", "name"))
    return {(BY_KIND[Kind(kind)], key): title for kind, key, title in zip(kinds, keys, titles, strict=True)}


def _as_date(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
