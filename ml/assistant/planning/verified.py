"""Verified questions: what people really ask, each with the query that it stands for.

They lie in verified_questions.yml. The planner looks there first, refusals suggest from there, and the Cortex model
carries them. The window of a query is not among them: times are read from the words of a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ml.assistant.query import SemanticQuery, Window

QUESTIONS_FILE = "verified_questions.yml"
_FILLER = """
a an and any at been can could did do does for give got had has have i in is it list many me much my of on please show
tell that the them there to was were what which who whom whose with you your
"""
FILLER = frozenset(_FILLER.split())
"""Words that change nothing: two questions with the same other words ask the same."""
_WORD = re.compile(r"\w+")


class VerifiedQuestion(BaseModel):
    """A question, the words in it that tell the time, and what it stands for at any time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1)
    when: str = ""
    """As it stands in the question, such as `last month`; empty for the whole history."""
    query: SemanticQuery
    is_first: bool = False
    """Whether it is among those that a newcomer is shown."""

    @field_validator("query")
    @classmethod
    def _has_no_window(cls, query: SemanticQuery) -> SemanticQuery:
        if query.window != Window():
            raise ValueError("the window is read from the words, and is no part of a verified query")
        return query


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    questions: tuple[VerifiedQuestion, ...]


@cache
def verified_questions() -> tuple[VerifiedQuestion, ...]:
    """All of them, in the order of the file.

    Raises:
        pydantic.ValidationError: the file has what a query does not.
    """
    text = files("ml.assistant.planning").joinpath(QUESTIONS_FILE).read_text(encoding="utf-8")
    return _File.model_validate(yaml.safe_load(text)).questions


@dataclass(frozen=True)
class Match:
    """A verified question and how much of a question it is, 0 to 1; 1 where only filler differs."""

    verified: VerifiedQuestion
    closeness: float


def nearest(
    text: str, *, among: Sequence[VerifiedQuestion] | None = None, time_words: str = "", count: int = 3
) -> tuple[Match, ...]:
    """The verified questions that are most like a text, best first.

    Words that tell the time are no part of the comparison: of the verified ones by their `when`, of the text where the
    caller hands them in as `time_words`.
    """
    asked = _content(text, time_words)
    matches = [
        Match(verified, _alike(asked, _content(verified.question, verified.when)))
        for verified in (verified_questions() if among is None else among)
    ]
    # Sorting is stable: among equals the one that stands first in the file.
    return tuple(sorted(matches, key=lambda match: -match.closeness)[:count])


def exact(text: str, *, time_words: str = "") -> VerifiedQuestion | None:
    """The verified question that a text is, but for the time, case, punctuation and filler."""
    [best] = nearest(text, time_words=time_words, count=1)
    return best.verified if best.closeness == 1.0 else None


def _content(text: str, time_words: str) -> frozenset[str]:
    words = _words(text)
    told = _words(time_words)
    for begin in range(len(words) - len(told) + 1) if told else ():
        if words[begin : begin + len(told)] == told:
            words = words[:begin] + words[begin + len(told) :]
            break
    return frozenset(words) - FILLER


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
