"""What a list keeps to besides the order of the model: exclusions, freshness, releases, chance, listeners unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.recommender.interactions import build_interactions
from ml.recommender.popularity import Popularity
from ml.recommender.recommend import recommend
from tests.unit.ml.recommender.samples import (
    listeners_table,
    matrices,
    play,
    plays_table,
    track,
    tracks_table,
)

CROWD = [f"crowd-{number}" for number in range(9)]


def fitted(plays: pa.Table, tracks: pa.Table) -> Popularity:
    model = Popularity()
    model.fit(*matrices(plays, tracks))
    return model


def pairs(*rows: tuple[str, str]) -> pa.Table:
    return pa.table(
        {
            "listener_id": pa.array([row[0] for row in rows], pa.string()),
            "track_id": pa.array([row[1] for row in rows], pa.string()),
        }
    )


def excluded_table(*rows: tuple[str, str | None, str | None]) -> pa.Table:
    names = ("listener_id", "track_id", "artist_id")
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})


def tracks_of(result: pa.Table, listener: str) -> list[str]:
    return [row["track_id"] for row in result.to_pylist() if row["listener_id"] == listener]


def reasons_of(result: pa.Table, listener: str) -> dict[str, str]:
    return {row["track_id"]: row["reason"] for row in result.to_pylist() if row["listener_id"] == listener}


def ranked_world(count: int = 40, **changes: Mapping[str, object]) -> tuple[Popularity, pa.Table, pa.Table, pa.Table]:
    """Ada has played `known`; the crowd makes t00 the most popular track, then t01, and so on."""
    names = [f"t{number:02d}" for number in range(count)]
    tracks = tracks_table(
        track("known", artist_id="ada", artist_name="Ada", primary_genre="folk"),
        *(track(name, **changes.get(name, {})) for name in names),
    )
    plays = plays_table(
        play("ada", "known"),
        *(play(f"crowd-{row:02d}", name) for place, name in enumerate(names) for row in range(count - place)),
    )
    return fitted(plays, tracks), build_interactions(plays), tracks, listeners_table(["ada"], simulated=False)


def test_what_is_excluded_is_never_shown_to_that_listener() -> None:
    model, interactions, tracks, _ = ranked_world(
        t01={"artist_id": "x"}, t02={"artist_id": "x"}, t03={"artist_id": "y", "track_name": "TITLE t00"},
        t00={"artist_id": "y", "track_name": "Title t00"},
    )  # fmt: skip
    listeners = listeners_table(["ada", "bob"], simulated=False)
    excluded = excluded_table(("ada", "t00", None), ("ada", None, "x"), ("ada", "gone", "gone"), ("zoe", "t04", None))
    result = recommend(model, interactions, tracks, listeners, excluded=excluded, n=4)
    assert tracks_of(result, "ada") == ["t04", "t05", "t06", "t07"]
    assert tracks_of(result, "bob")[:2] == ["t00", "t01"]


def test_what_was_shown_lately_stands_behind_the_rest_and_is_not_lost() -> None:
    world = ranked_world(12)
    shown = pairs(("ada", "t00"), ("ada", "t03"), ("ada", "known"), ("bob", "t01"))
    assert tracks_of(recommend(*world, shown=shown), "ada") == [
        "t01", "t02", "t04", "t05", "t06", "t07", "t08", "t09", "t10", "t11",
    ]  # fmt: skip
    assert tracks_of(recommend(*world, shown=shown, n=12), "ada")[-2:] == ["t00", "t03"]
    everything = pairs(*(("ada", f"t{number:02d}") for number in range(12)))
    assert recommend(*world, shown=everything).equals(recommend(*world))


def test_a_place_in_ten_is_kept_for_a_new_release_of_a_played_artist() -> None:
    changes = {"artist_id": "ada", "artist_name": "Ada"}
    world = ranked_world(
        40,
        t20=changes | {"release_year": 2019},
        t30=changes | {"release_year": 2024},
        t31=changes | {"release_year": 2025},
    )
    assert "t30" not in tracks_of(recommend(*world), "ada")
    fresh = recommend(*world, as_of=date(2025, 6, 1))
    assert tracks_of(fresh, "ada") == [*(f"t{number:02d}" for number in range(9)), "t30"]
    assert reasons_of(fresh, "ada")["t30"] == "new from Ada"
    next_year = recommend(*world, as_of=date(2026, 6, 1))
    assert tracks_of(next_year, "ada")[-1] == "t31"
    again = recommend(*world, as_of=date(2025, 6, 1), shown=pairs(("ada", "t30"), ("ada", "t31")))
    assert tracks_of(again, "ada") == [f"t{number:02d}" for number in range(10)]
    old = recommend(*world, as_of=date(2030, 6, 1))
    assert tracks_of(old, "ada") == tracks_of(recommend(*world), "ada")


def test_a_release_beyond_the_hundred_best_has_no_place() -> None:
    late = {"artist_id": "ada", "artist_name": "Ada", "release_year": 2025}
    inside, outside = ranked_world(110, t99=late), ranked_world(110, t100=late)
    assert tracks_of(recommend(*inside, as_of=date(2025, 1, 1)), "ada")[-1] == "t99"
    assert "t100" not in tracks_of(recommend(*outside, as_of=date(2025, 1, 1)), "ada")


def test_places_of_chance_come_from_further_down_and_say_so() -> None:
    world = ranked_world(150, t12={"artist_id": "ada", "artist_name": "Ada"}, t15={"primary_genre": "unclassified"})
    drawn: set[str] = set()
    for seed in range(60):
        result = recommend(*world, exploration=0.3, seed=seed)
        listed, reasons = tracks_of(result, "ada"), reasons_of(result, "ada")
        assert listed[:7] == [f"t{number:02d}" for number in range(7)]
        assert all(reasons[name].startswith("something different") for name in listed[7:])
        assert not any(reasons[name].startswith("something different") for name in listed[:7])
        drawn |= set(listed[7:])
    # Ranks 11 to 100, without the artist whom Ada plays; sixty lists of three reach most of them.
    assert drawn <= {f"t{number:02d}" for number in range(10, 100)} - {"t12"}
    assert len(drawn) > 60
    assert (
        reasons_of(recommend(*world, exploration=1.0), "ada").get("t15", "something different") == "something different"
    )
    assert len(tracks_of(recommend(*world, exploration=1.0), "ada")) == 10


def test_where_chance_finds_too_little_the_list_is_as_long_as_without() -> None:
    world = ranked_world(12)
    result = recommend(*world, exploration=0.5)
    assert len(tracks_of(result, "ada")) == 10
    assert sum(reason.startswith("something") for reason in reasons_of(result, "ada").values()) == 2


def test_a_listener_the_model_does_not_know_gets_what_is_popular() -> None:
    tracks = tracks_table(
        track("hit"), track("folk-hit", primary_genre="folk"), track("folk-heard", primary_genre="folk"),
        track("folk-unplayed", primary_genre="folk"), track("unplayed"), track("own", origin="history"),
        track("invented", origin="generated"),
    )  # fmt: skip
    plays = plays_table(
        *(play(name, "hit") for name in CROWD), *(play(name, "folk-hit") for name in CROWD[:3]),
        *(play(name, "own") for name in CROWD), *(play(name, "invented") for name in CROWD),
        play("crowd-0", "unplayed", ms_played=0),
    )  # fmt: skip
    listeners = listeners_table(["silent", "newcomer"], simulated=False)
    heard = plays_table(play("newcomer", "folk-heard", license_class="spotify_api"))
    result = recommend(fitted(plays, tracks), build_interactions(plays), tracks, listeners, heard=heard)
    assert reasons_of(result, "newcomer") == {
        "folk-hit": "popular in folk", "folk-unplayed": "folk, which you play a lot", "hit": "popular with everybody",
    }  # fmt: skip
    assert tracks_of(result, "newcomer") == ["folk-hit", "folk-unplayed", "hit"]
    assert reasons_of(result, "silent") == {"hit": "popular with everybody", "folk-hit": "popular with everybody"}


def test_a_listener_the_model_does_not_know_may_still_have_nothing_left() -> None:
    tracks = tracks_table(track("own", origin="history"))
    plays = plays_table(play("ada", "own"))
    result = recommend(
        fitted(plays, tracks), build_interactions(plays), tracks, listeners_table(["bob"], simulated=False)
    )
    assert result.num_rows == 0


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="share of exploration"):
        recommend(*ranked_world(3), exploration=share)


@st.composite
def calls(draw: st.DrawFn) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    """Plays, tracks and the options of a call, of up to six listeners (two unknown) and 30 tracks."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    artists, count = draw(st.integers(1, 8)), draw(st.integers(1, 30))
    tracks = [
        track(
            f"t{number:02d}",
            artist_id=None if rng.random() < 0.1 else f"a{rng.integers(artists)}",
            track_name=f"song {rng.integers(20)}",
            primary_genre=str(rng.choice(["folk", "metal", "unclassified"])),
            release_year=None if rng.random() < 0.2 else int(rng.integers(2023, 2026)),
        )
        for number in range(count)
    ]

    def some_pairs(most: int) -> list[tuple[str, str]]:
        found = zip(rng.integers(0, 6, most), rng.integers(0, count, most), strict=True)
        return sorted({(f"l{listener}", f"t{number:02d}") for listener, number in found})

    played = [pair for pair in some_pairs(count) if pair[0] < "l4"] or [("l0", "t00")]
    plays = plays_table(*(play(*pair, ms_played=int(rng.integers(0, 2)) * 200_000) for pair in played))
    some_artist = [(f"l{rng.integers(6)}", None, f"a{rng.integers(artists)}")]
    options: dict[str, Any] = {
        "heard": plays_table(*(play(*pair) for pair in [*played, *some_pairs(3)])),
        "excluded": excluded_table(*((*pair, None) for pair in some_pairs(4)), *some_artist),
        "shown": pairs(*some_pairs(20)),
        "n": draw(st.sampled_from([1, 5, 10, 12, 20])),
        "as_of": draw(st.sampled_from([None, date(2025, 3, 1)])),
        "exploration": draw(st.sampled_from([0.0, 0.2, 0.5, 1.0])),
        "seed": draw(st.integers(0, 5)),
    }
    return plays, tracks_table(*tracks), options


