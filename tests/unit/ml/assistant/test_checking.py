"""Queries that others put together: what an intent would ignore, or what cannot be, is refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from ml.assistant.checking import UnfitQueryError, check_parts
from ml.assistant.query import SemanticQuery
from ml.assistant.vocabulary import UnknownTermError, Vocabulary

SUBJECT = {"kind": "artist", "key": "a1", "name": "Somebody"}
PART = [{"dimension": "date__is_weekend", "values": [True]}]
LATER, EARLIER = {"start": "2024-01-01"}, {"end": "2024-01-01"}


@pytest.fixture(scope="module")
def vocabulary(manifest: str) -> Vocabulary:
    return Vocabulary.of(manifest)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"intent": "share", "metrics": ["plays", "skips"], "part": PART}, "has one metric, not 2"),
        ({"intent": "rank", "metrics": ["plays", "skips"], "subject": SUBJECT}, "has one metric, not 2"),
        ({"intent": "rank", "subject": SUBJECT}, "has one metric, not 0"),
        ({"intent": "rank", "metrics": ["plays"], "subject": SUBJECT, "grain": "month"}, "no grain"),
        ({"intent": "streak", "grain": "week"}, "no grain"),
        ({"intent": "streak", "group_by": ["artist__name"]}, "no group_by"),
        ({"intent": "recommend", "window": LATER}, "no window"),
        ({"intent": "similar", "subject": SUBJECT, "window": LATER}, "no window"),
        ({"intent": "similar", "subject": SUBJECT, "kind": "track"}, "no track"),
        ({"intent": "list", "metrics": ["plays"]}, "no metrics"),
        ({"intent": "list", "order": [{"by": "plays"}]}, "by metric_time and nothing else"),
        ({"metrics": ["plays"], "subject": SUBJECT}, "no subject"),
        ({"metrics": ["plays"], "mood": "calm"}, "no mood"),
        ({"metrics": ["plays"], "order": [{"by": "metric_time"}]}, "only where it has a grain"),
        (
            {"metrics": ["plays"], "window": LATER, "comparison": {"window": EARLIER}, "grain": "month"},
            "comparison of two windows has no grain",
        ),
    ],
)
def test_a_part_that_would_be_ignored_is_refused(told: dict[str, Any], says: str) -> None:
    with pytest.raises(UnfitQueryError, match=says):
        check_parts(SemanticQuery.model_validate(told))


@pytest.mark.parametrize(
    "told",
    [
        {"metrics": ["plays"], "grain": "month", "order": [{"by": "metric_time"}]},
        {"metrics": ["plays"], "window": LATER, "comparison": {"window": EARLIER}},
        {"intent": "list", "order": [{"by": "metric_time"}], "limit": 3},
        {"intent": "first", "subject": SUBJECT},
        {"intent": "similar", "subject": SUBJECT, "kind": "artist", "limit": 3},
        {"intent": "recommend", "kind": "track", "mood": "calm"},
        {"intent": "streak", "is_current": True, "window": LATER},
    ],
)
def test_what_an_intent_looks_at_may_be_named(told: dict[str, Any]) -> None:
    check_parts(SemanticQuery.model_validate(told))


@pytest.mark.parametrize(
    ("dimension", "value"),
    [
        ("play__local_hour", 24),
        ("play__local_hour", "9"),
        ("play__local_hour", True),
        ("play__local_hour", 9.5),
        ("date__iso_weekday", 0),
        ("date__iso_weekday", "Monday"),
        ("date__is_weekend", "yes"),
        ("play__skipped", 1),
        ("track__release_year", 10**30),
        ("track__release_decade", "1990s"),
        ("artist__name", 5),
        ("artist", False),
    ],
)
def test_a_value_fits_its_dimension(vocabulary: Vocabulary, dimension: str, value: object) -> None:
    wanted = {"dimension": dimension, "values": [value]}
    for told in (
        {"metrics": ["plays"], "filters": [wanted]},
        {"intent": "share", "metrics": ["plays"], "part": [wanted]},
    ):
        with pytest.raises(UnknownTermError, match=f"a value of {dimension} is") as refused:
            vocabulary.check(SemanticQuery.model_validate(told))
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("metric", ["plays", "minutes_listened", "hours_listened", "skips"])
def test_what_adds_up_has_shares(vocabulary: Vocabulary, metric: str) -> None:
    vocabulary.check(SemanticQuery.model_validate({"intent": "share", "metrics": [metric], "part": PART}))


@pytest.mark.parametrize(
    "metric", ["skip_rate", "average_tempo", "plays_growth", "share_of_listening", "cumulative_plays"]
)
def test_what_does_not_add_up_has_none(vocabulary: Vocabulary, metric: str) -> None:
    with pytest.raises(UnknownTermError, match=f"adds up, such as plays, and not of {metric}"):
        vocabulary.check(SemanticQuery.model_validate({"intent": "share", "metrics": [metric], "part": PART}))


def test_what_no_measure_leads_to_is_not_offered(vocabulary: Vocabulary) -> None:
    assert {"artist__primary_genre", "artist__genre_family", "listener_day__is_partial"} <= set(vocabulary.dimensions)
    assert not [name for name in vocabulary.dimensions if name == "genre" or name.startswith("genre__")]
    assert "listener_day" not in vocabulary.dimensions
