"""The tables that Python writes, as dbt's sources: names, types and meanings come from schemas/, which defines them.

`make sources` writes the files under dbt/models/sources, and a test holds that they are what is written here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.schemas.collected import RECENTLY_PLAYED_PAGES
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.schemas.table import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, Column, Table

SOURCES_DIR = PROJECT_DIR / "models" / "sources"
GENERATED = "# Written by `make sources` from tunegenie_assets/schemas: a change is made there.\n"

LAYERS: Mapping[str, str] = {
    "landing": "What was imported, and what listeners said about it.",
    "raw": "Records as their sources wrote them.",
    "synthetic": "The simulated population.",
    "enrichment": "What was worked out about artists.",
}

DATA_TYPES: Mapping[pa.DataType, str] = {
    STRING: "varchar",
    INTEGER: "bigint",
    FLOAT: "double",
    BOOLEAN: "boolean",
    DATE: "date",
    TIMESTAMP: "timestamp",
}

# Where nothing was ever loaded, there is no account or archive that could be late, and the source counts as fresh.
_LAST_LOADED = (
    "select coalesce(max({column}), cast({{{{ current_timestamp() }}}} as timestamp)) from {{{{ this }}}}"  # noqa: S608
    f" where listener_id not like '{SIMULATED_PREFIX}%'"
)

FRESHNESS: Mapping[tuple[str, str], Sequence[str]] = {
    # A service tells the last 50 plays: after six hours of listening some are lost. After two days somebody must look.
    RECENTLY_PLAYED_PAGES.key: (
        "freshness: {warn_after: {count: 6, period: hour}, error_after: {count: 2, period: day}}",
        f'loaded_at_query: "{_LAST_LOADED.format(column="requested_at")}"',
    ),
    # Archives come by hand, which nobody can promise: a new one is suggested and its absence is no fault.
    ARCHIVES.key: (
        "freshness: {warn_after: {count: 200, period: day}}",
        f'loaded_at_query: "{_LAST_LOADED.format(column="landed_at")}"',
    ),
}


def source_files() -> Mapping[str, str]:
    """The text of each file of sources by its name."""
    return {f"{layer}.yml": _source(layer, description) for layer, description in LAYERS.items()}


def write_sources(folder: Path = SOURCES_DIR) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in source_files().items():
        (folder / name).write_text(text, encoding="utf-8")


def _source(layer: str, description: str) -> str:
    head = [f"  - name: {layer}", f"    description: {json.dumps(description)}", "    tables:"]
    tables = [line for table in TABLES if table.layer == layer for line in _table(table)]
    return GENERATED + "version: 2\n\nsources:\n" + "\n".join([*head, *tables]) + "\n"


def _table(table: Table) -> list[str]:
    return [
        f"      - name: {table.name}",
        f"        description: {_quoted(table.row)}",
        "        config:",
        f"          meta: {{dagster: {{asset_key: [{table.layer}, {table.name}]}}}}",
        *(f"          {line}" for line in FRESHNESS.get(table.key, ())),
        "        columns:",
        *(f"          - {_column(column)}" for column in table.columns),
    ]


def _column(column: Column) -> str:
    return f"{{name: {column.name}, data_type: {DATA_TYPES[column.type]}, description: {_quoted(column.description)}}}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML string."""
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    write_sources()
