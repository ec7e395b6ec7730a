"""Questions asked of the shared home: a sample of every set, and each metric by MetricFlow, by gold and by asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from ml.assistant.assistant import Answer, Assistant
from ml.assistant.query import SemanticQuery, Window
from tests.integration.conftest import Home
from tests.integration.metrics import Metrics
from tests.questions.asking import Asked, Guard, ask_answerable, ask_refused, put
from tests.questions.expected import Case, Examiner
from tests.questions.questions import answerable, hostile, metrics, paraphrases, refused
from tests.questions.scoring import plain, same
from tunegenie_assets.assistant.opening import open_assistant
from tunegenie_assets.settings import Environment, load_settings

ONE_IN = 4
FIRST, LAST = date(2025, 3, 3), date(2025, 3, 8)
"""Within the ten days that the simulated listeners of the home have."""
OF_OTHERS = {"listeners", "listener_days"}
"""A question for these is one for other people."""
NO_FIGURE_OF_ITS_OWN = {"share_of_listening"}
"""A share of what, a question must say."""
NEW = {"new_artists", "new_tracks"}
"""Their labels alone ask for names."""
OVER_TIME = {"plays_growth", "plays_growth_over_a_year", "cumulative_plays", "plays_year_to_date", "plays_last_7_days"}
"""They go by time; test_metrics_over_time.py has plays made for them."""


@dataclass(frozen=True)
class Examined:
    """What is expected of one listener, worked out before the assistant opens the same file."""

    listener: str
    answerable: Sequence[Case]
    paraphrased: Sequence[Case]
    refusable: Sequence[Case]
    guard: Guard
    by_gold: dict[str, Any]
    by_metricflow: dict[str, Any]
    labels: dict[str, str]


@pytest.fixture(scope="module")
def examined(built: dict[str, Any]) -> Examined:
    """The simulated listener with most plays."""
    home: Home = built["home"]
    [(listener,)] = home.rows(
        "select listener_id from gold.fct_plays where counts_as_play and listener_id like 'sim-0%' "
        "group by 1 order by count(*) desc, 1 limit 1"
    )
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as connection:
        examiner = Examiner.of(connection, listener)
        layer = Metrics.of(home.path, connection)
        told = [
            metric for metric in layer.manifest.metrics if not (metric.config and metric.config.meta.get("is_helper"))
        ]
        return Examined(
            listener,
            examiner.cases(answerable())[0],
            # Not those kept aside: what fails here is shown.
            examiner.cases(paraphrases("paraphrases"))[0],
            examiner.refused(refused())[0],
            Guard.of(examiner),
            {name: examiner.metric(sql, FIRST, LAST) for name, sql in metrics().items()},
            {
                metric.name: by_metricflow(layer, metric.name, listener)
                for metric in told
                if metric.name not in OVER_TIME
            },
            {metric.name: metric.label or "" for metric in told},
        )


@pytest.fixture
def assistant(home: Home, examined: Examined) -> Assistant:
    home.apply()
    return open_assistant(load_settings(home=home.path, env=Environment.CI), examined.listener)


def by_metricflow(layer: Metrics, metric: str, listener: str) -> Any:
    where = [
        f"{{{{ Entity('listener') }}}} = '{listener}'",
        f"{{{{ TimeDimension('metric_time', 'day') }}}} between '{FIRST}' and '{LAST}'",
    ]
    [values] = layer.ask([metric], where=where).values()
    return values[0]


def assert_mostly(asked: Sequence[Asked], outcome: str, least: float) -> None:
    failed = [each for each in asked if each.outcome != outcome]
    told = "\n".join(
        f"{each.outcome} {each.case.id}: {each.case.question}\n  expected {each.case.rows[:3]}\n  {each.said}"
        for each in failed
    )
    assert len(failed) <= (1 - least) * len(asked), told


def test_the_sets_say_something_about_the_home(examined: Examined) -> None:
    assert len(examined.answerable) > 150
    assert len(examined.paraphrased) > 100
    assert len(examined.refusable) >= 60


def test_answers_are_what_sql_of_their_own_says(assistant: Assistant, examined: Examined) -> None:
    assert_mostly(ask_answerable(assistant, examined.answerable[::ONE_IN]), "right", 0.95)


def test_so_they_are_in_other_words(assistant: Assistant, examined: Examined) -> None:
    assert_mostly(ask_answerable(assistant, examined.paraphrased[::ONE_IN]), "right", 0.9)


def test_what_cannot_be_answered_is_refused(assistant: Assistant, examined: Examined) -> None:
    assert_mostly(ask_refused(assistant, examined.refusable[::2]), "refused", 0.95)


def test_hostile_texts_do_no_harm(assistant: Assistant, examined: Examined) -> None:
    assert examined.guard.attack(assistant, hostile()) == []


def test_every_metric_is_told_three_times(examined: Examined) -> None:
    assert set(examined.by_gold) == set(examined.by_metricflow)
    assert set(examined.by_gold) | OVER_TIME == set(examined.labels)


@pytest.mark.parametrize("name", sorted(metrics()))
def test_a_metric_is_the_same_through_metricflow_through_gold_and_through_ask(
    assistant: Assistant, examined: Examined, name: str
) -> None:
    by_gold = plain(examined.by_gold[name])
    assert same(by_gold, plain(examined.by_metricflow[name]))
    query = SemanticQuery(metrics=(name,), window=Window(start=FIRST, end=LAST + timedelta(days=1)))
    answered = assistant.answer(query, as_of=LAST + timedelta(days=3))
    assert isinstance(answered, Answer)
    assert_is_told(answered, by_gold)
    if name not in OF_OTHERS | NO_FIGURE_OF_ITS_OWN:
        label = examined.labels[name].lower()
        asks_for = f"How many {label} did I have" if name in NEW else f"What was my {label}"
        asked, _ = put(assistant, f"{asks_for} from {FIRST} to {LAST}?", LAST + timedelta(days=3))
        assert isinstance(asked, Answer), asked
        assert_is_told(asked, by_gold)


def assert_is_told(answer: Answer, expected: Any) -> None:
    assert len(answer.rows) == 1, answer
    assert any(same(plain(value), expected) for value in answer.rows[0]), answer
