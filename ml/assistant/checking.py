"""Whether the parts of a query make sense together, and the values of its filters with their dimensions.

Types are checked by query.py, names by vocabulary.py. A field that an intent would not look at is refused here, so that
nobody takes the answer for something narrower than it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from ml.assistant.query import Filter, Intent, SemanticQuery
from ml.errors import MlError

TIME = "metric_time"
"""The date of whatever a metric counts, in the listener's own zone."""


class UnfitQueryError(MlError):
    """Parts of a query contradict each other, or would be ignored; its text says which, in one line."""


_FIELDS: Mapping[Intent, frozenset[str]] = {
    Intent.METRIC: frozenset({"metrics", "group_by", "filters", "window", "grain", "order", "limit", "comparison"}),
    Intent.SHARE: frozenset({"metrics", "filters", "part", "window"}),
    Intent.LIST: frozenset({"filters", "window", "order", "limit"}),
    Intent.FIRST: frozenset({"filters", "window", "subject"}),
    Intent.LAST: frozenset({"filters", "window", "subject"}),
    Intent.RANK: frozenset({"metrics", "filters", "window", "subject"}),
    Intent.STREAK: frozenset({"filters", "window", "limit", "is_current"}),
    Intent.DISCOVERED: frozenset({"filters", "window", "limit", "kind"}),
    Intent.FORGOTTEN: frozenset({"filters", "window", "limit", "kind"}),
    Intent.RECOMMEND: frozenset({"filters", "limit", "kind", "mood"}),
    Intent.SIMILAR: frozenset({"subject", "limit", "kind"}),
}
"""What each intent looks at."""
_YEARS = (1, 9999)
_WHOLE = {
    "local_hour": (0, 23),
    "iso_weekday": (1, 7),
    "quarter_of_year": (1, 4),
    "calendar_year": _YEARS,
    "release_year": _YEARS,
    "release_decade": _YEARS,
}
"""Dimensions whose values are whole numbers, by the last part of their name, with the least and the greatest."""
_YES_OR_NO = frozenset({"is_weekend", "skipped", "explicit", "is_partial"})


def check_parts(query: SemanticQuery) -> None:
    """Whether every part of the query has its place in what is asked.

    Raises:
        UnfitQueryError: one has none.
    """
    given = {name for name, value in query if name != "intent" and value != _default_of(name)}
    for name in sorted(given - _FIELDS[query.intent]):
        raise UnfitQueryError(f"a query of intent {query.intent} has no {name}")
    if query.intent in (Intent.SHARE, Intent.RANK) and len(query.metrics) != 1:
        raise UnfitQueryError(f"a query of intent {query.intent} has one metric, not {len(query.metrics)}")
    if query.comparison is not None and query.grain is not None:
        raise UnfitQueryError("a comparison of two windows has no grain")
    if query.intent is Intent.METRIC and query.grain is None and any(order.by == TIME for order in query.order):
        raise UnfitQueryError(f"an answer is put in order by {TIME} only where it has a grain")
    if query.intent is Intent.LIST and any(order.by != TIME for order in query.order):
        raise UnfitQueryError(f"plays are put in order by {TIME} and nothing else")
    is_of_another_kind = query.subject is not None and query.kind not in (None, query.subject.kind)
    if query.intent is Intent.SIMILAR and is_of_another_kind:
        raise UnfitQueryError(f"what is like a thing is of its kind, and no {query.kind}")


def check_values(wanted: Filter) -> None:
    """Whether the values of a filter can be values of its dimension.

    Raises:
        UnfitQueryError: one cannot.
    """
    last_part = wanted.dimension.rpartition("__")[2]
    for value in wanted.values:
        if last_part in _YES_OR_NO:
            if not isinstance(value, bool):
                raise UnfitQueryError(f"a value of {wanted.dimension} is true or false, not {_shown(value)}")
        elif last_part in _WHOLE:
            least, most = _WHOLE[last_part]
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise UnfitQueryError(
                    f"a value of {wanted.dimension} is a whole number from {least} to {most}, not {_shown(value)}"
                )
        elif not isinstance(value, str):
            raise UnfitQueryError(f"a value of {wanted.dimension} is a text, not {_shown(value)}")


def _default_of(name: str) -> object:
    return SemanticQuery.model_fields[name].get_default(call_default_factory=True)


def _shown(value: object) -> str:
    return repr(value)[:40]
