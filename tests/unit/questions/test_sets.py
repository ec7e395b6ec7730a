"""The sets are whole: as many as they must be, each once, and everything that they name is there."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.questions.placeholders import PARAMETER, PLACEHOLDER, folded, misspelt
from tests.questions.questions import PARAPHRASED, Question, answerable, hostile, paraphrases, read, refused

OTHER_PARAMETERS = {"listener", "as_of"}


def every_question() -> list[Question]:
    return [*answerable(), *(question for name in PARAPHRASED for question in paraphrases(name))]


def test_there_are_enough_and_no_two_are_alike() -> None:
    sizes = {name: len(read(name)) for name in ("answerable", "paraphrases", "kept_aside", "refused", "hostile")}
    assert sizes["answerable"] >= 200
    assert (sizes["paraphrases"], sizes["kept_aside"]) == (140, 60)
    assert sizes["refused"] >= 60
    assert sizes["hostile"] >= 50
    asked = Counter(question.question.casefold() for question in [*every_question(), *refused()])
    # One question asked on two days has two results.
    assert [question for question, count in asked.items() if count > 1] == []
    for name in ("answerable", "refused", "hostile"):
        assert max(Counter(entry["id"] for entry in read(name)).values()) == 1


def test_the_questions_that_the_originals_named_are_among_them() -> None:
    asked = {question.question for question in answerable()}
    assert {
        "What is my most played genre this month?",
        "How many songs did I listen to yesterday?",
        "Who is my top country artist and how many times have I played them?",
        "Show me my listening trends over the past 3 months",
    } <= asked


@pytest.mark.parametrize("question", every_question(), ids=lambda question: question.id)
def test_sql_asks_for_what_the_question_names(question: Question) -> None:
    """A placeholder that is in the one and not in the other would be a slip of the pen."""
    named = {(found["kind"], found["number"]) for found in PLACEHOLDER.finditer(question.question)}
    assert named == set(PARAMETER.findall(question.sql))
    others = set(re.findall(r"\$([a-z_]+)\b", question.sql)) - {kind for kind, _ in PARAMETER.findall(question.sql)}
    assert others <= OTHER_PARAMETERS
    assert "metric" not in question.sql


def test_what_is_ordered_says_by_what() -> None:
    assert all(
        "order by" in question.sql or "union all" in question.sql for question in answerable() if question.is_ordered
    )


def test_long_texts_are_long() -> None:
    assert max(len(each.text) for each in hostile()) >= 100_000


def test_names_are_compared_without_what_people_leave_out() -> None:
    assert folded("The Café & Bar (Live)") == folded("cafe and bar") == "cafe and bar"
    assert folded("The The") == "the"
    assert folded("(untitled)") == "untitled"


def test_a_misspelt_name_is_near_and_another() -> None:
    assert misspelt("Scarlet Portraits") != "Scarlet Portraits"
    assert sorted(misspelt("Scarlet Portraits")) == sorted("Scarlet Portraits")
