"""Statements of metrics: of one listener always, with every value as a parameter, for both warehouses."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError
from sqlglot import exp, parse_one

from ml.assistant.compiling import CannotCompileError, Compiler, Dialect, Least
from ml.assistant.query import Filter, Grain, Operator, Order, SemanticQuery, Window
from ml.assistant.vocabulary import UnknownTermError, Vocabulary

HOSTILE = (
    "'; drop table gold.fct_plays; --",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "' or 1=1 --",
    "value_0_of_the_question",
    "\\",
)
OF_LISTENERS = ("fct_", "daily_", "listening_", "track_d", "artist_d")
"""How the tables that hold what listeners did are named."""
IN_2024 = Window(start=date(2024, 1, 1), end=date(2025, 1, 1))


@pytest.fixture(scope="module")
def duckdb_compiler(manifest: str) -> Compiler:
    return Compiler.of(manifest, Dialect.DUCKDB)


def metrics_of(manifest: str) -> list[str]:
    return sorted(Vocabulary.of(manifest).metrics)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_every_metric_is_of_the_listener_wherever_a_table_is_read(manifest: str, dialect: Dialect) -> None:
    compiler = Compiler.of(manifest, dialect)
    for metric in metrics_of(manifest):
        compiled = compiler.compile(SemanticQuery(metrics=(metric,), grain=Grain.MONTH, window=IN_2024), "ada")
        reads = [
            table
            for table in parse_one(compiled.sql, read=dialect.value).find_all(exp.Table)
            if table.name.lower().startswith(OF_LISTENERS)
        ]
        assert reads, metric
        assert all(is_filtered(table) for table in reads), (metric, compiled.sql)


def is_filtered(table: exp.Table) -> bool:
    """Whether the listener is a condition of a select around the table, or of each select of the CTE that it is in."""
    around = table.parent
    while around is not None:
        if isinstance(around, exp.Select) and asks_for_listener(around):
            return True
        if isinstance(around, exp.CTE):
            readers = [read for read in around.root().find_all(exp.Table) if read.name == around.alias]
            return bool(readers) and all(is_filtered(read) for read in readers)
        around = around.parent
    return False


def asks_for_listener(select: exp.Select) -> bool:
    where = select.args.get("where")
    return where is not None and any(
        isinstance(equal.left, exp.Column)
        and equal.left.name.lower() == "listener"
        and isinstance(equal.right, exp.Placeholder)
        for equal in where.find_all(exp.EQ)
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_a_parameter_and_never_text(duckdb_compiler: Compiler, value: str) -> None:
    query = SemanticQuery(
        metrics=("plays",),
        group_by=("artist__name",),
        filters=(Filter(dimension="artist__primary_genre", values=(value, "rock")),),
        order=(Order(by="plays"),),
        limit=3,
    )
    compiled = duckdb_compiler.compile(query, value)
    assert value not in compiled.sql
    assert compiled.sql.count("?") == len(compiled.parameters) == 3
    assert sorted(compiled.parameters) == sorted([value, value, "rock"])


def test_dates_of_a_window_are_not_widened_to_the_grain(duckdb_compiler: Compiler) -> None:
    window = Window(start=date(2024, 1, 10), end=date(2024, 2, 5))
    compiled = duckdb_compiler.compile(SemanticQuery(metrics=("plays",), grain=Grain.MONTH, window=window), "ada")
    assert {"2024-01-10", "2024-02-05"} <= set(compiled.parameters)


def test_what_adds_up_dates_sees_those_before_the_window(duckdb_compiler: Compiler) -> None:
    compiled = duckdb_compiler.compile(
        SemanticQuery(metrics=("cumulative_plays",), grain=Grain.MONTH, window=IN_2024), "ada"
    )
    assert set(compiled.parameters) == {"ada"}
    assert "2024-01-01" in compiled.sql


def test_a_row_may_have_to_come_to_something_that_is_not_shown(duckdb_compiler: Compiler) -> None:
    query = SemanticQuery(
        metrics=("skip_rate",), group_by=("artist__name",), order=(Order(by="skip_rate"),), limit=2, window=IN_2024
    )
    told = parse_one(duckdb_compiler.compile(query, "ada", least=Least("told_of_skips", 5)).sql, read="duckdb")
    assert [column.name for column in told.expressions] == ["artist__name", "skip_rate"]
    assert told.args["where"].this.sql() == "told_of_skips >= 5"
    assert "where" not in duckdb_compiler.compile(query, "ada").sql.partition(") as answer")[2]


def test_of_a_grain_and_groups_the_limit_is_of_each_period(duckdb_compiler: Compiler) -> None:
    query = SemanticQuery(
        metrics=("plays",), group_by=("artist__name",), grain=Grain.YEAR, order=(Order(by="plays"),), limit=2
    )
    sql = duckdb_compiler.compile(query, "ada").sql
    assert "partition by metric_time__year" in sql
    assert "<= 2" in sql


@pytest.mark.parametrize(
    "query",
    [
        SemanticQuery(metrics=("nonsense",)),
        SemanticQuery(metrics=("plays",), group_by=("listener",)),
        SemanticQuery(metrics=("plays",), group_by=("listener__name",)),
        SemanticQuery(metrics=("plays",), filters=(Filter(dimension="listener", values=("bob",)),)),
        SemanticQuery(metrics=("plays",), filters=(Filter(dimension="listener__country", values=("CH",)),)),
        SemanticQuery(
            metrics=("plays",), filters=(Filter(dimension="artist') }} or {{ Entity('artist", values=("x",)),)
        ),
        SemanticQuery(metrics=("plays",), order=(Order(by="1; drop table x"),)),
    ],
)
def test_what_does_not_exist_or_tells_of_others_is_refused(duckdb_compiler: Compiler, query: SemanticQuery) -> None:
    with pytest.raises(UnknownTermError):
        duckdb_compiler.compile(query, "ada")


def test_what_does_not_fit_together_is_refused_in_one_line(duckdb_compiler: Compiler) -> None:
    query = SemanticQuery(metrics=("new_tracks",), group_by=("play__local_hour",))
    with pytest.raises(CannotCompileError, match="new_tracks cannot be asked by play__local_hour") as refused:
        duckdb_compiler.compile(query, "ada")
    assert "\n" not in str(refused.value)


def test_a_window_runs_forward() -> None:
    with pytest.raises(ValidationError, match="must end after it begins"):
        Window(start=date(2024, 2, 1), end=date(2024, 2, 1))


@pytest.mark.parametrize("operator", [Operator.AT_LEAST, Operator.AT_MOST])
def test_a_comparison_has_one_value(operator: Operator) -> None:
    with pytest.raises(ValidationError, match="has one value"):
        Filter(dimension="play__local_hour", operator=operator, values=(1, 2))
