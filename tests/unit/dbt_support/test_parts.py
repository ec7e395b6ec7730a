from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.dbt_support.parts import Call, calls, parts_of

START = date(2025, 3, 1)
WHOLE = (START, START + timedelta(days=40))
DAILY = frozenset({"plays", "facts", "sessions"})
# plays -> tracks -> facts -> months; plays -> sessions.
ANCESTORS = {
    "records": frozenset[str](),
    "plays": frozenset({"records"}),
    "sessions": frozenset({"records", "plays"}),
    "tracks": frozenset({"records", "plays"}),
    "facts": frozenset({"records", "plays", "tracks"}),
    "months": frozenset({"records", "plays", "tracks", "facts"}),
}


def day(number: int) -> date:
    return START + timedelta(days=number)


@given(
    st.dictionaries(st.integers(-5, 45).map(day), st.integers(0, 30)),
    st.integers(1, 60),
)
def test_parts_make_up_the_window_and_hold_no_more_than_they_may(records: dict[date, int], most: int) -> None:
    parts = parts_of(WHOLE, records, most)
    assert [begin for begin, _ in parts] == [WHOLE[0], *(end for _, end in parts[:-1])]
    assert parts[-1][1] == WHOLE[1]
    for begin, end in parts:
        held = {found: count for found, count in records.items() if begin <= found < end and count}
        assert begin < end
        assert sum(held.values()) <= most or len(held) == 1


@given(st.dictionaries(st.integers(0, 39).map(day), st.integers(1, 30), min_size=1), st.integers(1, 60))
def test_no_two_neighbours_would_fit_into_one_part(records: dict[date, int], most: int) -> None:
    parts = parts_of(WHOLE, records, most)
    for (begin, middle), (_, end) in pairwise(parts):
        first_of_next = records[middle]
        before = sum(count for found, count in records.items() if begin <= found < middle)
        assert before + first_of_next > most
        assert middle < end


def test_a_window_that_fits_is_one_call_with_its_tests() -> None:
    assert calls(["plays", "tracks"], ["unique_plays"], WHOLE, parts=[WHOLE], daily=DAILY, ancestors=ANCESTORS) == [
        Call(frozenset({"plays", "tracks"}), frozenset({"unique_plays"}), WHOLE)
    ]


def test_without_a_window_there_is_one_call() -> None:
    assert calls(["plays"], [], None, parts=[], daily=DAILY, ancestors=ANCESTORS) == [
        Call(frozenset({"plays"}), frozenset(), None)
    ]


def test_whole_models_stand_between_the_parts_of_daily_ones() -> None:
    parts = [(START, day(20)), (day(20), day(40))]
    planned = calls(list(ANCESTORS), ["unique_plays"], WHOLE, parts=parts, daily=DAILY, ancestors=ANCESTORS)
    assert [(sorted(call.models), call.window) for call in planned] == [
        (["records"], WHOLE),
        (["plays", "sessions"], parts[0]),
        (["plays", "sessions"], parts[1]),
        (["tracks"], WHOLE),
        (["facts"], parts[0]),
        (["facts"], parts[1]),
        (["months"], WHOLE),
        ([], WHOLE),
    ]
    assert planned[-1].tests == {"unique_plays"}


@pytest.mark.parametrize("selected", [["months", "facts"], ["plays", "months"], ["sessions"], ["tracks", "months"]])
def test_of_what_is_selected_each_model_comes_after_what_it_reads(selected: list[str]) -> None:
    parts = [(START, day(3)), (day(3), day(40))]
    planned = calls(selected, [], WHOLE, parts=parts, daily=DAILY, ancestors=ANCESTORS)
    last = {model: number for number, call in enumerate(planned) for model in call.models}
    assert sorted(last) == sorted(selected)
    for model in selected:
        first = min(number for number, call in enumerate(planned) if model in call.models)
        for read in ANCESTORS[model] & set(selected):
            assert last[read] < first or (read in DAILY) == (model in DAILY)
