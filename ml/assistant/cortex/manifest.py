"""What the Cortex model takes from dbt's semantic manifest, as typed rows; everything else in it is left alone."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

_COLUMN = re.compile(r"[a-z_][a-z0-9_]*")


class _Config(BaseModel):
    meta: dict[str, Any] = Field(default_factory=dict[str, Any])


class Described(BaseModel):
    """What every definition has."""

    name: str
    label: str | None = None
    description: str | None = None
    config: _Config | None = None

    @property
    def meta(self) -> dict[str, Any]:
        return self.config.meta if self.config else {}

    @property
    def synonyms(self) -> list[str]:
        return [str(word) for word in self.meta.get("synonyms", [])]

    @property
    def told(self) -> str:
        """Its label and what it means."""
        return f"{self.label}. {self.description or ''}".strip() if self.label else (self.description or self.name)


class ManifestEntity(Described):
    type: str
    expr: str | None = None

    @property
    def column(self) -> str | None:
        """The column that holds it, where it is one."""
        return column_in(self.expr or self.name)


class ManifestDimension(Described):
    type: str
    expr: str | None = None

    @property
    def sql(self) -> str:
        return " ".join((self.expr or self.name).split())


class ManifestMeasure(Described):
    agg: str
    expr: str | None = None

    @property
    def sql(self) -> str:
        return " ".join((self.expr or self.name).split())


class NodeRelation(BaseModel):
    alias: str
    schema_name: str
    database: str


class Defaults(BaseModel):
    agg_time_dimension: str | None = None


class ManifestModel(Described):
    node_relation: NodeRelation
    defaults: Defaults | None = None
    primary_entity: str | None = None
    entities: list[ManifestEntity] = Field(default_factory=list[ManifestEntity])
    dimensions: list[ManifestDimension] = Field(default_factory=list[ManifestDimension])
    measures: list[ManifestMeasure] = Field(default_factory=list[ManifestMeasure])

    @property
    def identity(self) -> str | None:
        """The entity that a row is."""
        return next((entity.name for entity in self.entities if entity.type == "primary"), self.primary_entity)

    @property
    def time(self) -> str | None:
        """The dimension that is the model's `metric_time`."""
        return self.defaults.agg_time_dimension if self.defaults else None


class InputMeasure(BaseModel):
    name: str
    filter: Any = None
    fill_nulls_with: int | None = None


class InputMetric(BaseModel):
    name: str
    filter: Any = None
    alias: str | None = None
    offset_window: Any = None
    offset_to_grain: Any = None


class TypeParams(BaseModel):
    measure: InputMeasure | None = None
    numerator: InputMetric | None = None
    denominator: InputMetric | None = None
    expr: str | None = None
    metrics: list[InputMetric] = Field(default_factory=list[InputMetric])


class ManifestMetric(Described):
    type: str
    type_params: TypeParams
    filter: Any = None

    @property
    def is_helper(self) -> bool:
        """Whether it is there for other metrics only."""
        return bool(self.meta.get("is_helper"))


class Manifest(BaseModel):
    semantic_models: list[ManifestModel]
    metrics: list[ManifestMetric]

    def model_of(self, measure: str) -> ManifestModel:
        return next(model for model in self.semantic_models if any(m.name == measure for m in model.measures))


def column_in(expression: str) -> str | None:
    """The expression where it is nothing but the name of a column."""
    return expression if _COLUMN.fullmatch(expression) else None
