from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from benches.merge.naive import naive_clusterings, track_codes, within_window


def partition(cluster: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(cluster == value).tolist()) for value in np.unique(cluster)}


def sets(*groups: set[int]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


def test_names_are_equal_but_for_case_accents_and_punctuation() -> None:
    artists = pa.array(["Sigur Rósa", "sigur rosa", "Sigur Rosa", "Other"])
    titles = pa.array(["Don't Go", "Don`t go!", "Don t Go Now", "Don't Go"])
    assert partition(track_codes(artists, titles)) == sets({0, 1}, {2}, {3})


def test_artist_and_title_are_kept_apart() -> None:
    codes = track_codes(pa.array(["A B", "A"]), pa.array(["C", "B C"]))
    assert codes[0] != codes[1]


def test_the_three_rules_on_one_example() -> None:
    stamp, track = np.array([0, 0, 60, 61, 0]), np.array([1, 1, 1, 1, 2])
    found = {rule: partition(cluster) for rule, cluster in naive_clusterings(stamp, track).items()}
    assert found == {
        "exact_time_and_track": sets({0, 1}, {2}, {3}, {4}),
        "within_60_s_and_track": sets({0, 1, 2}, {3}, {4}),
        "time_as_key": sets({0, 1, 4}, {2}, {3}),
    }


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), min_size=1, max_size=40))
def test_the_window_rule_is_the_greedy_one(records: list[tuple[int, int]]) -> None:
    stamp, track = np.array([r[0] for r in records]), np.array([r[1] for r in records])
    expected: dict[int, tuple[int, int]] = {}
    last: dict[int, int] = {}
    for row in np.lexsort((stamp, track)).tolist():
        time, name = records[row]
        if name not in last or time > last[name] + 60:
            last[name] = time
        expected[row] = (name, last[name])
    groups = [{row for row, key in expected.items() if key == wanted} for wanted in set(expected.values())]
    assert partition(within_window(stamp, track, 60)) == sets(*groups)
