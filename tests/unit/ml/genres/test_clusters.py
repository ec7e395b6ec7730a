from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.genres.clusters import GENRE_CLUSTERS_SCHEMA, GenreClusters, cluster_genres
from ml.genres.company import LEAST_CONTEXTS

Row = tuple[int, str, int]
DAYS = range(LEAST_CONTEXTS)
ROWS_SCHEMA = pa.schema([("context", pa.int64()), ("genre", pa.string()), ("plays", pa.int64())])


def clusters_of(rows: Iterable[Row]) -> GenreClusters:
    return cluster_genres(
        pa.Table.from_pylist([dict(zip(ROWS_SCHEMA.names, row, strict=True)) for row in rows], ROWS_SCHEMA)
    )


def grouped(found: GenreClusters) -> set[frozenset[str]]:
    """The genres of each cluster."""
    rows = found.table.to_pylist()
    return {
        frozenset(row["genre"] for row in rows if row["genre_cluster"] == cluster)
        for cluster in {row["genre_cluster"] for row in rows}
    }


def heard_together(genres: Sequence[str], days: Iterable[int] = DAYS, plays: int = 3) -> list[Row]:
    return [(day, genre, plays) for day in days for genre in genres]


def planted(seed: int, groups: int = 3, each: int = 6, days: int = 400) -> tuple[list[Row], list[set[str]]]:
    """Days that each belong to a group, whose genres are heard five times as often as others."""
    chance = np.random.default_rng(seed)
    members = [{f"{name} {number}" for number in range(each)} for name in "abcdefgh"[:groups]]
    rows = [
        (day, genre, int(chance.integers(1, 40)))
        for day, own in enumerate(chance.integers(0, groups, days))
        for group, genres in enumerate(members)
        for genre in sorted(genres)
        if chance.random() < (0.5 if group == own else 0.1)
    ]
    return rows, members


@pytest.mark.parametrize("rows", [[], [(0, "rock", 5)], heard_together(["unclassified", "other"])])
def test_what_says_nothing_gives_no_cluster(rows: list[Row]) -> None:
    found = clusters_of(rows)
    assert (found.table.num_rows, found.count, found.silhouette) == (0, 0, 0)
    assert found.table.schema == GENRE_CLUSTERS_SCHEMA


def test_a_single_day_tells_nothing_apart() -> None:
    assert clusters_of(heard_together(["folk", "jazz", "rock"], days=[7])).count == 0


def test_one_genre_is_its_own_cluster() -> None:
    [row] = clusters_of(heard_together(["rock"])).table.to_pylist()
    assert row == {
        "genre": "rock",
        "genre_cluster": "rock",
        "strength": 1,
        "is_strongest": True,
        "x": 0,
        "y": 0,
        "plays": 3 * len(DAYS),
        "days": len(DAYS),
    }


def test_two_genres_are_one_cluster_if_they_are_ever_heard_together() -> None:
    assert grouped(clusters_of(heard_together(["jazz", "rock"]))) == {frozenset({"jazz", "rock"})}
    apart = heard_together(["jazz"]) + heard_together(["rock"], days=range(100, 130))
    assert grouped(clusters_of(apart)) == {frozenset({"jazz"}), frozenset({"rock"})}


def test_groups_that_never_meet_are_clusters_and_lie_apart() -> None:
    folk, metal = ["americana", "country", "folk"], ["black metal", "doom", "metal", "sludge"]
    found = clusters_of(heard_together(folk) + heard_together(metal, days=range(100, 140)))
    assert grouped(found) == {frozenset(folk), frozenset(metal)}
    x = {row["genre"]: row["x"] for row in found.table.to_pylist()}
    assert all(abs(x[genre] - x["folk"]) < 0.2 for genre in folk)
    assert all(abs(x[genre] - x["metal"]) < 0.2 for genre in metal)
    assert abs(x["folk"] - x["metal"]) > 1


@pytest.mark.parametrize("seed", range(5))
def test_planted_clusters_are_found_again(seed: int) -> None:
    rows, members = planted(seed)
    found = clusters_of(rows)
    assert grouped(found) == {frozenset(group) for group in members}
    assert found.silhouette > 0.3


