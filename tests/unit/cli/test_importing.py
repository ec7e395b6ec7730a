from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.cli.importing import earlier_plays_merged

archives = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), max_size=6)


@pytest.mark.parametrize(
    ("before", "after", "merged"),
    [
        ({}, {"a": 5}, 0),
        ({"a": 5}, {"a": 5, "b": 3}, 0),
        ({"a": 5, "b": 4}, {"a": 3, "b": 4, "c": 9}, 2),
        # What was imported before brings nothing, whatever else moved.
        ({"a": 5}, {"a": 4}, 0),
        # Of two archives that are new to the warehouse one may have landed in an import that was interrupted.
        ({"a": 5}, {"a": 0, "b": 5, "c": 1}, 5),
    ],
)
def test_plays_that_new_files_tell_better_are_counted(
    before: dict[str, int], after: dict[str, int], merged: int
) -> None:
    assert earlier_plays_merged(before, after) == merged


@given(before=archives, now=archives, new=st.integers(0, 9))
def test_the_totals_add_up(before: dict[str, int], now: dict[str, int], new: int) -> None:
    after = {**{archive: min(now.get(archive, 0), plays) for archive, plays in before.items()}, "new": new}
    assert sum(before.values()) + new - earlier_plays_merged(before, after) == sum(after.values())
