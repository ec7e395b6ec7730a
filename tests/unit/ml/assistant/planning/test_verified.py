"""Verified questions: the file is sound, and a question finds the one that it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ml.assistant.planning.verified import VerifiedQuestion, exact, nearest, verified_questions
from ml.assistant.query import Intent

FIRST = (
    "What is my most played genre this month?",
    "How many songs did I listen to yesterday?",
    "Who is my top country artist and how many times have I played them?",
    "Show me my listening trends over the past 3 months",
)


def test_the_questions_that_people_know_come_first() -> None:
    assert tuple(one.question for one in verified_questions() if one.is_first) == FIRST
    assert tuple(one.question for one in verified_questions()[:4]) == FIRST


def test_there_are_about_thirty_each_asked_once() -> None:
    questions = [one.question for one in verified_questions()]
    assert 30 <= len(questions) <= 40
    assert len({question.casefold() for question in questions}) == len(questions)
    assert {Intent.RECOMMEND, Intent.STREAK, Intent.DISCOVERED} <= {one.query.intent for one in verified_questions()}


@pytest.mark.parametrize("verified", verified_questions(), ids=lambda one: one.question)
def test_each_is_found_by_its_own_words_and_at_another_time(verified: VerifiedQuestion) -> None:
    assert verified.when in verified.question
    assert exact(verified.question, time_words=verified.when) is verified
    if verified.when:
        other = verified.question.replace(verified.when, "in March 2019")
        assert exact(other, time_words="in March 2019") is verified


@pytest.mark.parametrize(
    ("text", "time_words", "question"),
    [
        ("what is my MOST PLAYED genre???", "", FIRST[0]),
        ("please tell me my most played genre, last summer", "last summer", FIRST[0]),
        ("how many songs did i listen to yesterday", "yesterday", FIRST[1]),
        ("Show me the listening trends over the past 3 months", "over the past 3 months", FIRST[3]),
    ],
)
def test_case_punctuation_and_filler_do_not_matter(text: str, time_words: str, question: str) -> None:
    found = exact(text, time_words=time_words)
    assert found is not None
    assert found.question == question


@pytest.mark.parametrize(
    "text",
    ["what is my least played genre", "what is Bob's most played genre", "", "?"],
)
def test_another_question_is_not_taken_for_one(text: str) -> None:
    assert exact(text) is None


def test_the_nearest_come_first() -> None:
    found = nearest("what's my skip rate", count=3)
    assert found[0].verified.question == "What is my skip rate this year?"
    assert [match.closeness for match in found] == sorted((match.closeness for match in found), reverse=True)
    assert len(found) == 3


def test_a_window_is_no_part_of_a_verified_query() -> None:
    with pytest.raises(ValidationError, match="window is read from the words"):
        VerifiedQuestion.model_validate(
            {"question": "How many?", "query": {"metrics": ["plays"], "window": {"start": "2024-01-01"}}}
        )


@given(st.text(), st.text(max_size=20), st.integers(1, 5))
def test_any_text_has_neighbours(text: str, time_words: str, count: int) -> None:
    found = nearest(text, time_words=time_words, count=count)
    assert len(found) == count
    assert all(0 <= match.closeness <= 1 for match in found)
    assert found == nearest(text, time_words=time_words, count=count)
