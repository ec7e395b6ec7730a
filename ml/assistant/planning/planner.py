"""From a question to a semantic query, by rules; a word without a place in it is a reason to refuse.

The rules of each kind of question are in intents.py; what words mean is told in docs/questions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ml.assistant.names.index import Name
from ml.assistant.planning import accounting, intents, scope, verified
from ml.assistant.planning.comparing import (
    as_alternatives,
    compare_alternatives,
    compare_times,
    is_comparison_of_times,
)
from ml.assistant.planning.drafting import (
    Draft,
    NotUnderstoodError,
    check_performers,
    name_filters,
    named,
    value_filters,
)
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.reading import Reader, Reading
from ml.assistant.planning.wording import plain
from ml.assistant.query import Filter, Operator, SemanticQuery, Window
from ml.assistant.times.grammar import TimePhrase, combined
from ml.errors import TimesError

LEAST_CONFIDENCE = 0.6
"""Below it a question is refused; three misspelt words or a name that is spelt quite otherwise come to less."""
_COST_OF_A_SLIP = 0.12


@dataclass(frozen=True)
class Plan:
    query: SemanticQuery
    confidence: float
    reading: Reading


@dataclass(frozen=True)
class Planner:
    """Plans the questions of one listener."""

    reader: Reader

    def plan(self, question: str, *, as_of: date) -> Plan:
        """The query that a question stands for, asked on a date of the listener's zone.

        Raises:
            UnreadableError: the text is no question.
            OutOfScopeError: it asks for what is never told.
            NotUnderstoodError: it, or a part of it, was not understood.
        """
        text = plain(question)
        scope.check(text)
        reading = self.reader.read(text, as_of=as_of)
        if reading.times.refused:
            raise NotUnderstoodError(reading.times.refused)
        subjects = named(reading.mentions)
        check_performers(reading, subjects)
        if reading.unknown:
            words = ", ".join(f"“{word.text}”" for word in reading.unknown)
            raise NotUnderstoodError(f"{words} is nothing that I know or that you have listened to")
        known = _verified(reading)
        if known is not None:
            return Plan(known, 1.0, reading)
        alternatives = as_alternatives(reading)
        if alternatives is not None:
            draft = _draft(reading, alternatives.rest, subjects)
            return _checked(compare_alternatives(draft, alternatives), draft)
        if is_comparison_of_times(reading):
            draft = _draft(reading, (), subjects)
            return _checked(compare_times(draft, as_of), draft)
        draft = _draft(reading, reading.times.phrases, subjects)
        return _checked(intents.query_of(draft), draft)


def _verified(reading: Reading) -> SemanticQuery | None:
    """The query of the verified question that this one is, but for its time and words that say nothing."""
    phrases = reading.times.phrases
    if len(phrases) > 1 or any(phrase.window is None for phrase in phrases):
        return None
    found = verified.exact(reading.text, time_words=" ".join(phrase.words for phrase in phrases))
    if found is None:
        return None
    window = phrases[0].window if phrases else None
    return found.query.model_copy(update={"window": window or Window()})


def _checked(query: SemanticQuery, draft: Draft) -> Plan:
    """The plan of a query that holds all of its question.

    Raises:
        NotUnderstoodError: it does not, or too many words had to be guessed.
    """
    accounting.check(query, draft)
    reading = draft.reading
    confidence = 1 - _COST_OF_A_SLIP * reading.slips - sum(1 - mention.closeness for mention in reading.mentions)
    if confidence < LEAST_CONFIDENCE:
        raise NotUnderstoodError("too many words are spelt in ways I had to guess")
    return Plan(query, confidence, reading)


def _draft(reading: Reading, phrases: tuple[TimePhrase, ...], subjects: list[Name]) -> Draft:
    try:
        window, filters, grain = combined(phrases)
    except TimesError as error:
        raise NotUnderstoodError(str(error)) from error
    wanted: list[Filter] = [*name_filters(reading), *value_filters(reading), *filters]
    draft = Draft(reading, window, grain, wanted, subjects)
    draft.use(Cue.VALUE)
    if any(left_out.operator is Operator.NOT_IN for left_out in wanted):
        draft.use(Cue.EXCEPT)
    return draft
