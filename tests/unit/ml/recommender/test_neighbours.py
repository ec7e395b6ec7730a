from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import InconsistentInputError
from ml.recommender import nearest, neighbours
from ml.recommender.interactions import build_artist_interactions, build_interactions
from ml.recommender.nearest import Embeddings, Nearest, unit_rows
from ml.recommender.neighbours import (
    ARTIST_NEIGHBOURS_SCHEMA,
    TRACK_NEIGHBOURS_SCHEMA,
    artist_neighbours,
    track_neighbours,
)
from tests.unit.ml.recommender.samples import play, plays_table, track, tracks_table


def embedded(**vectors: tuple[float, ...]) -> Embeddings:
    names = sorted(vectors)
    return Embeddings(np.array(names), np.array([vectors[name] for name in names], dtype=np.float32))


def on_a_line(names: list[str]) -> Embeddings:
    """Each a little further from the first than the one before."""
    angles = {name: 0.01 * place for place, name in enumerate(names)}
    return embedded(**{name: (np.cos(angle), np.sin(angle)) for name, angle in angles.items()})


def interactions(*plays: dict[str, object]) -> pa.Table:
    return build_interactions(plays_table(play("somebody", "elsewhere"), *plays))


def liked(tracks: pa.Table, *plays: dict[str, object]) -> pa.Table:
    return build_artist_interactions(plays_table(play("somebody", "elsewhere"), *plays), tracks)


def of(table: pa.Table, name: str) -> list[str]:
    return [row["neighbour_id"] for row in table.to_pylist() if row[table.column_names[0]] == name]


def reasons(table: pa.Table, name: str) -> dict[str, str]:
    return {row["neighbour_id"]: row["reason"] for row in table.to_pylist() if row[table.column_names[0]] == name}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 700), st.sampled_from([1, 7, 40]))
def test_the_nearest_are_those_of_sorting_everything(seed: int, count: int, depth: int) -> None:
    rng = np.random.default_rng(seed)
    # Few different vectors, so that many cosines are equal.
    units = unit_rows(rng.integers(-2, 3, size=(count, 3)).astype(np.float32))
    queries = units[: min(count, 300)]
    found, cosines = Nearest(units).of(queries, depth)
    exact = np.rint((queries @ units.T).astype(np.float64) * 1e6)
    width = min(depth, count)
    assert len(found.items) == len(queries) * width
    for row in range(len(queries)):
        listed = found.items[found.rows == row]
        assert len(set(listed.tolist())) == width
        best = np.sort(exact[row])[::-1][:width]
        np.testing.assert_allclose(exact[row][listed], best, atol=1)
    assert np.allclose(cosines * 1e6, exact[found.rows, found.items], atol=1)


def test_tracks_stand_by_nearness_with_at_most_two_of_an_artist_in_ten() -> None:
    names = [f"t{number:02d}" for number in range(30)]
    tracks = tracks_table(*(track(name, artist_id="star" if 1 <= int(name[1:]) <= 6 else None) for name in names))
    table = track_neighbours(on_a_line(names), tracks, interactions(), count=20)
    assert table.schema.equals(TRACK_NEIGHBOURS_SCHEMA)
    first = of(table, "t00")
    assert first[:10] == ["t01", "t02", *names[7:15]]
    assert first[10:] == ["t03", "t04", *names[15:23]]
    ranks = [row["rank"] for row in table.to_pylist() if row["track_id"] == "t00"]
    assert ranks == list(range(1, 21))
    similarities = [row["similarity"] for row in table.to_pylist() if row["track_id"] == "t00"]
    assert similarities[0] == pytest.approx(np.cos(0.01), abs=1e-6)


def test_a_list_is_filled_however_many_of_an_artist_stand_before(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"t{number:03d}" for number in range(120)]
    tracks = tracks_table(*(track(name, artist_id="star" if int(name[1:]) < 100 else None) for name in names))
    whole = track_neighbours(on_a_line(names), tracks, interactions(), count=5)
    assert of(whole, "t000") == ["t001", "t002", "t100", "t101", "t102"]
    monkeypatch.setattr(neighbours, "PAIRS_AT_A_TIME", 60)
    monkeypatch.setattr(neighbours, "PAIRS_COMPARED", 7)
    monkeypatch.setattr(nearest, "GROUPS_TO_GATHER", 3)
    assert track_neighbours(on_a_line(names), tracks, interactions(), count=5).equals(whole)


def test_a_song_is_no_neighbour_of_itself_nor_twice_that_of_another() -> None:
    tracks = tracks_table(
        track("single", artist_id="a", track_name="Song"), track("album", artist_id="a", track_name="SONG"),
        track("live", artist_id="a", track_name="Song (live)"), track("other"),
    )  # fmt: skip
    table = track_neighbours(on_a_line(["single", "album", "live", "other"]), tracks, interactions())
    assert of(table, "single") == ["live", "other"]
    assert of(table, "other") == ["live", "album"]


