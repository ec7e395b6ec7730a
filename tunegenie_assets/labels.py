"""What the UI can filter assets by: tags, the kind of storage, the name of the table in the warehouse.

All of it follows from the asset's key, columns and partitions, so that a new table needs no labels of its own. Words,
owners and kinds of computation stand with each asset; freshness is in freshness.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from tunegenie_assets.schemas.registry import TABLES

SOURCES: Mapping[str, str] = {
    "spotify": "spotify",
    "lastfm": "lastfm",
    "listenbrainz": "listenbrainz",
    "musicbrainz": "musicbrainz",
    "maloja": "maloja",
    "koito": "koito",
    "catalogue": "catalogue",
    "synthetic": "simulator",
}
"""Where a table's rows come from, by the first word of its name."""
OF_ONE_SOURCE = frozenset({"raw", "synthetic", "bronze"})

PERSON = "listener_id"
"""A table with this column tells of people."""
LEARNT_FROM_PEOPLE = frozenset({("recommender", "model"), ("recommender", "published_model")})
"""No tables, but listeners can be told apart in them."""
INVENTED = "synthetic"

STORED: Mapping[str, str] = {"view": "view", "seed": "seed"}
"""How dbt keeps a model that is no table of its own: a view costs nothing to build, a seed is a file of the project."""


@dataclass(frozen=True)
class Warehouse:
    """What holds the tables: the word for it in the UI, and the database they are in."""

    kind: str
    database: str

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Warehouse:
        """The one that a dbt manifest was parsed for."""
        [database] = {source["database"] for source in manifest["sources"].values()}
        return cls(manifest["metadata"]["adapter_type"], database)


def with_labels(spec: dg.AssetSpec, *, warehouse: Warehouse) -> dg.AssetSpec:
    """The asset with all that the UI filters by."""
    labelled = spec.merge_attributes(tags=tags_of(spec))
    materialization = spec.metadata.get("dagster-dbt/materialization_type")
    if materialization is not None:
        return labelled.merge_attributes(kinds={STORED.get(str(materialization), "table")})
    key = tuple(spec.key.path)
    if key not in {table.key for table in TABLES}:
        return labelled
    # Dagster takes three kinds at most: what a table is about goes before what holds it.
    kinds = {warehouse.kind} if len(spec.kinds) < 3 else set[str]()
    name = ".".join((warehouse.database, *key))
    return labelled.merge_attributes(kinds=kinds, metadata={"dagster/table_name": name})


def tags_of(spec: dg.AssetSpec) -> dict[str, str]:
    """`kept`: by day, by week or whole; `contains`: what needs care; `source`: of what comes from one."""
    layer, name = spec.key.path
    source = SOURCES.get(layer if layer == INVENTED else name.split("_")[0])
    is_of_one = source is not None and layer in OF_ONE_SOURCE
    is_invented = is_of_one and source == SOURCES[INVENTED]
    tells_of_people = _has_listeners(spec) or (layer, name) in LEARNT_FROM_PEOPLE
    return {
        "kept": _kept(spec),
        **({"source": source} if source is not None and is_of_one else {}),
        **({"contains": "personal_data"} if tells_of_people and not is_invented else {}),
    }


def _kept(spec: dg.AssetSpec) -> str:
    if spec.partitions_def is None:
        return "whole"
    return "by_week" if isinstance(spec.partitions_def, dg.WeeklyPartitionsDefinition) else "by_day"


def _has_listeners(spec: dg.AssetSpec) -> bool:
    schema = spec.metadata.get("dagster/column_schema")
    return isinstance(schema, dg.TableSchema) and any(column.name == PERSON for column in schema.columns)
