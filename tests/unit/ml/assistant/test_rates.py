"""Which queries are rankings by a rate, and what must be counted in their rows; figures broken down are none."""

from __future__ import annotations

from typing import Any

import pytest

from ml.assistant.planning.verified import verified_questions
from ml.assistant.query import Grain, Intent, Kind, Order, SemanticQuery, Subject
from ml.assistant.rates import counted_by
from ml.assistant.vocabulary import Vocabulary

BY_ARTIST: dict[str, Any] = {"group_by": ("artist", "artist__name"), "limit": 3}


@pytest.fixture(scope="module")
def vocabulary(manifest: str) -> Vocabulary:
    return Vocabulary.of(manifest)


def counted(query: SemanticQuery, vocabulary: Vocabulary) -> str | None:
    metric = counted_by(query, vocabulary)
    return None if metric is None else metric.name


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("skip_rate", "told_of_skips"),
        ("average_play_minutes", "told_of_length"),
        ("night_share", "plays"),
        ("repeat_rate", "plays"),
        ("average_energy", "plays"),
        ("average_listening_hour", "plays"),
        ("plays_per_track", "plays"),
        ("plays", None),
        ("skips", None),
        ("hours_listened", None),
        ("unique_recordings", None),
        ("share_of_listening", None),
        ("average_session_minutes", None),
        ("plays_per_session", None),
        ("genre_diversity", None),
        ("plays_growth", None),
        ("cumulative_plays", None),
    ],
)
def test_rates_and_means_of_plays_are_counted(vocabulary: Vocabulary, metric: str, name: str | None) -> None:
    ranking = SemanticQuery(metrics=(metric,), order=(Order(by=metric),), **BY_ARTIST)
    assert counted(ranking, vocabulary) == name


def test_it_is_by_what_the_rows_are_put_in_order_that_counts(vocabulary: Vocabulary) -> None:
    both = ("plays", "skip_rate")
    assert counted(SemanticQuery(metrics=both, order=(Order(by="plays"),), **BY_ARTIST), vocabulary) is None
    assert counted(SemanticQuery(metrics=both, order=(Order(by="skip_rate"),), **BY_ARTIST), vocabulary)


def test_months_and_places_are_rankings_too(vocabulary: Vocabulary) -> None:
    by_rate = (Order(by="skip_rate"),)
    months = SemanticQuery(metrics=("skip_rate",), grain=Grain.MONTH, order=by_rate, limit=1)
    subject = Subject(kind=Kind.ARTIST, key="a1", name="Queen")
    place = SemanticQuery(intent=Intent.RANK, metrics=("skip_rate",), subject=subject)
    assert counted(months, vocabulary) == counted(place, vocabulary) == "told_of_skips"


@pytest.mark.parametrize(
    "changes", [{}, {"group_by": ("artist__name",), "order": (Order(by="skip_rate"),)}, {"grain": Grain.MONTH}]
)
def test_figures_that_are_broken_down_leave_nothing_out(vocabulary: Vocabulary, changes: dict[str, Any]) -> None:
    assert counted(SemanticQuery(metrics=("skip_rate",), **changes), vocabulary) is None


def test_no_verified_question_ranks_by_a_rate(vocabulary: Vocabulary) -> None:
    """The SQL that the Cortex model has of them knows no least number of plays."""
    assert [one.question for one in verified_questions() if counted(one.query, vocabulary)] == []
