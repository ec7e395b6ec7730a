"""The Cortex model says the same as MetricFlow: each metric and each verified query, over the logical tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
import yaml
from sqlglot import exp, parse_one

from ml.assistant.cortex.fields import MOST_BYTES, CortexModel, Dimension
from ml.assistant.cortex.queries import EVER, WINDOWS
from ml.assistant.planning.verified import VerifiedQuestion, verified_questions
from ml.assistant.query import Filter, Operator, Order, SemanticQuery
from ml.assistant.vocabulary import Vocabulary
from tests.integration.conftest import Home
from tests.integration.metrics import Metrics
from tests.snowflake_sql import offences

DAYS = (date(2025, 3, 11), date(2025, 4, 2), date(2026, 1, 15))
"""On which the verified questions are asked: plays end the day before the first of them."""
LEFT_OUT = {
    *("share_of_listening", "repeat_rate", "discovery_rate", "plays_growth", "plays_growth_over_a_year"),
    *("cumulative_plays", "plays_year_to_date", "plays_last_7_days"),
}


@pytest.fixture(scope="module")
def text(built: dict[str, Any]) -> str:
    home: Home = built["home"]
    return (home.path / "reports" / "cortex_semantic_model" / "tunegenie.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def model(text: str) -> CortexModel:
    return CortexModel.model_validate(yaml.safe_load(text))


@pytest.fixture(scope="module")
def metrics(built: dict[str, Any]) -> Iterator[Metrics]:
    home: Home = built["home"]
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        yield Metrics.of(home.path, connection)


def over_logical_tables(model: CortexModel, sql: str) -> str:
    """What Cortex Analyst makes of a query: the logical tables before it, as it finds them in the model."""
    tables = [
        f"__{table.name} as (select {', '.join(f'{c.expr} as {c.name}' for c in table.columns.values())} "
        f"from {table.base_table.schema_name}.{table.base_table.table})"
        for table in model.tables
    ]
    return f"with {', '.join(tables)} {sql}"


def on_duckdb(sql: str, today: date) -> str:
    """Snowflake's SQL as DuckDB's, asked on a day."""
    day = exp.cast(exp.Literal.string(today.isoformat()), "date")
    dated = parse_one(sql, read="snowflake").transform(lambda node: day if isinstance(node, exp.CurrentDate) else node)
    return dated.sql("duckdb")


def answered(metrics: Metrics, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(plain(value) for value in row) for row in metrics.warehouse.connection.execute(sql).fetchall()]


def plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def about(value: object) -> object:
    """What is compared with: sums of doubles differ in their last digits."""
    told = plain(value)
    return told if told is None or isinstance(told, str | bool | date) else pytest.approx(float(str(told)), rel=1e-9)


def test_the_demo_leaves_the_file_and_its_checks_pass(built: dict[str, Any], text: str, model: CortexModel) -> None:
    assert not [check for check in built["demo"]["run"]["checks_failed"] if check.startswith("publish/")]
    assert len(text.encode()) < MOST_BYTES
    assert model.tables[0].name == "plays"
    assert {table.base_table.schema_name for table in model.tables} == {"gold"}


def test_every_metric_is_told_or_named_as_left_out(model: CortexModel, metrics: Metrics, text: str) -> None:
    of_manifest = {metric.name: metric.config.meta if metric.config else {} for metric in metrics.manifest.metrics}
    wanted = {name for name, meta in of_manifest.items() if not meta.get("is_helper")}
    told = {metric.name for table in model.tables for metric in table.metrics}
    assert told | LEFT_OUT == wanted
    assert not told & LEFT_OUT
    assert all(f"# - {name}: " in text for name in LEFT_OUT)


def test_nobody_is_shown(home: Home, model: CortexModel, text: str) -> None:
    assert set(model.sampled) == {("artists", "name"), ("artists", "primary_genre"), ("artists", "genre_family")}
    shown = {value for values in model.sampled.values() for value in values}
    for listener, name in home.rows("select listener_id, display_name from gold.dim_listener"):
        assert not {listener, name} & shown
        assert name == "ada" or name not in text


def test_every_metric_is_that_of_metricflow(model: CortexModel, metrics: Metrics) -> None:
    compared = 0
    for table in model.tables:
        for metric in table.metrics:
            sql = f"select {table.name}.listener_id, {metric.expr} from __{table.name} as {table.name} group by 1"
            statement = over_logical_tables(model, sql)
            assert offences(statement) == [], metric.name
            found = dict(answered(metrics, on_duckdb(statement, DAYS[0])))
            expected = {key: about(value) for (key,), (value,) in metrics.ask([metric.name], ["listener"]).items()}
            assert {key: value for key, value in expected.items() if value is not None} == {
                key: value for key, value in found.items() if value is not None
            }, metric.name
            compared += len(found)
    assert compared > 1000


def test_tables_lead_to_each_other_in_one_way(model: CortexModel) -> None:
    onward: dict[str, list[str]] = {table.name: [] for table in model.tables}
    for join in model.relationships:
        onward[join.left_table].append(join.right_table)

    def reached(name: str) -> list[str]:
        return [found for target in onward[name] for found in (target, *reached(target))]

    for name in onward:
        assert len(reached(name)) == len(set(reached(name))), name
    assert set(reached("plays")) == {"listeners", "tracks", "recordings", "artists", "albums", "genres", "dates"}


def test_joins_find_one_row_each(model: CortexModel, home: Home) -> None:
    tables = {table.name: table.base_table for table in model.tables}
    for join in model.relationships:
        [pair] = join.relationship_columns
        target = tables[join.right_table]
        [(rows, keys)] = home.rows(
            f"select count(*), count(distinct {pair.right_column}) from {target.schema_name}.{target.table}"
        )
        assert rows == keys, join.name


def test_enumerations_hold_all_values_that_there_are(model: CortexModel, home: Home) -> None:
    enumerations = [
        (table, column)
        for table in model.tables
        for column in table.columns.values()
        if isinstance(column, Dimension) and column.is_enum
    ]
    assert len(enumerations) > 10
    for table, column in enumerations:
        source = f"{table.base_table.schema_name}.{table.base_table.table}"
        found = home.rows(f"select distinct {column.expr} from {source} where {column.expr} is not null")
        assert {str(value).lower() for (value,) in found} <= {value.lower() for value in column.sample_values}, (
            column.name
        )


def test_verified_queries_are_told_but_for_those_that_cannot_be(model: CortexModel) -> None:
    told = {query.question for query in model.verified_queries}
    left_out = [one for one in verified_questions() if one.question not in told]
    assert len(told) >= 25
    assert all(one.query.intent != "metric" or set(one.query.metrics) & LEFT_OUT for one in left_out)
    assert len([query for query in model.verified_queries if query.use_as_onboarding_question]) == 4


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_verified_queries_answer_as_metricflow_does(model: CortexModel, metrics: Metrics, today: date) -> None:
    verified = {one.question: one for one in verified_questions()}
    with_rows = 0
    for query in model.verified_queries:
        statement = over_logical_tables(model, query.sql)
        assert offences(statement) == [], query.name
        found = answered(metrics, on_duckdb(statement, today))
        assert found == expected_rows(metrics, verified[query.question], today), query.name
        with_rows += bool(found) and found[0][-1] is not None
    assert with_rows >= 10


def expected_rows(metrics: Metrics, verified: VerifiedQuestion, today: date) -> list[tuple[Any, ...]]:
    """The rows of a verified question through MetricFlow, ordered and cut in Python."""
    query = verified.query
    group_by = [*([f"metric_time__{query.grain}"] if query.grain else []), *query.group_by]
    where = [*window(metrics, verified.when, today), *map(condition, query.filters)]
    groups = list(metrics.ask(query.metrics, group_by, where).items())
    names = [*group_by, *query.metrics]
    shown = [place for place, name in enumerate(names) if "__" in name or name in query.metrics]
    orders = [Order(by=group_by[0], descending=False)] if query.grain else list(query.order)
    for order in reversed(orders):
        place = names.index(order.by)
        groups.sort(key=lambda group: _key((*group[0], *group[1])[place], descending=order.descending))
    rows = [(*keys, *values) for keys, values in groups[: query.limit]]
    return [tuple(about(row[place]) for place in shown) for row in rows]


def _key(value: Any, *, descending: bool) -> tuple[bool, Any]:
    if value is None:
        return True, 0
    if isinstance(value, datetime | date | str):
        assert not descending
        return False, value
    return False, -value if descending else value


def window(metrics: Metrics, when: str, today: date) -> list[str]:
    if when in EVER:
        return []
    sql = on_duckdb(f"select {', '.join(WINDOWS[when])}", today)
    [(begin, end)] = answered(metrics, sql)
    time = "{{ TimeDimension('metric_time', 'day') }}"
    return [f"{time} >= '{begin}'", f"{time} < '{end}'"]


def condition(told: Filter) -> str:
    column = (
        f"{{{{ Dimension('{told.dimension}') }}}}"
        if "__" in told.dimension
        else f"{{{{ Entity('{told.dimension}') }}}}"
    )
    if told.operator is Operator.KNOWN:
        return f"{column} is not null"
    values = ", ".join(str(value) if isinstance(value, bool) else f"'{value}'" for value in told.values)
    return f"{column} {'in' if told.operator is Operator.IN else 'not in'} ({values})"


def test_windows_are_those_of_the_conventions(metrics: Metrics) -> None:
    """Of docs/questions.md, asked on Wednesday 18 November 2026."""
    today = date(2026, 11, 18)
    found = {
        when: answered(metrics, on_duckdb(f"select {', '.join(WINDOWS[when])}", today))[0] for when in sorted(WINDOWS)
    }
    assert found == {
        "today": (today, date(2026, 11, 19)),
        "yesterday": (date(2026, 11, 17), today),
        "last week": (date(2026, 11, 9), date(2026, 11, 16)),
        "this month": (date(2026, 11, 1), date(2026, 11, 19)),
        "last month": (date(2026, 10, 1), date(2026, 11, 1)),
        "this year": (date(2026, 1, 1), date(2026, 11, 19)),
        "last year": (date(2025, 1, 1), date(2026, 1, 1)),
        "over the past 3 months": (date(2026, 8, 19), date(2026, 11, 19)),
    }


def test_verified_questions_name_what_there_is(built: dict[str, Any], metrics: Metrics) -> None:
    home: Home = built["home"]
    vocabulary = Vocabulary.of((home.path / "dbt" / "semantic_manifest.json").read_text(encoding="utf-8"))
    for one in verified_questions():
        vocabulary.check(one.query)
    queries: list[SemanticQuery] = [one.query for one in verified_questions() if one.query.metrics]
    for query in queries:
        grain = [f"metric_time__{query.grain}"] if query.grain else []
        metrics.ask(query.metrics, [*grain, *query.group_by], [condition(one) for one in query.filters])
        assert {order.by for order in query.order} <= {*query.metrics, *query.group_by}
    assert {one.when for one in verified_questions()} <= {*EVER, *WINDOWS}