def test_neighbours_are_what_anybody_may_be_shown() -> None:
    tracks = tracks_table(
        track("file"), track("file-2"), track("private", origin="history"),
        track("invented", origin="generated"), track("invented-2", origin="generated"),
    )  # fmt: skip
    names = ["file", "private", "invented", "invented-2", "file-2", "vanished"]
    table = track_neighbours(on_a_line(names), tracks, interactions())
    assert {name: of(table, name) for name in names} == {
        "file": ["file-2"], "private": ["file", "file-2"], "file-2": ["file"], "vanished": [],
        "invented": ["invented-2"], "invented-2": ["invented"],
    }  # fmt: skip
    artists = artist_neighbours(on_a_line(names), tracks, interactions(), liked(tracks))
    assert of(artists, "artist-private") == ["artist-file", "artist-file-2"]
    assert of(artists, "artist-invented") == ["artist-invented-2"]
    assert "artist-private" not in artists["neighbour_id"].to_pylist()


def test_reasons_of_tracks_are_true() -> None:
    tracks = tracks_table(
        track("asked", artist_id="a", primary_genre="folk"), track("same-artist", artist_id="a"),
        track("both-folk", primary_genre="folk"), track("both-pop"), track("apart-folk", primary_genre="folk"),
        track("apart-pop"), track("new-folk", primary_genre="folk"), track("new-pop"), track("skipped"),
    )  # fmt: skip
    names = tracks["track_id"].to_pylist()
    known = interactions(
        *(play("ada", name) for name in ("asked", "both-folk", "both-pop")), play("ada", "skipped", ms_played=0),
        play("bob", "apart-folk"), play("bob", "apart-pop"),
    )  # fmt: skip
    assert reasons(track_neighbours(on_a_line(names), tracks, known), "asked") == {
        "same-artist": "the same artist",
        "both-folk": "folk, heard by the same listeners",
        "both-pop": "heard by the same listeners",
        "apart-folk": "folk, heard by like-minded listeners",
        "apart-pop": "heard by like-minded listeners",
        "new-folk": "alike in genre and sound",
        "new-pop": "alike in what is known of them",
        "skipped": "alike in what is known of them",
    }


def test_an_artist_is_the_mean_of_their_tracks_the_popular_ones_first() -> None:
    tracks = tracks_table(
        track("hit", artist_id="a"), track("rare", artist_id="a"), track("east", artist_id="e"),
        track("north", artist_id="n"), track("nobody", artist_id=None),
    )  # fmt: skip
    vectors = embedded(hit=(1, 0), rare=(0, 5), east=(9, 0), north=(0, 1), nobody=(1, 0))
    plays = [*(play(f"l{number}", "hit") for number in range(4)), play("l1", "east")]
    table = artist_neighbours(vectors, tracks, interactions(*plays), liked(tracks, *plays))
    assert table.schema.equals(ARTIST_NEIGHBOURS_SCHEMA)
    assert of(table, "a") == ["e", "n"]
    # Five times the hit and once the rare track, each of length 1.
    assert table["similarity"].to_pylist()[0] == pytest.approx(5 / np.hypot(5, 1), abs=1e-6)
    assert reasons(table, "a") == {"e": "pop, heard by the same listeners", "n": "alike in genre and sound"}
    assert set(table["artist_id"].to_pylist()) == {"a", "e", "n"}


def test_an_artist_is_no_neighbour_under_another_id() -> None:
    tracks = tracks_table(
        track("x", artist_id="1", artist_name="Björk"), track("y", artist_id="2", artist_name="BJÖRK"), track("z")
    )
    table = artist_neighbours(on_a_line(["x", "y", "z"]), tracks, interactions(), liked(tracks))
    assert of(table, "1") == ["artist-z"]


def test_what_has_no_embedding_has_no_neighbours() -> None:
    tracks = tracks_table(track("a"), track("b"), track("c"))
    table = track_neighbours(embedded(a=(1, 0), b=(0, 0), c=(1, 1)), tracks, interactions())
    assert Counter(table["track_id"].to_pylist()) == {"a": 1, "c": 1}
    assert track_neighbours(embedded(a=(1, 0)), tracks, interactions()).num_rows == 0
    nothing = Embeddings(np.array([], dtype=np.str_), np.zeros((0, 2), dtype=np.float32))
    assert track_neighbours(nothing, tracks, interactions()).num_rows == 0
    assert artist_neighbours(nothing, tracks, interactions(), liked(tracks)).num_rows == 0


def test_misuse_is_refused() -> None:
    tracks = tracks_table(track("a"))
    with pytest.raises(ValueError, match="at least one neighbour"):
        track_neighbours(embedded(a=(1, 0)), tracks, interactions(), count=0)
    with pytest.raises(InconsistentInputError, match="finite"):
        embedded(a=(np.nan, 0))
    with pytest.raises(InconsistentInputError, match="sorted"):
        Embeddings(np.array(["b", "a"]), np.zeros((2, 2), dtype=np.float32))
    with pytest.raises(InconsistentInputError, match="shape"):
        Embeddings(np.array(["a"]), np.zeros((2, 2), dtype=np.float32))
