"""Asks with the help of a language model where one is set: it fills in the query, the assistant answers it.

Names are looked up here, among what the listener has heard: the model is told none. Where it is of no use, the planner
answers, and a note says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from ml.assistant.assistant import Answer, Assistant, Refusal
from ml.assistant.names.index import NameIndex
from ml.assistant.planning.drafting import BY_KIND
from ml.assistant.query import Filter, Kind, SemanticQuery, Subject
from tunegenie_assets.assistant.language_model import LanguageModel, LanguageModelError, fill_in, phrase
from tunegenie_assets.assistant.naming import WORDS, NameNotFoundError, named
from tunegenie_assets.settings import Settings

NAMED: Mapping[str, Kind] = {
    "artist__name": Kind.ARTIST,
    "recording__name": Kind.TRACK,
    "track__name": Kind.TRACK,
    "album__name": Kind.ALBUM,
}
"""Dimensions whose values are names; people spell them in many ways, so filters are by id instead."""


@dataclass(frozen=True)
class HelpedAssistant(Assistant):
    """An assistant with a language model before its planner."""

    model: LanguageModel

    def ask(self, question: str, *, as_of: date) -> Answer | Refusal:
        model = self.model
        try:
            query = with_ids(fill_in(question, self.executor.compiler.vocabulary, as_of, by=model), self)
        except LanguageModelError as error:
            return self._planned(question, as_of, f"{model.name} {error}")
        except NameNotFoundError as error:
            return self._planned(question, as_of, f"of what {model.name} named, {error}")
        answer = self.answer(query, as_of=as_of, question=question)
        if isinstance(answer, Refusal):
            return self._planned(question, as_of, f"the query of {model.name} was refused ({answer.reason})")
        answer = _noted(answer, f"{model.name} put the question into a query")
        try:
            return replace(answer, sentence=phrase(answer, by=model))
        except LanguageModelError as error:
            return _noted(answer, f"in TuneGenie's own words: {model.name} {error}")

    def _planned(self, question: str, as_of: date, reason: str) -> Answer | Refusal:
        answer = super().ask(question, as_of=as_of)
        return _noted(answer, f"the planner answered: {reason}") if isinstance(answer, Answer) else answer


def helped(assistant: Assistant, settings: Settings) -> Assistant:
    """The assistant with the language model of the settings, as it is where these name none."""
    if not settings.ask_model:
        return assistant
    return helped_by(LanguageModel(settings.ask_model, sees_rows=settings.ask_model_sees_rows), assistant)


def helped_by(model: LanguageModel, assistant: Assistant) -> HelpedAssistant:
    return HelpedAssistant(**{one.name: getattr(assistant, one.name) for one in fields(Assistant)}, model=model)


def with_ids(query: SemanticQuery, assistant: Assistant) -> SemanticQuery:
    """The query with ids for names.

    Raises:
        NameNotFoundError: a name is not among what the listener has heard, or could be several things.
    """
    index = assistant.planner.reader.names
    subject = query.subject
    if subject is not None and subject.kind in WORDS:
        found = named(index, subject.name, subject.kind)
        subject = Subject(kind=found.kind, key=found.key, name=found.name, by=found.by)
    return query.model_copy(update={"filters": tuple(_by_id(one, index) for one in query.filters), "subject": subject})


def _by_id(told: Filter, index: NameIndex) -> Filter:
    kind = NAMED.get(told.dimension)
    if kind is None:
        return told
    keys = tuple(named(index, str(value), kind).key for value in told.values)
    return told.model_copy(update={"dimension": BY_KIND[kind], "values": keys})


def _noted(answer: Answer, note: str) -> Answer:
    return replace(answer, notes=(*answer.notes, note))