def test_listening_without_a_pattern_is_one_cluster() -> None:
    """One in ten such listenings may come out divided; of these ten no more than two do."""
    divided = 0
    for seed in range(10):
        chance = np.random.default_rng(seed)
        rows = [(day, f"g{g}", 1 + g) for day in range(200) for g in range(20) if chance.random() < 0.05 + 0.02 * g]
        divided += clusters_of(rows).count > 1
    assert divided <= 2


def test_a_genre_of_few_days_joins_and_forms_nothing() -> None:
    rows, members = planted(1)
    day_of_a = next(day for day, group in itertools.groupby(rows, lambda row: row[0]) if _mostly_a(list(group)))
    found = clusters_of([*rows, (day_of_a, "rare", 500), (9_999, "alone", 500)])
    by_genre = {row["genre"]: row for row in found.table.to_pylist()}
    assert found.count == len(members)
    assert by_genre["rare"]["genre_cluster"] == by_genre["a 0"]["genre_cluster"]
    assert not by_genre["rare"]["is_strongest"]
    assert "alone" not in by_genre, "nothing is heard on its day"


def _mostly_a(day: list[Row]) -> bool:
    return len(day) >= 4 and all(genre.startswith("a") for _, genre, _ in day)


def test_the_strongest_name_a_cluster() -> None:
    """Heard as often as the others, and closer to the middle of them; heard hardly at all, and strong nowhere."""
    weak = [(day, "skiffle", 1) for day in DAYS]
    found = clusters_of(heard_together(["folk", "rock"], plays=400) + weak)
    rows = {row["genre"]: row for row in found.table.to_pylist()}
    assert {row["genre_cluster"] for row in rows.values()} == {"folk, rock"}
    assert [name for name, row in rows.items() if row["is_strongest"]] == ["folk", "rock"]
    assert rows["folk"]["strength"] > 3 * rows["skiffle"]["strength"]


def test_neither_a_song_on_repeat_nor_a_listener_of_all_day_moves_genres() -> None:
    rows, members = planted(2)
    loud = [(day, genre, plays * (300 if day % 7 == 0 else 1)) for day, genre, plays in rows]
    loud = [(day, genre, 5_000 if number % 50 == 0 else plays) for number, (day, genre, plays) in enumerate(loud)]
    assert grouped(clusters_of(loud)) == {frozenset(group) for group in members}


listening = st.dictionaries(
    st.tuples(
        st.integers(0, 30), st.sampled_from(["ambient", "folk", "jazz", "metal", "other", "pop", "unclassified"])
    ),
    st.integers(1, 50),
    max_size=150,
)


@given(listening, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_rows_makes_no_difference(heard: dict[tuple[int, str], int], random: Random) -> None:
    rows = [(day, genre, plays) for (day, genre), plays in heard.items()]
    mixed = rows.copy()
    random.shuffle(mixed)
    # A row may also come in parts.
    mixed = [part for day, genre, plays in mixed for part in ((day, genre, 1), (day, genre, plays - 1))]
    assert clusters_of([row for row in mixed if row[2]]).table.equals(clusters_of(rows).table)


@given(listening)
@settings(max_examples=50)
def test_every_genre_of_enough_days_is_in_one_cluster_named_by_its_own(heard: dict[tuple[int, str], int]) -> None:
    found = clusters_of([(day, genre, plays) for (day, genre), plays in heard.items()])
    rows = found.table.to_pylist()
    genres = [row["genre"] for row in rows]
    days = {genre: sum(each == genre for _, each in heard) for _, genre in heard}
    enough = {genre for genre, number in days.items() if number >= LEAST_CONTEXTS} - {"other", "unclassified"}
    assert genres == sorted(set(genres))
    assert enough <= set(genres) <= days.keys() - {"other", "unclassified"}
    for group in grouped(found):
        members = [row for row in rows if row["genre"] in group]
        strongest = sorted(
            (row for row in members if row["is_strongest"]), key=lambda row: (-row["strength"], row["genre"])
        )
        assert members[0]["genre_cluster"] == ", ".join(row["genre"] for row in strongest)
        assert 1 <= len(strongest) <= 3
        assert sum(row["strength"] for row in members) == pytest.approx(1, abs=1e-5)
    assert all(-1 <= row[axis] <= 1 for row in rows for axis in "xy")
    assert {row["genre"]: row["days"] for row in rows} == {genre: days[genre] for genre in genres}
