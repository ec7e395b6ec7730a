"""Asks with the help of a language model where one is set: it fills in the query, the assistant answers it.

What is refused is never sent to it. Names are looked up here, among what the listener has heard: the model is told
none. Where it is of no use, the planner answers, and a note says so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

import duckdb

from ml.assistant.assistant import Answer, Assistant, Refusal
from ml.assistant.executing import MissingTableError
from ml.assistant.planning import scope
from ml.assistant.planning.scope import OutOfScopeError
from ml.assistant.planning.wording import UnreadableError, plain
from tunegenie_assets.assistant.language_model import LanguageModel, LanguageModelError, fill_in, phrase
from tunegenie_assets.assistant.model_values import as_stored
from tunegenie_assets.assistant.naming import NameNotFoundError
from tunegenie_assets.assistant.reading import ReadingError
from tunegenie_assets.settings import Settings

_UNANSWERED = (ValueError, ArithmeticError, LookupError, TypeError, ReadingError, MissingTableError, duckdb.Error)
"""What a query that nobody foresaw may end in; pydantic's errors are values of no use, too."""


@dataclass(frozen=True)
class HelpedAssistant(Assistant):
    """An assistant with a language model before its planner."""

    model: LanguageModel

    def ask(self, question: str, *, as_of: date) -> Answer | Refusal:
        model = self.model
        try:
            scope.check(plain(question))
        except (OutOfScopeError, UnreadableError) as error:
            return self.refuse(question, str(error))
        answer = self._of_the_model(question, as_of)
        if isinstance(answer, str):
            planned = super().ask(question, as_of=as_of)
            return _noted(planned, f"the planner answered: {answer}") if isinstance(planned, Answer) else planned
        answer = _noted(answer, f"{model.name} put the question into a query")
        try:
            return replace(answer, sentence=phrase(answer, by=model))
        except LanguageModelError as error:
            return _noted(answer, f"in TuneGenie's own words: {model.name} {error}")

    def _of_the_model(self, question: str, as_of: date) -> Answer | str:
        """The answer to the query that the model filled in, or why there is none."""
        model = self.model
        try:
            query = as_stored(fill_in(question, self.executor.compiler.vocabulary, as_of, by=model), self)
            answer = self.answer(query, as_of=as_of, question=question)
        except LanguageModelError as error:
            return f"{model.name} {error}"
        except NameNotFoundError as error:
            return f"of what {model.name} named, {error}"
        except _UNANSWERED as error:
            # What they say may hold SQL: their kind is enough.
            return f"the query of {model.name} failed ({type(error).__name__})"
        return answer if isinstance(answer, Answer) else f"the query of {model.name} was refused ({answer.reason})"


def helped(assistant: Assistant, settings: Settings) -> Assistant:
    """The assistant with the language model of the settings, as it is where these name none."""
    if not settings.ask_model:
        return assistant
    return helped_by(LanguageModel(settings.ask_model, sees_rows=settings.ask_model_sees_rows), assistant)


def helped_by(model: LanguageModel, assistant: Assistant) -> HelpedAssistant:
    return HelpedAssistant(**{one.name: getattr(assistant, one.name) for one in fields(Assistant)}, model=model)


def _noted(answer: Answer, note: str) -> Answer:
    return replace(answer, notes=(*answer.notes, note))
