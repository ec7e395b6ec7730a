"""Follow-ups: “and the year before?”, “only rock”, “by month”. A question that stands alone begins anew.

Only the last query is remembered, and only for as long as the conversation lasts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ml.assistant.assistant import REFUSALS, Answer, Assistant, Refusal
from ml.assistant.planning import scope
from ml.assistant.planning.drafting import (
    NotUnderstoodError,
    kinds,
    metrics_named,
    name_filters,
    of_kind,
    ordered,
    value_filters,
)
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.reading import Reading
from ml.assistant.planning.wording import plain
from ml.assistant.query import MOST_ROWS, Filter, SemanticQuery
from ml.assistant.times.grammar import combined, period_before
from ml.errors import TimesError

_FOLLOWS = re.compile(
    r"^(and|but|only|just|also|what about|how about|or|now|then|same|by|per|in|on|for|since|without|except|instead|as|"
    r"with|top \d+|the (year|month|week|day|one) before|the previous|before that|over time)\b"
)


@dataclass
class Conversation:
    """Questions one after another."""

    assistant: Assistant
    last: SemanticQuery | None = field(default=None, init=False)

    def ask(self, question: str, *, as_of: date) -> Answer | Refusal:
        """A question, which may refer to the one before."""
        answer = self._follow_up(self.last, question, as_of) if self.last is not None else None
        if answer is None:
            answer = self.assistant.ask(question, as_of=as_of)
        if isinstance(answer, Answer):
            self.last = answer.query
        return answer

    def _follow_up(self, last: SemanticQuery, question: str, as_of: date) -> Answer | Refusal | None:
        """The answer to a question that changes the last one; None where it does not refer to it."""
        try:
            text = plain(question)
            if _FOLLOWS.match(text) is None and len(text.split()) > _LONGEST_BARE:
                return None
            scope.check(text)
            reading = self.assistant.planner.reader.read(text, as_of=as_of)
            if _stands_alone(reading):
                return None
            changed = changed_by(last, reading, as_of)
        except REFUSALS as error:
            return self.assistant.refuse(question, str(error))
        if changed == last:
            return None
        return self.assistant.answer(changed, as_of=as_of, question=question)


_LONGEST_BARE = 4
"""Words of a follow-up that does not begin as one, such as “rock songs” or “2019?”."""


def _stands_alone(reading: Reading) -> bool:
    """Whether it has a verb of listening or asks how many, which a follow-up leaves out."""
    return reading.has(Cue.COUNT, Cue.AMOUNT, Cue.RECOMMEND, Cue.STREAK, Cue.FORGOTTEN, Cue.SHARE) and reading.has(
        Cue.LISTEN
    )


def changed_by(last: SemanticQuery, reading: Reading, as_of: date) -> SemanticQuery:
    """The last query with what the follow-up names in place of what it had.

    Raises:
        NotUnderstoodError: a part of the follow-up was not understood.
    """
    if reading.unknown:
        raise NotUnderstoodError(f"“{reading.unknown[0].text}” is nothing that I know or that you have listened to")
    if reading.times.refused:
        raise NotUnderstoodError(reading.times.refused)
    update = _times(last, reading, as_of)
    added = [*name_filters(reading), *value_filters(reading), *update.pop("filters", ())]
    update["filters"] = _merged(last, added)
    metrics = metrics_named(reading)
    if metrics and last.metrics:
        update |= {"metrics": tuple(metrics), "order": ordered(metrics[0]) if last.order else ()}
    asked = kinds(reading)
    if asked and last.group_by:
        group, excluded = of_kind(asked[0][0])
        update |= {"group_by": group, "filters": (*_merged(last, added), *excluded)}
    if reading.numbers and last.limit is not None:
        update["limit"] = min(int(reading.numbers[0].text), MOST_ROWS)
    return SemanticQuery.model_validate({**last.model_dump(), **update})


def _times(last: SemanticQuery, reading: Reading, as_of: date) -> dict[str, Any]:
    """What the times of the follow-up change: the window, the grain, filters of times that come back."""
    before = [phrase for phrase in reading.times.phrases if phrase.is_relative_before]
    others = tuple(phrase for phrase in reading.times.phrases if not phrase.is_relative_before)
    try:
        window, filters, grain = combined(others)
        earlier = period_before(last.window, before[0].words, as_of) if before else None
    except TimesError as error:
        raise NotUnderstoodError(str(error)) from error
    update: dict[str, Any] = {"filters": filters}
    if earlier is not None:
        update["window"] = earlier
    elif any(phrase.window is not None for phrase in others):
        update["window"] = window
    if grain is not None:
        update |= {"grain": grain, "group_by": (), "order": (), "limit": None}
    return update


def _merged(last: SemanticQuery, added: list[Filter]) -> tuple[Filter, ...]:
    """The filters of before, those of a dimension that is named again replaced."""
    replaced = {(wanted.dimension, wanted.operator) for wanted in added}
    kept = [wanted for wanted in last.filters if (wanted.dimension, wanted.operator) not in replaced]
    return (*kept, *added)
