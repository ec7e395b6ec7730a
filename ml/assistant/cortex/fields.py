"""The fields that Snowflake publishes for a semantic model of Cortex Analyst, and what it demands of their values.

A file on a stage is meant, as https://docs.snowflake.com describes it under “Cortex Analyst semantic model
specification”. What TuneGenie writes into the fields is in cortex.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_BYTES = 1_000_000
"""Cortex Analyst refuses a larger file."""
_AGGREGATE = re.compile(r"\b(sum|avg|min|max|count|median)\s*\(", re.IGNORECASE)
_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
DataType = Literal["VARCHAR", "NUMBER", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP_NTZ"]


class _Fields(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BaseTable(_Fields):
    database: str = Field(min_length=1)
    schema_name: str = Field(min_length=1, alias="schema")
    table: str = Field(min_length=1)


class Key(_Fields):
    columns: tuple[str, ...] = Field(min_length=1)


class _Named(_Fields):
    name: str = Field(pattern=_NAME)
    synonyms: tuple[str, ...] = ()
    description: str = Field(min_length=1)
    expr: str = Field(min_length=1)


class _Scalar(_Named):
    @model_validator(mode="after")
    def _of_one_row(self) -> _Scalar:
        if _AGGREGATE.search(self.expr):
            raise ValueError(f"{self.name}: a column of a row cannot be an aggregate, unlike {self.expr}")
        return self


class Dimension(_Scalar):
    data_type: DataType
    unique: bool | None = None
    sample_values: tuple[str, ...] = ()
    is_enum: bool | None = None
    """Whether `sample_values` are all that there are."""
    cortex_search_service: dict[str, str] | None = None

    @model_validator(mode="after")
    def _enums_are_told(self) -> Dimension:
        if self.is_enum and not self.sample_values:
            raise ValueError(f"{self.name}: an enumeration must tell its values")
        return self


class TimeDimension(_Scalar):
    data_type: Literal["DATE", "TIMESTAMP_NTZ"]
    unique: bool | None = None
    sample_values: tuple[str, ...] = ()


class Fact(_Scalar):
    data_type: DataType
    sample_values: tuple[str, ...] = ()


class Metric(_Named):
    @model_validator(mode="after")
    def _is_aggregate(self) -> Metric:
        if not _AGGREGATE.search(self.expr):
            raise ValueError(f"{self.name}: a metric must aggregate, unlike {self.expr}")
        return self


class NamedFilter(_Named):
    """A condition that has a name."""


class Table(_Fields):
    name: str = Field(pattern=_NAME)
    synonyms: tuple[str, ...] = ()
    description: str = Field(min_length=1)
    base_table: BaseTable
    primary_key: Key | None = None
    dimensions: tuple[Dimension, ...] = ()
    time_dimensions: tuple[TimeDimension, ...] = ()
    facts: tuple[Fact, ...] = ()
    metrics: tuple[Metric, ...] = ()
    filters: tuple[NamedFilter, ...] = ()

    @property
    def columns(self) -> dict[str, Dimension | TimeDimension | Fact]:
        """The logical columns by name."""
        return {column.name: column for column in (*self.dimensions, *self.time_dimensions, *self.facts)}

    @property
    def named(self) -> tuple[_Named, ...]:
        return (*self.dimensions, *self.time_dimensions, *self.facts, *self.metrics, *self.filters)

    @model_validator(mode="after")
    def _names_are_one_each(self) -> Table:
        _refuse_repeated(f"names in {self.name}", (named.name for named in self.named))
        return self


class RelationshipColumns(_Fields):
    left_column: str
    right_column: str


class Relationship(_Fields):
    name: str = Field(pattern=_NAME)
    left_table: str
    right_table: str
    relationship_columns: tuple[RelationshipColumns, ...] = Field(min_length=1)
    join_type: Literal["inner", "left_outer"]
    relationship_type: Literal["one_to_one", "many_to_one"]


class VerifiedQuery(_Fields):
    name: str = Field(min_length=1)
    question: str = Field(min_length=1)
    sql: str = Field(min_length=1)
    verified_at: int | None = None
    """Seconds since 1970."""
    verified_by: str | None = None
    use_as_onboarding_question: bool | None = None


class ModuleInstructions(_Fields):
    sql_generation: str | None = None
    question_categorization: str | None = None


class CortexModel(_Fields):
    """The whole file."""

    name: str = Field(pattern=_NAME)
    description: str = Field(min_length=1)
    tables: tuple[Table, ...] = Field(min_length=1)
    relationships: tuple[Relationship, ...] = ()
    verified_queries: tuple[VerifiedQuery, ...] = ()
    custom_instructions: str | None = None
    module_custom_instructions: ModuleInstructions | None = None

    @property
    def sampled(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The values that are shown as examples, by table and column; enumerations are none."""
        return {
            (table.name, column.name): column.sample_values
            for table in self.tables
            for column in table.columns.values()
            if column.sample_values and not (isinstance(column, Dimension) and column.is_enum)
        }

    @model_validator(mode="after")
    def _names_are_one_each(self) -> CortexModel:
        _refuse_repeated("tables", (table.name for table in self.tables))
        _refuse_repeated("relationships", (relationship.name for relationship in self.relationships))
        _refuse_repeated("verified queries", (query.name for query in self.verified_queries))
        # Demanded of the whole model: a word must lead to one place.
        _refuse_repeated("synonyms", (word.casefold() for table in self.tables for word in _synonyms(table)))
        return self

    @model_validator(mode="after")
    def _joins_are_of_known_columns(self) -> CortexModel:
        tables = {table.name: table for table in self.tables}
        for join in self.relationships:
            for pair in join.relationship_columns:
                for side, column in ((join.left_table, pair.left_column), (join.right_table, pair.right_column)):
                    if side not in tables or column not in tables[side].columns:
                        raise ValueError(f"{join.name} joins {side}.{column}, which is no logical column")
            key = tables[join.right_table].primary_key
            if key is None or set(key.columns) != {pair.right_column for pair in join.relationship_columns}:
                raise ValueError(f"{join.name} must join the primary key of {join.right_table}")
        return self


def _synonyms(table: Table) -> Iterable[str]:
    return (*table.synonyms, *(word for named in table.named for word in named.synonyms))


def _refuse_repeated(what: str, values: Iterable[str]) -> None:
    repeated = sorted(value for value, count in Counter(values).items() if count > 1)
    if repeated:
        raise ValueError(f"{what} must be different from each other, unlike {', '.join(repeated)}")
