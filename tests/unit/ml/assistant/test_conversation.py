"""Follow-ups change the last query by what they name, and nothing else of it."""

from __future__ import annotations

from datetime import date

import pytest

from ml.assistant.conversation import changed_by
from ml.assistant.planning.drafting import NotUnderstoodError
from ml.assistant.planning.planner import Planner
from ml.assistant.planning.reading import Reader
from ml.assistant.planning.wording import plain
from ml.assistant.query import SemanticQuery

WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def last(reader: Reader) -> SemanticQuery:
    return Planner(reader).plan("who were my top 5 rock artists in 2025?", as_of=WEDNESDAY).query


def follow(reader: Reader, last: SemanticQuery, words: str) -> SemanticQuery:
    return changed_by(last, reader.read(plain(words), as_of=WEDNESDAY), WEDNESDAY)


def test_the_year_before_moves_the_window_alone(reader: Reader, last: SemanticQuery) -> None:
    changed = follow(reader, last, "and the year before?")
    assert (changed.window.start, changed.window.end) == (date(2024, 1, 1), date(2025, 1, 1))
    assert changed.model_copy(update={"window": last.window}) == last


def test_another_time_replaces_the_window(reader: Reader, last: SemanticQuery) -> None:
    assert follow(reader, last, "what about march 2026").window.start == date(2026, 3, 1)


def test_another_genre_replaces_the_genre(reader: Reader, last: SemanticQuery) -> None:
    changed = follow(reader, last, "only jazz")
    assert [wanted.values for wanted in changed.filters] == [("jazz",)]
    assert changed.group_by == last.group_by


def test_another_kind_another_metric_and_another_number(reader: Reader, last: SemanticQuery) -> None:
    assert follow(reader, last, "and songs?").group_by[0] == "recording"
    assert follow(reader, last, "by minutes").metrics == ("minutes_listened",)
    assert follow(reader, last, "top 3").limit == 3


def test_what_a_follow_up_does_not_say_clearly_is_refused(reader: Reader, last: SemanticQuery) -> None:
    with pytest.raises(NotUnderstoodError, match="paris"):
        follow(reader, last, "and in paris?")
