"""Questions with a language model's help, over a real warehouse: it fills in queries, the planner stands behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

pytest.importorskip("pydantic_ai")

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel

from ml.assistant.assistant import Answer, Assistant, Refusal
from ml.assistant.conversation import Conversation
from ml.assistant.query import SemanticQuery
from tests.integration.conftest import Home
from tunegenie_assets.assistant.language_model import LanguageModel
from tunegenie_assets.assistant.model_asking import HelpedAssistant, helped, helped_by
from tunegenie_assets.assistant.opening import open_assistant
from tunegenie_assets.settings import load_settings

TODAY = date(2019, 4, 2)
LAST_MONTH = {"start": "2019-03-01", "end": "2019-04-01"}
QUESTION = "who was my top artist last month?"
UNHEARD = {"metrics": ["plays"], "filters": [{"dimension": "artist__name", "values": ["Whom Nobody Has Heard"]}]}
OF_ANOTHER = {"metrics": ["plays"], "filters": [{"dimension": "listener", "values": ["sim-00001"]}]}


@pytest.fixture(scope="module")
def assistant(built: dict[str, Any]) -> Assistant:
    home: Home = built["home"]
    home.apply()
    return open_assistant(load_settings(), "ada")


def filling_in(output: dict[str, Any], tool: int = 0) -> LanguageModel:
    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=[ToolCallPart(info.output_tools[tool].name, output)])

    return LanguageModel(FunctionModel(reply, model_name="some-model"))


def of(answer: Answer | Refusal) -> Answer:
    assert isinstance(answer, Answer), answer
    return answer


def top_artist(assistant: Assistant) -> str:
    return str(of(assistant.ask(QUESTION, as_of=TODAY)).rows[0][0])


def test_the_query_of_the_model_is_answered(assistant: Assistant) -> None:
    output = {
        "metrics": ["plays"],
        "group_by": ["artist", "artist__name"],
        "order": [{"by": "plays"}],
        "limit": 1,
        "window": LAST_MONTH,
    }
    told = of(helped_by(filling_in(output), assistant).ask(QUESTION, as_of=TODAY))
    assert told.rows == of(assistant.ask(QUESTION, as_of=TODAY)).rows
    assert told.notes == ("some-model put the question into a query",)
    assert told.question == QUESTION


def test_a_name_is_found_however_it_is_written(assistant: Assistant) -> None:
    name = top_artist(assistant)
    output = {"metrics": ["plays"], "filters": [{"dimension": "artist__name", "values": [name.upper()]}]}
    told = of(helped_by(filling_in(output), assistant).ask("how often did I play them?", as_of=TODAY))
    expected = of(assistant.ask(f'how many times did I play "{name}"?', as_of=TODAY))
    assert told.rows == expected.rows
    assert told.rows[0][-1]
    [filtered] = told.query.filters
    assert filtered.dimension == "artist"


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (filling_in({"metrics": ["spins"]}), "some-model gave no answer"),
        (filling_in({"reason": "no idea"}, tool=1), "some-model says: no idea"),
        (filling_in(UNHEARD), "has been heard"),
        (filling_in({"metrics": ["plays"], "window": {"start": "2030-01-01"}}), "was refused"),
        (filling_in(OF_ANOTHER), "no answer"),
        (LanguageModel(TestModel()), "gave no answer"),
    ],
)
def test_otherwise_the_planner_answers_and_says_why(assistant: Assistant, model: LanguageModel, says: str) -> None:
    told = of(helped_by(model, assistant).ask(QUESTION, as_of=TODAY))
    planned = of(assistant.ask(QUESTION, as_of=TODAY))
    assert (told.sentence, told.rows, told.query) == (planned.sentence, planned.rows, planned.query)
    [note] = set(told.notes) - set(planned.notes)
    assert note.startswith("the planner answered: ")
    assert says in note


@pytest.mark.parametrize(
    "output",
    [
        {"metrics": ["plays"], "window": {"end": "0001-01-01"}},
        {"intent": "streak", "grain": "week"},
        {"metrics": ["plays"], "filters": [{"dimension": "artist__genre_family", "values": ["no such family"]}]},
        {"intent": "share", "metrics": ["plays"], "part": UNHEARD["filters"]},
    ],
)
def test_whatever_a_query_ends_in_the_planner_answers(assistant: Assistant, output: dict[str, Any]) -> None:
    told = of(helped_by(filling_in(output), assistant).ask(QUESTION, as_of=TODAY))
    assert told.rows == of(assistant.ask(QUESTION, as_of=TODAY)).rows
    assert any(note.startswith("the planner answered: ") for note in told.notes)


def test_values_are_found_however_they_are_written(assistant: Assistant) -> None:
    filters = [
        {"dimension": "artist__genre_family", "values": ["ROCK"]},
        {"dimension": "date__weekday_name", "values": ["monday"]},
        {"dimension": "date__month_name", "values": ["MARCH"]},
    ]
    told = of(helped_by(filling_in({"metrics": ["plays"], "filters": filters}), assistant).ask(QUESTION, as_of=TODAY))
    assert [one.values for one in told.query.filters] == [("rock",), ("Monday",), ("March",)]


def test_devices_and_services_go_by_the_words_of_people(assistant: Assistant) -> None:
    filters = [
        {"dimension": "play__platform_family", "values": ["Laptop", "desktop"]},
        {"dimension": "play__source", "operator": "not in", "values": ["Last.fm"]},
    ]
    told = of(helped_by(filling_in({"metrics": ["plays"], "filters": filters}), assistant).ask(QUESTION, as_of=TODAY))
    assert [one.values for one in told.query.filters] == [("desktop",), ("lastfm_scrobbles",)]


@pytest.mark.parametrize("dimension", ["play__platform_family", "play__source"])
def test_a_device_or_source_that_does_not_exist_is_refused_with_those_that_do(
    assistant: Assistant, dimension: str
) -> None:
    output = {"metrics": ["plays"], "filters": [{"dimension": dimension, "values": ["toaster"]}]}
    told = of(helped_by(filling_in(output), assistant).ask(QUESTION, as_of=TODAY))
    assert any(f"no {dimension} 'toaster' is known; there are " in note for note in told.notes)
    refused = assistant.answer(SemanticQuery.model_validate(output), as_of=TODAY)
    assert isinstance(refused, Refusal)
    assert f"no {dimension} 'toaster' is known; there are " in refused.reason


def test_the_first_time_is_that_of_the_subject(assistant: Assistant) -> None:
    name = top_artist(assistant)
    output = {"intent": "first", "subject": {"kind": "artist", "key": "made up", "name": name.lower()}}
    told = of(helped_by(filling_in(output), assistant).ask("when did I first hear them?", as_of=TODAY))
    assert told.rows == of(assistant.ask(f'when did I first listen to "{name}"?', as_of=TODAY)).rows


def test_labels_of_a_model_are_no_dates(assistant: Assistant) -> None:
    windows = {**LAST_MONTH, "label": "all of 1987"}, {"start": "2019-02-01", "end": "2019-03-01", "label": "1988"}
    output = {"metrics": ["plays"], "window": windows[0], "comparison": {"window": windows[1]}}
    told = of(helped_by(filling_in(output), assistant).ask(QUESTION, as_of=TODAY))
    assert "198" not in told.sentence
    assert [row[0] for row in told.rows] == ["1 March 2019 to 31 March 2019", "1 February 2019 to 28 February 2019"]


def test_what_is_refused_never_goes_out(assistant: Assistant) -> None:
    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise AssertionError("the model was asked")

    model = LanguageModel(FunctionModel(reply))
    told = helped_by(model, assistant).ask("what did sim-00001 listen to yesterday?", as_of=TODAY)
    assert isinstance(told, Refusal)
    assert "nothing of anybody else's" in told.reason


def test_without_a_model_nothing_is_different(assistant: Assistant) -> None:
    assert helped(assistant, load_settings()) is assistant
    named = helped(assistant, load_settings(ask_model="openai:gpt-5", ask_model_sees_rows=True))
    assert isinstance(named, HelpedAssistant)
    assert (named.model.model, named.model.sees_rows) == ("openai:gpt-5", True)


def test_a_refusal_stays_one(assistant: Assistant) -> None:
    model = filling_in({"reason": "weather"}, tool=1)
    told = helped_by(model, assistant).ask("what is the weather?", as_of=TODAY)
    assert isinstance(told, Refusal)


def test_a_conversation_goes_on_from_what_the_model_understood(assistant: Assistant) -> None:
    output = {"metrics": ["plays"], "window": {**LAST_MONTH, "label": "last month"}}
    conversation = Conversation(helped_by(filling_in(output), assistant))
    first = of(conversation.ask("how many songs did I play last month?", as_of=TODAY))
    by_day = of(conversation.ask("by day", as_of=TODAY))
    assert sum(int(str(row[-1])) for row in by_day.rows) == first.rows[0][0]
