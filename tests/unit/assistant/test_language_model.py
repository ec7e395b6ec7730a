"""A language model fills in queries that the vocabulary knows, sees no rows, and fails in one line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

pytest.importorskip("pydantic_ai")

from pydantic_ai import models
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel

from ml.assistant.assistant import Answer
from ml.assistant.planning.wording import LONGEST_QUESTION
from ml.assistant.query import SemanticQuery, Window
from ml.assistant.vocabulary import Vocabulary
from tunegenie_assets.assistant.language_model import (
    LanguageModel,
    LanguageModelError,
    fill_in,
    phrase,
)

TODAY = date(2026, 11, 18)
QUESTION = "who did I play most last month?"
QUERY = {"metrics": ["plays"], "group_by": ["artist__name"], "order": [{"by": "plays"}], "limit": 1}
VOCABULARY = Vocabulary.of(
    json.dumps(
        {
            "semantic_models": [
                {
                    "name": "plays",
                    "label": "Plays",
                    "description": "One row is one play.",
                    "primary_entity": None,
                    "entities": [{"name": "play", "type": "primary"}, {"name": "artist", "type": "foreign"}],
                    "dimensions": [],
                    "measures": [{"name": "plays", "agg": "sum"}],
                    "config": {"meta": {}},
                },
                {
                    "name": "artists",
                    "label": "Artists",
                    "description": "One row is one artist.",
                    "primary_entity": None,
                    "entities": [{"name": "artist", "type": "primary"}],
                    "dimensions": [
                        {"name": "name", "type": "categorical", "label": "Artist", "description": "Artist name."}
                    ],
                    "measures": [],
                    "config": {"meta": {}},
                },
            ],
            "metrics": [
                {
                    "name": "plays",
                    "label": "Plays",
                    "description": "Number of plays that count.",
                    "type": "simple",
                    "type_params": {"measure": {"name": "plays"}},
                    "config": {"meta": {"unit": "plays"}},
                }
            ],
        }
    )
)
ANSWER = Answer(
    question=QUESTION,
    sentence="The artist with most plays: Somebody, 14 plays.",
    columns=("artist__name", "plays"),
    rows=(("Somebody", 14),),
    query=SemanticQuery.model_validate(QUERY),
    window=Window(),
    timezone="UTC",
    definitions=(),
    sql="select secret from warehouse",
    notes=(),
    confidence=1.0,
)
Reply = Callable[[list[ModelMessage], AgentInfo], ModelResponse]


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    with models.override_allow_model_requests(allow_model_requests=False):
        yield


def calling(*outputs: dict[str, Any], seen: list[str] | None = None, tool: int = 0) -> LanguageModel:
    """A model that fills in these outputs, one after the other."""
    left = list(outputs)

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if seen is not None:
            seen.extend(str(message) + str(getattr(message, "instructions", "")) for message in messages)
        return ModelResponse(parts=[ToolCallPart(info.output_tools[tool].name, left.pop(0))])

    return LanguageModel(FunctionModel(reply))


def saying(text: str, seen: list[str] | None = None) -> LanguageModel:
    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if seen is not None:
            seen.extend(str(message) for message in messages if isinstance(message, ModelRequest))
        return ModelResponse(parts=[TextPart(text)])

    return LanguageModel(FunctionModel(reply), sees_rows=True)


def failing(error: Exception) -> LanguageModel:
    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise error

    return LanguageModel(FunctionModel(reply))


def test_a_question_becomes_a_query() -> None:
    told = {**QUERY, "window": {"start": "2026-10-01", "end": "2026-11-01", "label": "last month"}}
    assert fill_in(QUESTION, VOCABULARY, TODAY, by=calling(told)) == SemanticQuery.model_validate(told)


def test_the_model_is_told_the_day_and_the_vocabulary_and_nothing_else() -> None:
    seen: list[str] = []
    fill_in(QUESTION, VOCABULARY, TODAY, by=calling(QUERY, seen=seen))
    told = " ".join(seen)
    assert "Wednesday, 2026-11-18" in told
    assert "- plays (plays): Number of plays that count." in told
    assert "- artist__name: Artist name." in told
    assert QUESTION in told
    assert "select" not in told


def test_what_the_vocabulary_refuses_may_be_put_right() -> None:
    seen: list[str] = []
    wrong = {"metrics": ["spins"]}
    assert fill_in(QUESTION, VOCABULARY, TODAY, by=calling(wrong, QUERY, seen=seen)).metrics == ("plays",)
    assert "there is no metric 'spins'" in " ".join(seen)


@pytest.mark.parametrize(
    "output",
    [
        {"metrics": ["spins"]},
        {"metrics": ["plays"], "group_by": ["listener__name"]},
        {"metrics": ["plays"], "filters": [{"dimension": "listener", "values": ["somebody-else"]}]},
        {"metrics": ["plays"], "listener": "somebody-else"},
        {"metrics": ["plays"], "sql": "select 1"},
        {"metrics": [], "intent": "metric"},
        {"metrics": ["plays"], "window": {"start": "2024-02-01", "end": "2024-01-01"}},
    ],
)
def test_a_query_that_may_not_be_is_never_handed_on(output: dict[str, Any]) -> None:
    with pytest.raises(LanguageModelError, match="gave no answer"):
        fill_in(QUESTION, VOCABULARY, TODAY, by=calling(*[output] * 5))


def test_output_of_no_sense_is_refused() -> None:
    with pytest.raises(LanguageModelError, match="gave no answer"):
        fill_in(QUESTION, VOCABULARY, TODAY, by=LanguageModel(TestModel()))


def test_a_model_may_say_that_it_cannot() -> None:
    with pytest.raises(LanguageModelError, match="says: that is about the weather"):
        fill_in("will it rain?", VOCABULARY, TODAY, by=calling({"reason": "that is about\nthe weather"}, tool=1))


def test_a_model_that_takes_too_long_is_left() -> None:
    async def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(LanguageModelError, match=r"gave no answer within 0\.05 s"):
        fill_in(QUESTION, VOCABULARY, TODAY, by=LanguageModel(FunctionModel(reply), seconds=0.05))


@pytest.mark.parametrize(
    "error",
    [
        ModelHTTPError(401, "some-model", {"error": "incorrect key sk-secret"}),
        OSError("no route to sk-secret"),
        ValueError("sk-secret"),
    ],
)
def test_errors_are_told_by_their_kind_and_hold_no_secret(error: Exception) -> None:
    with pytest.raises(LanguageModelError, match="gave no answer") as raised:
        fill_in(QUESTION, VOCABULARY, TODAY, by=failing(error))
    assert "sk-secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("anthropic:claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("google:gemini-2.5-flash", "GOOGLE_API_KEY"),
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("ollama:qwen3", "OLLAMA_BASE_URL"),
    ],
)
def test_a_key_that_is_missing_is_named(model: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (variable, "GEMINI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LanguageModelError, match=f"{variable}|llm extra"):
        fill_in(QUESTION, VOCABULARY, TODAY, by=LanguageModel(model))


@pytest.mark.parametrize(
    ("model", "variables"),
    [
        ("openai:gpt-5", {"OPENAI_API_KEY": ""}),
        ("anthropic:claude-sonnet-4-5", {"ANTHROPIC_API_KEY": ""}),
        ("openai:gpt-5", {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": "no address"}),
        ("ollama:qwen3", {"OLLAMA_BASE_URL": "http://127.0.0.1:9/v1", "OLLAMA_API_KEY": "sk-secret"}),
    ],
)
def test_clients_that_cannot_be_made_or_reach_nothing_end_in_one_line(
    model: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with (
        models.override_allow_model_requests(allow_model_requests=True),
        pytest.raises(LanguageModelError) as raised,
    ):
        fill_in(QUESTION, VOCABULARY, TODAY, by=LanguageModel(model, seconds=5))
    assert "sk-secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    with pytest.raises(LanguageModelError, match=r"pip install 'tunegenie\[llm\]'"):
        fill_in(QUESTION, VOCABULARY, TODAY, by=LanguageModel("openai:gpt-5"))
    with pytest.raises(LanguageModelError, match=r"pip install 'tunegenie\[llm\]'"):
        phrase(ANSWER, by=LanguageModel("openai:gpt-5", sees_rows=True))


def test_a_text_is_no_question() -> None:
    with pytest.raises(LanguageModelError, match=f"more than {LONGEST_QUESTION} characters"):
        fill_in("a" * (LONGEST_QUESTION + 1), VOCABULARY, TODAY, by=calling(QUERY))


def test_without_leave_the_model_sees_no_rows() -> None:
    assert phrase(ANSWER, by=failing(AssertionError("was asked"))) == ANSWER.sentence


def test_with_leave_it_puts_the_answer_into_words() -> None:
    seen: list[str] = []
    assert phrase(ANSWER, by=saying("Somebody, \n with 14 plays.", seen)) == "Somebody, with 14 plays."
    told = " ".join(seen)
    assert "Somebody, 14" in told
    assert "secret" not in told


@pytest.mark.parametrize("words", ["Somebody, with 15 plays.", "Somebody in 2024, 14 plays.", ""])
def test_figures_that_the_answer_does_not_have_are_refused(words: str) -> None:
    with pytest.raises(LanguageModelError, match=r"figures or names that the answer does not have|gave no answer"):
        phrase(ANSWER, by=saying(words))
