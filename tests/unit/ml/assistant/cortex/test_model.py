"""What becomes of a semantic manifest: columns, aggregates, joins, and what is left out and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ml.assistant.cortex.fields import CortexModel, Dimension, Metric
from ml.assistant.cortex.manifest import Manifest
from ml.assistant.cortex.metrics import Aggregates, NotExpressibleError
from ml.assistant.cortex.model import Published, cortex_model
from ml.assistant.planning.verified import VerifiedQuestion

TYPES = {
    "fct_plays": {"play_id": "varchar", "artist_id": "varchar", "day": "date", "ms": "bigint", "skipped": "boolean"},
    "dim_artist": {"artist_id": "varchar", "artist_name": "varchar", "debut": "bigint"},
}


def relation(alias: str) -> dict[str, str]:
    return {"alias": alias, "schema_name": "gold", "database": "warehouse"}


def simple(name: str, measure: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": "simple",
        "type_params": {"measure": {"name": measure, **more}},
        "label": name.title(),
    }


def derived(name: str, expression: str, *inputs: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": "derived", "type_params": {"expr": expression, "metrics": list(inputs)}}


PLAYS = {
    "name": "plays",
    "label": "Plays",
    "description": "One row is one play.",
    "node_relation": relation("fct_plays"),
    "defaults": {"agg_time_dimension": "played_on"},
    "config": {"meta": {"synonyms": ["listens"]}},
    "entities": [
        {"name": "play", "type": "primary", "expr": "play_id"},
        {"name": "artist", "type": "foreign", "expr": "artist_id"},
    ],
    "dimensions": [
        {"name": "played_on", "type": "time", "expr": "day", "description": "Date."},
        {
            "name": "skipped",
            "type": "categorical",
            "description": "Cut short.",
            "config": {"meta": {"synonyms": ["cut"]}},
        },
    ],
    "measures": [
        {"name": "plays", "agg": "sum", "expr": "1"},
        {"name": "minutes", "agg": "sum", "expr": "cast(ms as double) / 60000"},
        {"name": "longest", "agg": "max", "expr": "ms"},
        {"name": "artists", "agg": "count_distinct", "expr": "artist_id"},
        {"name": "odd", "agg": "percentile", "expr": "ms"},
    ],
}
ARTISTS = {
    "name": "artists",
    "description": "One row is one artist.",
    "node_relation": relation("dim_artist"),
    "config": {"meta": {"synonyms": ["bands"]}},
    "entities": [{"name": "artist", "type": "primary", "expr": "artist_id"}],
    "dimensions": [
        {
            "name": "name",
            "type": "categorical",
            "expr": "artist_name",
            "config": {"meta": {"synonyms": ["LISTENS", "act"]}},
        },
        # Without synonyms of its own: dbt hands on those of the model.
        {"name": "debut", "type": "categorical", "config": {"meta": {"synonyms": ["bands"]}}},
        {
            "name": "decade",
            "type": "categorical",
            "expr": "debut - mod(debut, 10)",
            "config": {"meta": {"data_type": "bigint"}},
        },
    ],
    "measures": [],
}
FINDS = {
    "name": "finds",
    "description": "One row is one artist found.",
    "node_relation": relation("fct_plays"),
    "defaults": {"agg_time_dimension": "found_on"},
    "entities": [{"name": "play", "type": "foreign", "expr": "play_id"}],
    "dimensions": [{"name": "found_on", "type": "time", "expr": "day"}],
    "measures": [{"name": "finds", "agg": "sum", "expr": "1"}],
}
METRICS = [
    {**simple("plays", "plays"), "config": {"meta": {"synonyms": ["listens", "streams"]}}},
    simple("minutes", "minutes"),
    simple("artists", "artists"),
    simple("finds", "finds", fill_nulls_with=0),
    {**simple("helper", "longest"), "config": {"meta": {"is_helper": True}}},
    derived("hours", "minutes / 60", {"name": "minutes"}),
    {
        "name": "each",
        "type": "ratio",
        "type_params": {"numerator": {"name": "plays"}, "denominator": {"name": "artists"}},
    },
    derived("share", "plays / sum(plays) over ()", {"name": "plays"}),
    derived(
        "growth", "plays - before", {"name": "plays"}, {"name": "plays", "alias": "before", "offset_window": "1 y"}
    ),
    derived("found_share", "finds / plays", {"name": "finds"}, {"name": "plays"}),
    simple("median", "odd"),
    {"name": "so_far", "type": "cumulative", "type_params": {"measure": {"name": "plays"}}},
    {**simple("of_skips", "plays"), "filter": {"where_filters": ["skipped"]}},
]
MANIFEST = {"semantic_models": [ARTISTS, FINDS, PLAYS], "metrics": METRICS}


def published(*questions: dict[str, Any], **samples: Any) -> Published:
    verified = [VerifiedQuestion.model_validate(question) for question in questions]
    found = {("artists", "name"): ["Some Act"]} if samples else {}
    return cortex_model(json.dumps(MANIFEST), TYPES, samples=found, questions=verified)


def table(told: Published, name: str) -> Any:
    [found] = [one for one in told.model.tables if one.name == name]
    return found


def test_a_metric_is_one_aggregate_over_the_columns_of_its_table() -> None:
    metrics = {one.name: one.expr for one in table(published(), "plays").metrics}
    assert metrics == {
        "plays": "SUM(plays.plays_per_row)",
        "minutes": "SUM(plays.minutes_per_row)",
        "artists": "COUNT(DISTINCT plays.artist_id)",
        "hours": "(SUM(plays.minutes_per_row)) / 60",
        "each": "CAST(SUM(plays.plays_per_row) AS DOUBLE) / CAST(NULLIF(COUNT(DISTINCT plays.artist_id), 0) AS DOUBLE)",
    }
    assert {one.name: one.expr for one in table(published(), "finds").metrics} == {
        "finds": "COALESCE(SUM(finds.finds_per_row), 0)"
    }


def test_what_cannot_be_said_is_named_with_the_reason() -> None:
    reasons = {one.name: one.reason for one in published().metrics_left_out}
    assert reasons == {
        "share": "is a share of all rows of the answer",
        "growth": "compares with another time than that of the question",
        "found_share": "is over several tables: finds, plays",
        "median": "aggregates by percentile",
        "so_far": "adds up over time beyond the rows that a question groups",
        "of_skips": "has a filter of its own",
    }
    text = published().text()
    assert "# - found_share: is over several tables: finds, plays\n" in text
    assert "instead of inventing it: share, growth, found_share, median, so_far, of_skips." in " ".join(text.split())


def test_columns_have_types_keys_and_all_values_where_these_are_known() -> None:
    plays = table(published(), "plays").columns
    assert {name: column.data_type for name, column in plays.items()} == {
        "played_on": "DATE",
        "skipped": "BOOLEAN",
        "play_id": "VARCHAR",
        "artist_id": "VARCHAR",
        "plays_per_row": "NUMBER",
        "minutes_per_row": "FLOAT",
        "longest_per_row": "NUMBER",
        "odd_per_row": "NUMBER",
    }
    assert (plays["skipped"].sample_values, plays["skipped"].is_enum) == (("true", "false"), True)
    assert (plays["play_id"].unique, plays["artist_id"].unique) == (True, None)
    assert [one.expr for one in table(published(), "plays").filters] == ["skipped"]
    assert table(published(), "artists").columns["decade"].data_type == "NUMBER"


def test_a_type_that_nobody_tells_is_asked_for() -> None:
    manifest = json.loads(json.dumps(MANIFEST).replace('"data_type": "bigint"', '"other": 1'))
    with pytest.raises(ValueError, match="dimension decade is not known: give it data_type"):
        cortex_model(json.dumps(manifest), TYPES, samples={}, questions=[])


def test_a_synonym_stands_for_one_thing_metrics_first() -> None:
    told = published()
    [plays] = [one for one in table(told, "plays").metrics if one.name == "plays"]
    assert plays.synonyms == ("listens", "streams")
    assert table(told, "plays").synonyms == ()
    assert table(told, "artists").columns["name"].synonyms == ("act",)
    assert table(told, "artists").columns["debut"].synonyms == ()
    assert table(told, "artists").synonyms == ("bands",)


def test_facts_lead_to_dimensions_and_not_to_each_other() -> None:
    assert [
        (join.left_table, join.right_table, join.join_type, join.relationship_type, *join.relationship_columns)
        for join in published().model.relationships
    ] == [("plays", "artists", "left_outer", "many_to_one", *published().model.relationships[0].relationship_columns)]
    [pair] = published().model.relationships[0].relationship_columns
    assert (pair.left_column, pair.right_column) == ("artist_id", "artist_id")


def test_samples_stand_where_they_are_given_and_are_told_apart_from_enumerations() -> None:
    assert published().model.sampled == {}
    assert published(with_samples=True).model.sampled == {("artists", "name"): ("Some Act",)}


def test_the_file_is_the_model_again() -> None:
    told = published({"question": "How many plays?", "query": {"metrics": ["plays"]}})
    loaded = yaml.safe_load(told.text())
    assert CortexModel.model_validate(loaded) == told.model
    assert loaded["tables"][0]["base_table"] == {"database": "warehouse", "schema": "gold", "table": "fct_plays"}
    assert "sql: |\n    SELECT\n" in told.text()
    with pytest.raises(ValidationError, match="measures"):
        CortexModel.model_validate({**loaded, "measures": []})


def test_a_verified_question_is_sql_over_the_logical_tables() -> None:
    query = {
        "metrics": ["plays"],
        "group_by": ["artist", "artist__name"],
        "filters": [
            {"dimension": "artist__name", "operator": "not in", "values": ["Guns N' Roses", "x"]},
            {"dimension": "play__skipped", "values": [False]},
            {"dimension": "artist__debut", "operator": ">=", "values": [1990]},
            {"dimension": "artist", "operator": "is known"},
        ],
        "order": [{"by": "plays"}, {"by": "artist__name", "descending": False}],
        "limit": 10,
    }
    told = published({"question": "Who, last year?", "when": "last year", "query": query, "is_first": True})
    [verified] = told.model.verified_queries
    assert (verified.name, verified.use_as_onboarding_question) == ("who_last_year", True)
    assert verified.sql.splitlines() == [
        "SELECT",
        "  artists.name AS artist_name,",
        "  SUM(plays.plays_per_row) AS plays",
        "FROM __plays AS plays",
        "LEFT OUTER JOIN __artists AS artists ON plays.artist_id = artists.artist_id",
        "WHERE plays.played_on >= DATEADD('YEAR', -1, DATE_TRUNC('YEAR', CURRENT_DATE))",
        "AND plays.played_on < DATE_TRUNC('YEAR', CURRENT_DATE)",
        "AND artists.name NOT IN ('Guns N'' Roses', 'x')",
        "AND plays.skipped IN (FALSE)",
        "AND artists.debut >= 1990",
        "AND plays.artist_id IS NOT NULL",
        "GROUP BY 1, plays.artist_id",
        "ORDER BY plays DESC NULLS LAST, artist_name ASC NULLS LAST",
        "LIMIT 10",
    ]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({"query": {"intent": "streak"}}, "is about more than figures (streak)"),
        ({"query": {"metrics": ["plays", "finds"]}}, "is over several tables: finds, plays"),
        (
            {"query": {"metrics": ["finds"], "group_by": ["artist__name"]}},
            "needs artist__name, to which finds does not lead",
        ),
        ({"query": {"metrics": ["plays"]}, "when": "on my birthday"}, "is not written as SQL: on my birthday"),
        ({"query": {"metrics": ["plays"], "group_by": ["album"]}}, "needs album, which no column of plays is"),
        ({"query": {"metrics": ["growth"]}}, "compares with another time"),
        (
            {"query": {"metrics": ["plays"], "comparison": {"window": {"label": "last year"}}}},
            "compares two windows",
        ),
    ],
)
def test_a_question_that_is_no_such_sql_is_left_out(question: dict[str, Any], reason: str) -> None:
    told = published({"question": "Which?", **question})
    assert told.model.verified_queries == ()
    [left_out] = told.questions_left_out
    assert left_out.name == "Which?"
    assert reason in left_out.reason


def test_a_metric_of_a_metric_that_cannot_be_said_cannot_be_said() -> None:
    metrics = [*METRICS, derived("twice", "share * 2", {"name": "share"})]
    manifest = Manifest.model_validate({**MANIFEST, "metrics": metrics})
    with pytest.raises(NotExpressibleError, match="share of all rows"):
        Aggregates(manifest).of("twice")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"relationships": [{"left_table": "plays", "right_table": "nowhere"}]}, "no logical column"),
        ({"relationships": [{"right_table": "plays", "left_table": "artists"}]}, "primary key of plays"),
    ],
)
def test_joins_that_lead_nowhere_are_refused(change: dict[str, Any], says: str) -> None:
    loaded = yaml.safe_load(published().text())
    [whole] = [{**loaded["relationships"][0], **one} for one in change["relationships"]]
    with pytest.raises(ValidationError, match=says):
        CortexModel.model_validate({**loaded, "relationships": [whole]})


def test_what_snowflake_would_refuse_is_refused_here() -> None:
    told = {"name": "n", "description": "d", "data_type": "NUMBER"}
    with pytest.raises(ValidationError, match="cannot be an aggregate"):
        Dimension.model_validate({**told, "expr": "max(a)"})
    with pytest.raises(ValidationError, match="must tell its values"):
        Dimension.model_validate({**told, "expr": "a", "is_enum": True})
    with pytest.raises(ValidationError, match="must aggregate"):
        Metric(name="n", description="d", expr="a.b")
    loaded = yaml.safe_load(published().text())
    with pytest.raises(ValidationError, match="tables must be different"):
        CortexModel.model_validate({**loaded, "tables": loaded["tables"] * 2, "relationships": []})
    loaded["tables"][0]["synonyms"] = ["STREAMS"]
    with pytest.raises(ValidationError, match="synonyms must be different from each other, unlike streams"):
        CortexModel.model_validate(loaded)
