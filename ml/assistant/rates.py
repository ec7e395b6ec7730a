"""Rankings by a rate: what was played too seldom to have one has no place in them.

An artist of one play that was skipped has a skip rate of 100 %, which says nothing of them. Figures that are only
broken down by something, without an end to the rows, keep all of it.
"""

from __future__ import annotations

from ml.assistant.query import Intent, SemanticQuery
from ml.assistant.vocabulary import Metric, Vocabulary

LEAST_PLAYS = 5
"""Plays that a rate must be of to be ranked: one play more or less moves it by a fifth at most."""


def counted_by(query: SemanticQuery, vocabulary: Vocabulary) -> Metric | None:
    """The metric that must come to LEAST_PLAYS in each row of a ranking by a rate; None of all other queries."""
    ranked = None
    if query.intent is Intent.RANK:
        [ranked] = query.metrics
    elif query.intent is Intent.METRIC and query.limit is not None and (query.group_by or query.grain):
        ranked = query.order[0].by if query.order else None
    metric = vocabulary.metrics.get(ranked or "")
    return vocabulary.metrics[metric.counted_by] if metric is not None and metric.counted_by else None


def at_least(counted: Metric) -> str:
    """What the rows of a ranking have in common: at least 5 plays."""
    return f"at least {LEAST_PLAYS} {counted.label.lower()}"
