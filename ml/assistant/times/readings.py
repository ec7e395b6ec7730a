"""What the rules of the time grammar share: the place where a rule is tried, and what it reads there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from ml.assistant.query import Filter, Grain
from ml.assistant.times.points import Bare
from ml.assistant.times.words import BREAK, Words

Edges = tuple[date | None, date | None]


@dataclass(frozen=True)
class Reading:
    """What one rule read, up to an offset of the line."""

    end: int
    edges: Edges | None = None
    filters: tuple[Filter, ...] = ()
    grain: Grain | None = None
    is_before: bool = False
    problem: str = ""
    bare: Bare = "free"


@dataclass(frozen=True)
class Place:
    """Where in the words of a question a rule is tried, and on what day."""

    words: Words
    offset: int
    as_of: date

    @property
    def line(self) -> str:
        return self.words.line

    @property
    def first_word(self) -> str:
        """The word that is tried; a mark that no rule knows where the line has ended."""
        index = self.words.index(self.offset)
        return self.words.words[index] if index < len(self.words.words) else BREAK

    def at(self, offset: int) -> Place:
        return replace(self, offset=offset)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.words.line, self.offset)
