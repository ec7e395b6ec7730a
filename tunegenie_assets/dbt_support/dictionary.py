"""The data dictionary of docs/: every table with its grain, key, columns and types, and every metric.

Written by `make dictionary` from the schemas of the tables that Python writes and from dbt's manifest, and a test holds
that the pages are what is written here. What a table or a column means is said where it is defined, never here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.sources import DATA_TYPES
from tunegenie_assets.keys import DAILY_TAG
from tunegenie_assets.schemas.registry import TABLES
from tunegenie_assets.schemas.table import Table

DICTIONARY_DIR = Path(__file__).resolve().parents[2] / "docs" / "dictionary"
GENERATED = "<!-- Written by `make dictionary`: a change is made in the schemas or in the YAML beside a model. -->\n"
METRICS = "metrics"

# The order of the flow; the sentences say what somebody who looks for a table must know first.
LAYERS: Mapping[str, str] = {
    "landing": "What was imported, and what listeners said about it. The files themselves lie beside the warehouse.",
    "raw": "One row per record, as its source wrote it, with the file and row it came from.",
    "synthetic": "The simulated population: its listeners, the tracks that were invented for it, and its plays.",
    "bronze": "Every source typed, plays in one shared shape; nothing dropped or guessed. Personal fields end here.",
    "silver": "Every play once, the ledger of what became of each record, what is known of tracks, artists and albums.",
    "enrichment": "What was worked out about artists and genres.",
    "gold": "The star and the tables that answer questions. Start here.",
    "recommender": "What the recommender learnt from, how it was judged, and what it recommends.",
    "reports": "What the platform notes of itself.",
}


@dataclass(frozen=True)
class Field:
    """A column as a reader sees it."""

    name: str
    type: str
    is_required: bool
    meaning: str


@dataclass(frozen=True)
class Entry:
    """A table of the dictionary."""

    layer: str
    name: str
    meaning: str
    kept: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


def pages(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    """The text of each page by its file name."""
    entries = [*map(_of_schema, TABLES), *_of_models(manifest)]
    unknown = {entry.layer for entry in entries} - set(LAYERS)
    if unknown:
        raise KeyError(f"no sentence in LAYERS says what a layer is: {', '.join(sorted(unknown))}")
    in_layers = {layer: sorted((e for e in entries if e.layer == layer), key=lambda e: e.name) for layer in LAYERS}
    asked_for = (m for m in manifest["metrics"].values() if not m["config"]["meta"].get("is_helper"))
    metrics = sorted(asked_for, key=lambda m: m["name"])
    return {
        "index.md": _contents(in_layers, len(metrics)),
        **{f"{layer}.md": _layer(layer, tables) for layer, tables in in_layers.items()},
        f"{METRICS}.md": _metrics(metrics),
    }


def write_pages(folder: Path = DICTIONARY_DIR) -> None:
    with tempfile.TemporaryDirectory() as target:
        manifest = DbtProjectFiles(target="ci", target_path=Path(target)).manifest()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(manifest).items():
        (folder / name).write_text(text, encoding="utf-8")


def _of_schema(table: Table) -> Entry:
    kept = {"play_date": "by UTC play day", "evaluated_on": "by UTC day", "week": "by week"}.get(
        table.partition_column or "", "as a whole"
    )
    fields = tuple(Field(c.name, DATA_TYPES[c.type], c.required, c.description) for c in table.columns)
    return Entry(table.layer, table.name, table.row, kept, (), fields)


def _of_models(manifest: Mapping[str, Any]) -> list[Entry]:
    nodes = manifest["nodes"].values()
    keys = _keys(node for node in nodes if node["resource_type"] == "test")
    return [_of_model(node, keys) for node in nodes if node["resource_type"] in {"model", "seed"}]


def _of_model(node: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> Entry:
    materialized = node["config"]["materialized"]
    whole = {"view": "a view", "seed": "a file of the project"}.get(materialized, "built whole")
    kept = "by UTC play day" if DAILY_TAG in node["tags"] else whole
    fields = tuple(
        Field(column["name"], column["data_type"], _is_required(column), column["description"])
        for column in node["columns"].values()
    )
    return Entry(node["schema"], node["alias"], node["description"], kept, keys.get(node["unique_id"], ()), fields)


def _keys(tests: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The columns that a test holds unique, by the model: the key of the table."""
    keys: dict[str, tuple[str, ...]] = {}
    for test in tests:
        made_of = test.get("test_metadata") or {}
        if made_of.get("name") == "unique":
            keys[test["attached_node"]] = (made_of["kwargs"]["column_name"],)
        elif made_of.get("name") == "unique_together":
            keys.setdefault(test["attached_node"], tuple(made_of["kwargs"]["columns"]))
    return keys


def _is_required(column: Mapping[str, Any]) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column["constraints"])


def _contents(in_layers: Mapping[str, Sequence[Entry]], metrics: int) -> str:
    tables = [entry for entries in in_layers.values() for entry in entries]
    columns = sum(len(entry.fields) for entry in tables)
    lines = [
        GENERATED,
        "# Data dictionary\n",
        f"{len(tables)} tables with {columns} columns, and {metrics} [metrics]({METRICS}.md).\n",
        "A household shares the tables: where rows belong to listeners there is a `listener_id`, so ask for one.",
        "Times are UTC and without a zone, unless the name says `local`.",
        "`…_share` runs from 0 to 1, `…_percent` from 0 to 100; `ms_…` and `…_ms` are milliseconds.\n",
    ]
    for layer, entries in in_layers.items():
        lines += [f"## [{layer}]({layer}.md)\n", f"{LAYERS[layer]}\n", "| table | one row is |", "| --- | --- |"]
        lines += [f"| [{e.name}]({layer}.md#{e.name}) | {_cell(_grain(e.meaning))} |" for e in entries]
        lines.append("")
    return "\n".join(lines)


def _layer(layer: str, entries: Sequence[Entry]) -> str:
    lines = [GENERATED, f"# {layer}\n", f"{LAYERS[layer]}\n"]
    for entry in entries:
        key = f" Key: {', '.join(f'`{name}`' for name in entry.key)}." if entry.key else ""
        lines += [
            f"## {entry.name} {{ #{entry.name} }}\n",
            f"{_flat(entry.meaning)}\n",
            f"Kept: {entry.kept}.{key}\n",
            "| column | type | null | meaning |",
            "| --- | --- | --- | --- |",
            *(
                f"| `{field.name}` | {field.type} | {'never' if field.is_required else ''} | {_cell(field.meaning)} |"
                for field in entry.fields
            ),
            "",
        ]
    return "\n".join(lines)


def _metrics(metrics: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        GENERATED,
        "# Metrics\n",
        "Defined once, in [dbt/models/semantic](../../dbt/models/semantic), compiled to the SQL of either warehouse.",
        "Questions, the MCP server and Cortex Analyst use the same ones; [how to ask](../questions.md).\n",
        "| metric | unit | meaning | also called |",
        "| --- | --- | --- | --- |",
    ]
    for metric in metrics:
        meta = metric["config"]["meta"]
        others = ", ".join(meta.get("synonyms", ()))
        lines.append(f"| `{metric['name']}` | {meta['unit']} | {_cell(metric['description'])} | {_cell(others)} |")
    return "\n".join([*lines, ""])


def _grain(meaning: str) -> str:
    """`One row is one play, once. More.` without its first three words and without more."""
    sentence = _flat(meaning).split(". ")[0].rstrip(".")
    return sentence.removeprefix("One row is ").split(":")[0]


def _cell(text: str) -> str:
    return _flat(text).replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    write_pages()
