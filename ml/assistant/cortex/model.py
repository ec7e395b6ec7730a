"""The semantic model of Cortex Analyst, generated from dbt's semantic manifest: one definition of every metric.

What Snowflake lets a model say is in fields.py, how the parts are made in tables.py, metrics.py
and queries.py, what else a language model is told in words.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ml.assistant.cortex.fields import CortexModel, Metric, ModuleInstructions
from ml.assistant.cortex.manifest import Manifest
from ml.assistant.cortex.metrics import Aggregates, NotExpressibleError
from ml.assistant.cortex.queries import verified_queries
from ml.assistant.cortex.tables import ColumnTypes, Samples, TableMaker, Words, relationships
from ml.assistant.cortex.words import DESCRIPTION, MODEL_NAME, QUESTION_CATEGORIZATION, conventions
from ml.assistant.planning.verified import VerifiedQuestion


@dataclass(frozen=True)
class LeftOut:
    """A metric or a verified question that Cortex Analyst cannot say."""

    name: str
    reason: str


@dataclass(frozen=True)
class Published:
    model: CortexModel
    metrics_left_out: tuple[LeftOut, ...]
    questions_left_out: tuple[LeftOut, ...]

    @property
    def metrics(self) -> int:
        return sum(len(table.metrics) for table in self.model.tables)

    def text(self) -> str:
        """The file, with what it does not say as a comment before it."""
        lines = ["# Made from dbt's semantic manifest by the asset publish/cortex_semantic_model: not to be edited."]
        for title, left_out in (("Metrics", self.metrics_left_out), ("Questions", self.questions_left_out)):
            if left_out:
                lines += ["#", f"# {title} that Cortex Analyst cannot express:"]
                lines += [f"# - {one.name}: {one.reason}" for one in left_out]
        told = self.model.model_dump(mode="json", by_alias=True, exclude_none=True)
        body = yaml.dump(_without_empty(told), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
        return "\n".join(lines) + "\n" + body


def cortex_model(
    manifest_json: str, types: ColumnTypes, *, samples: Samples, questions: Sequence[VerifiedQuestion]
) -> Published:
    """The semantic model of a manifest.

    Raises:
        ValueError: the type of a dimension is not known.
    """
    manifest = Manifest.model_validate_json(manifest_json)
    aggregates, words = Aggregates(manifest), Words()
    # A word may stand for one thing only: metrics choose first, then columns, those of the table with most metrics
    # before others, then tables.
    metrics, metrics_left_out = _metrics(manifest, aggregates, words)
    models = sorted(manifest.semantic_models, key=lambda model: -len(metrics.get(model.name, ())))
    maker = TableMaker(types, samples, words)
    tables = [maker.table(model, metrics.get(model.name, ())) for model in models]
    synonyms = [words.take(model.synonyms) for model in models]
    joins = tuple(relationships(manifest))
    verified, questions_left_out = verified_queries(questions, manifest, aggregates, joins)
    model = CortexModel(
        name=MODEL_NAME,
        description=DESCRIPTION,
        tables=tuple(t.model_copy(update={"synonyms": s}) for t, s in zip(tables, synonyms, strict=True)),
        relationships=joins,
        verified_queries=verified,
        module_custom_instructions=ModuleInstructions(
            sql_generation=conventions([one.name for one in metrics_left_out]),
            question_categorization=QUESTION_CATEGORIZATION,
        ),
    )
    return Published(model, metrics_left_out, tuple(LeftOut(*one) for one in questions_left_out))


def _metrics(
    manifest: Manifest, aggregates: Aggregates, words: Words
) -> tuple[dict[str, list[Metric]], tuple[LeftOut, ...]]:
    """Metrics by table, and those that are none of one table."""
    found: dict[str, list[Metric]] = {}
    left_out: list[LeftOut] = []
    for metric in manifest.metrics:
        if metric.is_helper:
            continue
        try:
            expression = aggregates.of(metric.name)
        except NotExpressibleError as error:
            left_out.append(LeftOut(metric.name, str(error)))
            continue
        synonyms = words.take(metric.synonyms)
        told = Metric(name=metric.name, synonyms=synonyms, description=metric.told, expr=expression)
        found.setdefault(aggregates.table_of(metric.name), []).append(told)
    return found, tuple(left_out)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they are, so that SQL can be read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _without_empty(told: object) -> object:
    if isinstance(told, dict):
        return {key: _without_empty(value) for key, value in told.items() if value not in ([], {}, None)}
    return [_without_empty(value) for value in told] if isinstance(told, list) else told
