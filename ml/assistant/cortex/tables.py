"""Semantic models of the manifest as logical tables of Cortex Analyst, and their entities as relationships."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ml.assistant.cortex.fields import (
    BaseTable,
    DataType,
    Dimension,
    Fact,
    Key,
    Metric,
    NamedFilter,
    Relationship,
    RelationshipColumns,
    Table,
    TimeDimension,
)
from ml.assistant.cortex.manifest import (
    Manifest,
    ManifestDimension,
    ManifestEntity,
    ManifestMeasure,
    ManifestModel,
    column_in,
)
from ml.assistant.cortex.metrics import COUNTED, logical_column
from ml.assistant.cortex.words import ENUMERATIONS, FILTERS

ColumnTypes = Mapping[str, Mapping[str, str]]
"""Types of the columns of each dbt model, by its name in the warehouse."""
Samples = Mapping[tuple[str, str], Sequence[str]]
"""Values to show of a dimension, by semantic model and dimension."""
Column = Dimension | TimeDimension

_TYPES: Mapping[str, DataType] = {
    "varchar": "VARCHAR",
    "bigint": "NUMBER",
    "double": "FLOAT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
}
_BOOLEANS = ("true", "false")


class Words:
    """Synonyms that are still free: Snowflake lets each stand once in a model."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: Iterable[str]) -> tuple[str, ...]:
        free = [word for word in dict.fromkeys(wanted) if word.casefold() not in self._taken]
        self._taken |= {word.casefold() for word in free}
        return tuple(free)


@dataclass(frozen=True)
class TableMaker:
    """What tables are made with besides their semantic models."""

    types: ColumnTypes
    samples: Samples
    words: Words

    def table(self, model: ManifestModel, metrics: Sequence[Metric]) -> Table:
        """The logical table of a semantic model, but for the table's own synonyms.

        Raises:
            ValueError: the type of a dimension is not known.
        """
        types = self.types[model.node_relation.alias]
        columns = {column.name: column for column in self._columns(model, types)}
        key = next((entity.column for entity in model.entities if entity.type == "primary"), None)
        return Table(
            name=model.name,
            description=model.told,
            base_table=BaseTable(
                database=model.node_relation.database,
                schema=model.node_relation.schema_name,
                table=model.node_relation.alias,
            ),
            primary_key=Key(columns=(key,)) if key else None,
            dimensions=tuple(one for one in columns.values() if isinstance(one, Dimension)),
            time_dimensions=tuple(one for one in columns.values() if isinstance(one, TimeDimension)),
            facts=tuple(_fact(measure, types) for measure in model.measures if measure.agg != COUNTED),
            metrics=tuple(metrics),
            filters=tuple(_filters(model, columns.values())),
        )

    def _columns(self, model: ManifestModel, types: Mapping[str, str]) -> Iterator[Column]:
        """Dimensions, then the keys and what is counted that are not among them."""
        named = {told.name for told in model.dimensions}
        for told in model.dimensions:
            yield self._dimension(model, told, types)
        for entity in model.entities:
            if entity.column is not None and entity.column not in named:
                named.add(entity.column)
                yield _key(entity, entity.column, types)
        for measure in model.measures:
            if measure.agg == COUNTED and logical_column(measure) not in named:
                named.add(logical_column(measure))
                yield _counted(measure, types)

    def _dimension(self, model: ManifestModel, told: ManifestDimension, types: Mapping[str, str]) -> Column:
        # dbt gives a dimension without synonyms of its own those of its model.
        synonyms = self.words.take(told.synonyms) if told.synonyms != model.synonyms else ()
        kind = _type_of(told, types)
        if kind in ("DATE", "TIMESTAMP_NTZ"):
            return TimeDimension(
                name=told.name, synonyms=synonyms, description=told.told, expr=told.sql, data_type=kind
            )
        place = (model.name, told.name)
        values = _BOOLEANS if kind == "BOOLEAN" else ENUMERATIONS.get(place, ())
        return Dimension(
            name=told.name,
            synonyms=synonyms,
            description=told.told,
            expr=told.sql,
            data_type=kind,
            sample_values=tuple(values or self.samples.get(place, ())),
            is_enum=True if values else None,
        )


def relationships(manifest: Manifest) -> Iterator[Relationship]:
    """From each foreign key to the table whose rows it names.

    Not to tables with measures: plays lead to dates, and to sessions that lead to dates; Snowflake wants one way.
    """
    named = {model.identity: model for model in manifest.semantic_models if not model.measures}
    for model in manifest.semantic_models:
        for entity in model.entities:
            target = named.get(entity.name)
            if entity.type != "foreign" or target is None or entity.column is None:
                continue
            [key] = [one.column for one in target.entities if one.type == "primary"]
            yield Relationship(
                name=f"{model.name}_to_{target.name}",
                left_table=model.name,
                right_table=target.name,
                relationship_columns=(RelationshipColumns(left_column=entity.column, right_column=str(key)),),
                # A play without an album still counts.
                join_type="left_outer",
                relationship_type="many_to_one",
            )


def _key(entity: ManifestEntity, column: str, types: Mapping[str, str]) -> Column:
    kind = _TYPES[types[column]]
    description = f"Key of the {entity.name}."
    unique = True if entity.type == "primary" else None
    if kind in ("DATE", "TIMESTAMP_NTZ"):
        return TimeDimension(name=column, description=description, expr=column, data_type=kind, unique=unique)
    return Dimension(name=column, description=description, expr=column, data_type=kind, unique=unique)


def _counted(measure: ManifestMeasure, types: Mapping[str, str]) -> Dimension:
    """The column of which a measure counts the different values."""
    kind = _TYPES[types[measure.sql]] if column_in(measure.sql) else "VARCHAR"
    description = f"What counts once. {measure.description or ''}".strip()
    return Dimension(name=logical_column(measure), description=description, expr=measure.sql, data_type=kind)


def _fact(measure: ManifestMeasure, types: Mapping[str, str]) -> Fact:
    kind: DataType = "FLOAT" if "/" in measure.sql else "NUMBER"
    if column_in(measure.sql):
        kind = _TYPES[types[measure.sql]]
    description = f"Of one row: {measure.description or measure.name}"
    return Fact(name=logical_column(measure), description=description, expr=measure.sql, data_type=kind)


def _type_of(told: ManifestDimension, types: Mapping[str, str]) -> DataType:
    # dbt knows that of a column; where an expression stands, its meta tells.
    kind = types.get(told.sql) or str(told.meta.get("data_type"))
    if kind not in _TYPES:
        raise ValueError(f"the type of dimension {told.name} is not known: give it data_type in its config.meta")
    return _TYPES[kind]


def _filters(model: ManifestModel, columns: Iterable[Column]) -> Iterator[NamedFilter]:
    for name, condition, meaning in FILTERS.get(model.name, ()):
        yield NamedFilter(name=name, description=meaning, expr=condition)
    for column in columns:
        if column.data_type == "BOOLEAN":
            name = f"only_{column.name.removeprefix('is_')}"
            yield NamedFilter(name=name, description=f"Only where true: {column.description}", expr=column.expr)
