"""The kinds of questions, in the order of how much their words say: the first rule that fits decides.

What a rule makes of a question stands in the module that it comes from.
"""

from __future__ import annotations

from collections.abc import Callable

from ml.assistant.planning.comparing import compare_names, is_comparison_of_names
from ml.assistant.planning.drafting import Draft, NotUnderstoodError
from ml.assistant.planning.figures import asks_for_figures, figures_of
from ml.assistant.planning.moments import (
    asks_for_a_single_play,
    asks_for_a_time_of_a_play,
    asks_for_discoveries,
    asks_for_forgotten,
    asks_for_rank,
    asks_for_streak,
    discoveries,
    forgotten_favourites,
    place,
    single_plays,
    streaks,
    time_of_a_play,
)
from ml.assistant.planning.rankings import asks_for_a_list, asks_for_share, asks_for_top, plays_or_songs, ranking, share
from ml.assistant.planning.reading import Reading
from ml.assistant.planning.suggestions import asks_for_similar, likeness, recommendation, recommends
from ml.assistant.query import SemanticQuery

_RULES: tuple[tuple[Callable[[Reading], bool], Callable[[Draft], SemanticQuery]], ...] = (
    (recommends, recommendation),
    (asks_for_similar, likeness),
    (asks_for_streak, streaks),
    (asks_for_forgotten, forgotten_favourites),
    (asks_for_rank, place),
    (is_comparison_of_names, compare_names),
    (asks_for_share, share),
    (asks_for_a_time_of_a_play, time_of_a_play),
    (asks_for_discoveries, discoveries),
    (asks_for_top, ranking),
    (asks_for_a_single_play, single_plays),
    (asks_for_a_list, plays_or_songs),
    (asks_for_figures, figures_of),
)


def query_of(draft: Draft) -> SemanticQuery:
    """The query of a question about one window.

    Raises:
        NotUnderstoodError: no rule fits.
    """
    reading = draft.reading
    for fits, build in _RULES:
        if fits(reading):
            return build(draft)
    raise NotUnderstoodError("I did not see what is asked for; begin with how many, which, when or my top")
