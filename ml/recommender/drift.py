"""How far listening has moved from what a recommender learnt, and whether that is reason enough to train it anew."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NEW = 0.25
"""Plays that came since, as a share of those it learnt from."""
MOST_UNKNOWN = 0.5
"""Of the plays that came since, the share of recordings it has never seen played."""
FEWEST_PLAYS = 500
"""Fewer tell nothing."""


@dataclass(frozen=True)
class Drift:
    learnt: int
    """Plays that it learnt from."""
    since: int
    unknown: int
    """Of those since, the plays of recordings of which it has learnt nothing."""

    @property
    def new_share(self) -> float:
        return self.since / max(self.learnt, 1)

    @property
    def unknown_share(self) -> float:
        return self.unknown / max(self.since, 1)

    @property
    def wants_training(self) -> bool:
        enough = self.since >= FEWEST_PLAYS
        return enough and (self.new_share > MOST_NEW or self.unknown_share > MOST_UNKNOWN)
