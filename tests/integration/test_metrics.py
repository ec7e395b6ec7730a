"""The metrics: valid against the warehouse, and each as worked out in Python from the plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pytest
from metricflow.validation.data_warehouse_model_validator import DataWarehouseModelValidator
from metricflow_semantic_interfaces.protocols.semantic_manifest import SemanticManifest
from metricflow_semantic_interfaces.type_enums.dimension_type import DimensionType
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator

from tests.integration import heard
from tests.integration.conftest import Home
from tests.integration.heard import Heard, History, Run
from tests.integration.metrics import Metrics

GAPS = {"incomplete_days"}
"""Whether a day is incomplete is told by polls, not by plays."""
OVER_TIME = {"plays_growth", "plays_growth_over_a_year", "cumulative_plays", "plays_year_to_date", "plays_last_7_days"}
"""test_metrics_over_time.py has plays made for these."""

KEYS: dict[str, Callable[[Heard], Any]] = {
    "listener": lambda play: play.listener,
    "track": lambda play: play.track,
    "artist__primary_genre": lambda play: play.genre,
    "metric_time__month": lambda play: play.month,
    "date__iso_weekday": lambda play: play.day.isoweekday(),
    "play__local_hour": lambda play: play.local.hour,
}
OF_PLAYS = ((), ("listener",), ("artist__primary_genre", "metric_time__month"), ("date__iso_weekday", "listener"))
OF_TIME = ((), ("listener",), ("metric_time__month", "date__iso_weekday"))


@pytest.fixture(scope="module")
def metrics(built: dict[str, Any]) -> Iterator[Metrics]:
    home: Home = built["home"]
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        yield Metrics.of(home.path, connection)


@pytest.fixture(scope="module")
def history(built: dict[str, Any]) -> History:
    return heard.history(built["home"])


def plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def assert_told(
    metrics: Metrics, name: str, group_by: Sequence[str], runs: Sequence[Run], total: Callable[[Sequence[Run]], Any]
) -> None:
    """The metric has this total for the runs of each group, and knows of no other group."""
    groups: dict[tuple[Any, ...], list[Run]] = defaultdict(list)
    for run in runs:
        groups[tuple(KEYS[key](run.first) for key in group_by)].append(run)
    expected = {key: total(group) for key, group in groups.items()}
    found = {tuple(map(plain, key)): value for key, (value,) in metrics.ask([name], group_by).items()}
    assert set(found) == set(expected)
    for key, value in expected.items():
        assert (found[key] is None) == (value is None), key
        if value is not None:
            assert float(found[key]) == pytest.approx(value, rel=1e-6, abs=1e-5), key


def test_the_definitions_are_valid_against_the_warehouse(metrics: Metrics) -> None:
    rules = SemanticManifestValidator[SemanticManifest]()  # pyright: ignore[reportArgumentType]  # its own default
    validator = DataWarehouseModelValidator(sql_client=metrics.warehouse)
    results = [
        rules.validate_semantic_manifest(metrics.manifest),
        validator.validate_semantic_models(metrics.manifest),
        validator.validate_dimensions(metrics.manifest),
        validator.validate_entities(metrics.manifest),
        validator.validate_simple_metrics(metrics.manifest),
        validator.validate_metrics(metrics.manifest),
    ]
    assert [issue.message for result in results for issue in (*result.errors, *result.future_errors)] == []


def test_a_column_that_is_not_there_is_found(metrics: Metrics) -> None:
    broken = metrics.manifest.copy(deep=True)
    [plays] = [model for model in broken.semantic_models if model.name == "plays"]
    plays.dimensions[1].expr = "no_such_column"
    results = DataWarehouseModelValidator(sql_client=metrics.warehouse).validate_dimensions(broken)
    assert any("no_such_column" in issue.message for issue in results.errors)


def test_every_metric_is_compared(metrics: Metrics, history: History) -> None:
    compared = {
        *heard.of_plays(history),
        *heard.OF_SESSIONS,
        *heard.OF_DAYS,
        *heard.OF_FIRST_TRACKS,
        *heard.OF_FIRST_ARTISTS,
    }
    helpers = {m.name for m in metrics.manifest.metrics if m.config and m.config.meta.get("is_helper")}
    assert compared | GAPS | OVER_TIME | helpers == {metric.name for metric in metrics.manifest.metrics}


def test_every_metric_and_dimension_can_be_found_by_people(metrics: Metrics) -> None:
    for metric in metrics.manifest.metrics:
        meta = metric.config.meta if metric.config else {}
        assert metric.label, metric.name
        assert metric.description, metric.name
        assert meta["unit"], metric.name
        assert meta.get("is_helper") or len(meta["synonyms"]) > 0, metric.name
    for model in metrics.manifest.semantic_models:
        assert model.description, model.name
        for dimension in model.dimensions:
            assert dimension.label, f"{model.name}.{dimension.name}"
            assert dimension.description, f"{model.name}.{dimension.name}"
            meta = dimension.config.meta if dimension.config else {}
            assert dimension.type is not DimensionType.TIME or meta["synonyms"], f"{model.name}.{dimension.name}"


@pytest.mark.parametrize("group_by", [*OF_PLAYS, ("track",)])
@pytest.mark.parametrize("name", sorted(heard.of_plays(History(()))))
def test_of_plays(metrics: Metrics, history: History, name: str, group_by: Sequence[str]) -> None:
    total = heard.of_plays(history)[name]
    runs = [Run((play,)) for play in history.plays]
    assert_told(metrics, name, group_by, runs, lambda group: total([run.plays[0] for run in group]))


@pytest.mark.parametrize("group_by", OF_TIME)
@pytest.mark.parametrize("name", sorted(heard.OF_SESSIONS))
def test_of_sessions(metrics: Metrics, history: History, name: str, group_by: Sequence[str]) -> None:
    assert_told(metrics, name, group_by, history.sessions(), heard.OF_SESSIONS[name])


@pytest.mark.parametrize("group_by", OF_TIME)
@pytest.mark.parametrize("name", sorted(heard.OF_DAYS))
def test_of_days(metrics: Metrics, history: History, name: str, group_by: Sequence[str]) -> None:
    assert_told(metrics, name, group_by, history.days(), heard.OF_DAYS[name])


@pytest.mark.parametrize("group_by", [*OF_TIME, ("artist__primary_genre",)])
def test_of_first_plays(metrics: Metrics, history: History, group_by: Sequence[str]) -> None:
    assert_told(metrics, "new_tracks", group_by, history.tracks(), len)
    assert_told(metrics, "new_artists", group_by, history.artists(), len)


def test_plays_by_hour_and_the_hour_of_a_described_play_are_the_same_hours(metrics: Metrics, history: History) -> None:
    runs = [Run((play,)) for play in history.plays]
    assert_told(metrics, "plays", ("play__local_hour",), runs, len)
    score = heard.of_plays(history)["mainstream_score"]
    assert_told(metrics, "mainstream_score", ("play__local_hour",), runs, lambda g: score([r.plays[0] for r in g]))


def test_metrics_of_several_facts_answer_together(metrics: Metrics, history: History) -> None:
    [(plays, sessions, new)] = metrics.ask(
        ["plays", "sessions", "new_tracks"], ["listener"], where=["{{ Entity('listener') }} = 'ada'"]
    ).values()
    of_ada = History(tuple(play for play in history.plays if play.listener == "ada"))
    assert (plays, sessions, new) == (len(of_ada.plays), len(of_ada.sessions()), len(of_ada.tracks()))


def test_a_question_that_makes_no_sense_is_refused(metrics: Metrics) -> None:
    with pytest.raises(Exception, match="does not match any of the available group-by-items"):
        metrics.ask(["new_tracks"], ["play__local_hour"])
