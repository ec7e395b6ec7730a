"""What a question comes to: a query of metrics, or one of the intents that no metric answers.

Planner, language models and tools of other programs all fill in a SemanticQuery; nothing else reaches the warehouse.
Whether its names exist is asked of the vocabulary, its SQL is made by compiling.py and lists.py.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_ROWS = 1000
Value = bool | int | float | str


class Intent(StrEnum):
    """What kind of answer is wanted."""

    METRIC = "metric"
    """Figures: metrics by what they are grouped by."""
    SHARE = "share"
    """How much of a metric its part is."""
    LIST = "list"
    """Plays one by one."""
    FIRST = "first"
    """When the subject was first heard."""
    LAST = "last"
    """When the subject was last heard."""
    RANK = "rank"
    """Place of the subject among its kind."""
    STREAK = "streak"
    """Runs of days with music."""
    DISCOVERED = "discovered"
    """What was heard for the first time within the window."""
    FORGOTTEN = "forgotten"
    """Favourites not heard for long."""
    RECOMMEND = "recommend"
    """What to play next."""
    SIMILAR = "similar"
    """What is like the subject."""


class Kind(StrEnum):
    """What a name names."""

    ARTIST = "artist"
    TRACK = "track"
    ALBUM = "album"
    GENRE = "genre"
    FAMILY = "family"


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Operator(StrEnum):
    IN = "in"
    NOT_IN = "not in"
    AT_LEAST = ">="
    AT_MOST = "<="
    KNOWN = "is known"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Frozen):
    """Dates in the listener's own zone, half-open; an end that is missing is not bounded there."""

    start: date | None = None
    end: date | None = None
    """The first date after it."""
    label: str = ""
    """In the words of the question, such as `last summer`."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Window:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError(f"a window must end after it begins, unlike {self.start} to {self.end}")
        return self


class Filter(_Frozen):
    """One dimension, one comparison; several filters must all hold."""

    dimension: str
    operator: Operator = Operator.IN
    values: tuple[Value, ...] = Field(default=(), max_length=100)

    @model_validator(mode="after")
    def _has_values(self) -> Filter:
        if (self.operator is Operator.KNOWN) == bool(self.values):
            raise ValueError(f"a filter of {self.dimension} that {self.operator} cannot have {len(self.values)} values")
        if self.operator in (Operator.AT_LEAST, Operator.AT_MOST) and len(self.values) != 1:
            raise ValueError(f"a filter of {self.dimension} that {self.operator} has one value")
        return self


class Subject(_Frozen):
    """A thing that the question names, found among what the listener has heard."""

    kind: Kind
    key: str
    """Its id in the star: of an artist, recording, album; a genre or family is its own."""
    name: str
    by: str = ""
    """The artist of a track or album."""


class Order(_Frozen):
    by: str
    descending: bool = True


class Comparison(_Frozen):
    """The same figures of another window; of two names, both are in the filter and in the group instead."""

    window: Window


class SemanticQuery(_Frozen):
    """One question to the warehouse, of one listener, who is never part of it: the executor adds them."""

    intent: Intent = Intent.METRIC
    metrics: tuple[str, ...] = Field(default=(), max_length=5)
    group_by: tuple[str, ...] = Field(default=(), max_length=3)
    filters: tuple[Filter, ...] = Field(default=(), max_length=10)
    part: tuple[Filter, ...] = Field(default=(), max_length=5)
    """Of an intent `share`: what of the plays of the filters is wanted as a share of them."""
    window: Window = Window()
    grain: Grain | None = None
    order: tuple[Order, ...] = Field(default=(), max_length=3)
    limit: int | None = Field(default=None, ge=1, le=MOST_ROWS)
    """Rows at most; of a query with both a grain and other groups, rows of each period."""
    comparison: Comparison | None = None
    subject: Subject | None = None
    mood: str | None = None
    """How a recommendation is to sound, one of suggesting.MOODS."""
    is_current: bool = False
    """Of a streak: the one that goes on, not the longest."""
    kind: Kind | None = None
    """What is listed, discovered, recommended, where the intent is about kinds of things."""

    @property
    def about(self) -> Subject:
        """The subject of a query that must have one.

        Raises:
            ValueError: it has none.
        """
        if self.subject is None:
            raise ValueError(f"a query of intent {self.intent} must name what it is about")
        return self.subject

    @model_validator(mode="after")
    def _is_whole(self) -> SemanticQuery:
        if self.intent in (Intent.METRIC, Intent.SHARE) and not self.metrics:
            raise ValueError("a query of figures must name a metric")
        if (self.intent is Intent.SHARE) != bool(self.part):
            raise ValueError("a share, and nothing else, has a part")
        if self.intent in (Intent.RANK, Intent.SIMILAR):
            _ = self.about
        return self