@settings(max_examples=30, deadline=None)
@given(call=calls())
def test_whatever_is_asked_every_list_keeps_to_the_rules(call: tuple[pa.Table, pa.Table, dict[str, Any]]) -> None:
    plays, tracks, options = call
    everyone = listeners_table([f"l{number}" for number in range(6)], simulated=False)
    model, interactions = fitted(plays, tracks), build_interactions(plays)
    result = recommend(model, interactions, tracks, everyone, **options)
    of_track = {row["track_id"]: row for row in tracks.to_pylist()}
    n, heard, excluded = options["n"], options["heard"], options["excluded"]

    def song(name: str) -> tuple[object, object]:
        return (of_track[name]["artist_id"] or name, of_track[name]["track_name"])

    for listener in everyone["listener_id"].to_pylist():
        rows = [row for row in result.to_pylist() if row["listener_id"] == listener]
        listed = [row["track_id"] for row in rows]
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert len(listed) <= n
        artists = [of_track[name]["artist_id"] or name for name in listed]
        assert max((artists.count(artist) for artist in artists), default=0) <= 2 * -(-n // 10)
        assert len({song(name) for name in listed}) == len(listed)
        known = {song(row["track_id"]) for row in heard.to_pylist() if row["listener_id"] == listener}
        assert not known & {song(name) for name in listed}
        never = [row for row in excluded.to_pylist() if row["listener_id"] == listener]
        assert not {row["track_id"] for row in never} & set(listed)
        assert not {row["artist_id"] for row in never if row["artist_id"]} & set(artists)
        alone = listeners_table([listener], simulated=False)
        by_itself = recommend(model, interactions, tracks, alone, **options)
        assert by_itself.to_pylist() == rows
        plain: dict[str, Any] = options | {"shown": None, "as_of": None, "exploration": 0.0}
        assert len(rows) == recommend(model, interactions, tracks, alone, **plain).num_rows
