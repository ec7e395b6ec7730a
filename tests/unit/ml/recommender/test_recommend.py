from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ml.errors import InconsistentInputError, NotFittedError
from ml.recommender import ranking
from ml.recommender.interactions import build_interactions
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.recommend import recommend
from tests.unit.ml.recommender.samples import (
    listeners_table,
    matrices,
    play,
    plays_table,
    track,
    tracks_table,
    two_camps,
    without_week,
)
from tunegenie_assets.schemas.recommender import RECOMMENDATIONS


def fitted(plays: pa.Table, tracks: pa.Table) -> Popularity:
    model = Popularity()
    model.fit(*matrices(plays, tracks))
    return model


def ranked(result: pa.Table, listener: str) -> list[str]:
    return [row["track_id"] for row in result.to_pylist() if row["listener_id"] == listener]


def test_what_was_heard_and_not_learnt_from_is_not_recommended_either() -> None:
    tracks = tracks_table(
        track("heard"), track("again", track_name="Title heard", artist_id="artist-heard"), track("b")
    )
    plays = plays_table(play("a", "b", hour=0), *(play("z", name, hour=1) for name in ("heard", "again", "b")))
    listeners, known = listeners_table(["a"], simulated=False), build_interactions(plays)
    heard = plays_table(play("a", "heard", hour=2), play("a", "heard", hour=3), play("nobody", "b", hour=2))
    assert ranked(recommend(fitted(plays, tracks), known, tracks, listeners), "a") == ["again"]
    assert ranked(recommend(fitted(plays, tracks), known, tracks, listeners, heard=heard), "a") == []


@pytest.fixture(scope="module")
def hybrid_world() -> tuple[LightFMHybrid, pa.Table, pa.Table, pa.Table]:
    plays, tracks, listeners = two_camps()
    model = LightFMHybrid(HybridSettings(components=8, epochs=10))
    model.fit(*matrices(plays, tracks))
    return model, build_interactions(plays), tracks, listeners


World = tuple[LightFMHybrid, pa.Table, pa.Table, pa.Table]


def test_lists_have_the_columns_ranks_and_order_they_promise(hybrid_world: World) -> None:
    result = recommend(*hybrid_world)
    assert result.schema.equals(without_week(RECOMMENDATIONS))
    assert all(result[name].null_count == 0 for name in result.column_names)
    frame = result.to_pandas()
    assert frame.groupby("listener_id")["rank"].agg(list).map(lambda ranks: ranks == list(range(1, 11))).all()
    assert frame["listener_id"].is_monotonic_increasing
    assert frame.groupby("listener_id")["score"].agg(lambda scores: scores.is_monotonic_decreasing).all()
    assert frame["score"].map(np.isfinite).all()


def test_what_was_played_is_not_recommended_unless_asked_for(hybrid_world: World) -> None:
    known = set(zip(*(hybrid_world[1][name].to_pylist() for name in ("listener_id", "track_id")), strict=True))
    fresh, any_tracks = recommend(*hybrid_world), recommend(*hybrid_world, include_known=True)

    def shown(result: pa.Table) -> set[tuple[str, str]]:
        return set(zip(result["listener_id"].to_pylist(), result["track_id"].to_pylist(), strict=True))

    assert not shown(fresh) & known
    assert shown(any_tracks) & known


def test_a_track_that_was_only_skipped_counts_as_played() -> None:
    plays = plays_table(play("a", "x"), play("b", "x"), play("a", "y", ms_played=0), play("b", "y"), play("b", "z"))
    tracks = tracks_table(track("x"), track("y"), track("z"))
    result = recommend(
        fitted(plays, tracks), build_interactions(plays), tracks, listeners_table(["a"], simulated=False)
    )
    assert ranked(result, "a") == ["z"]


def test_at_most_two_of_an_artist_in_ten_however_far_down_the_others_are() -> None:
    tracks = tracks_table(
        *[track(f"hit-{number:03d}", artist_id="star") for number in range(400)],
        *[track(f"other-{number}") for number in range(4)],
    )
    plays = plays_table(play("a", "other-0"), *[play("b", f"hit-{number:03d}", number) for number in range(400)])
    model = fitted(plays, tracks)
    interactions, listeners = build_interactions(plays), listeners_table(["a", "b"], simulated=False)
    assert ranked(recommend(model, interactions, tracks, listeners), "a") == [
        "hit-000", "hit-001", "other-1", "other-2", "other-3",
    ]  # fmt: skip
    twenty = ranked(recommend(model, interactions, tracks, listeners, n=20), "a")
    assert sum(name.startswith("hit") for name in twenty) == 4


def test_equal_scores_stand_in_the_order_of_track_ids() -> None:
    tracks = tracks_table(*[track(f"t{number:02d}") for number in reversed(range(30))])
    plays = plays_table(play("a", "t29"))
    result = recommend(fitted(plays, tracks), build_interactions(plays), tracks, listeners_table(["a"], simulated=True))
    assert ranked(result, "a") == [f"t{number:02d}" for number in range(10)]


def test_invented_tracks_go_to_simulated_listeners_only() -> None:
    tracks = tracks_table(track("real"), track("invented", origin="generated"), track("known"))
    plays = plays_table(play("real-person", "known"), play("sim-1", "known"), play("unlisted", "known"))
    listeners = pa.concat_tables(
        [listeners_table(["real-person"], simulated=False), listeners_table(["sim-1"], simulated=True)]
    )
    result = recommend(fitted(plays, tracks), build_interactions(plays), tracks, listeners)
    assert ranked(result, "real-person") == ["real"]
    assert ranked(result, "sim-1") == ["invented", "real"]
    assert ranked(result, "unlisted") == []


def test_no_listener_is_shown_what_only_another_played() -> None:
    tracks = tracks_table(
        track("adas", origin="history"),
        track("bobs", origin="history"),
        track("shared", origin="history"),
        track("file"),
    )
    plays = plays_table(play("ada", "adas"), play("ada", "shared"), play("bob", "shared"), play("bob", "bobs"))
    plays = pa.concat_tables([plays, plays_table(play("sim-1", "file"))])
    listeners = pa.concat_tables(
        [listeners_table(["ada", "bob"], simulated=False), listeners_table(["sim-1"], simulated=True)]
    )
    model, interactions = fitted(plays, tracks), build_interactions(plays)
    fresh = recommend(model, interactions, tracks, listeners)
    assert [ranked(fresh, name) for name in ("ada", "bob", "sim-1")] == [["file"], ["file"], []]
    any_tracks = recommend(model, interactions, tracks, listeners, include_known=True)
    assert [sorted(ranked(any_tracks, name)) for name in ("ada", "bob", "sim-1")] == [
        ["adas", "file", "shared"],
        ["bobs", "file", "shared"],
        ["file"],
    ]


def test_who_has_heard_everything_gets_no_rows() -> None:
    tracks = tracks_table(track("x"), track("y"))
    plays = plays_table(play("all", "x"), play("all", "y"), play("some", "x"))
    model, interactions = fitted(plays, tracks), build_interactions(plays)
    result = recommend(model, interactions, tracks, listeners_table(["all", "some"], simulated=False))
    assert result["listener_id"].to_pylist() == ["some"]
    nobody = recommend(model, interactions, tracks, listeners_table(["all"], simulated=False))
    assert nobody.schema.equals(without_week(RECOMMENDATIONS))
    assert nobody.num_rows == 0


def test_a_track_that_has_left_the_catalogue_is_not_recommended() -> None:
    tracks = tracks_table(track("x"), track("y"), track("z"))
    plays = plays_table(play("a", "x"), play("b", "y"))
    model = fitted(plays, tracks)
    result = recommend(model, build_interactions(plays), tracks.slice(1), listeners_table(["b"], simulated=False))
    assert ranked(result, "b") == ["z"]


def test_reasons_name_the_artist_then_the_genre_then_the_others() -> None:
    tracks = tracks_table(
        track("known", artist_id="ada", artist_name="Ada", primary_genre="folk"),
        track("same-artist", artist_id="ada", artist_name="Ada", primary_genre="pop"),
        track("same-genre", primary_genre="folk"),
        track("stranger", primary_genre="metal"),
        track("untold", primary_genre="unclassified"),
    )
    plays = plays_table(play("a", "known"))
    result = recommend(
        fitted(plays, tracks), build_interactions(plays), tracks, listeners_table(["a"], simulated=False)
    )
    assert dict(zip(result["track_id"].to_pylist(), result["reason"].to_pylist(), strict=True)) == {
        "same-artist": "because you play Ada",
        "same-genre": "folk, which you play a lot",
        "stranger": "popular with listeners like you",
        "untold": "popular with listeners like you",
    }


def test_batches_change_nothing(hybrid_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = recommend(*hybrid_world)
    monkeypatch.setattr(ranking, "BATCH_CELLS", 200)
    parts = recommend(*hybrid_world)
    assert parts.drop_columns(["score"]).equals(whole.drop_columns(["score"]))
    np.testing.assert_allclose(parts["score"].to_numpy(), whole["score"].to_numpy(), rtol=1e-5, atol=1e-6)


def test_misuse_is_refused(hybrid_world: World) -> None:
    model, interactions, tracks, listeners = hybrid_world
    with pytest.raises(ValueError, match="at least one"):
        recommend(*hybrid_world, n=0)
    with pytest.raises(InconsistentInputError, match="one row per track_id"):
        recommend(model, interactions, pa.concat_tables([tracks, tracks]), listeners)
    with pytest.raises(NotFittedError):
        recommend(Popularity(), interactions, tracks, listeners)


def test_a_played_song_is_not_recommended_under_another_id() -> None:
    tracks = tracks_table(
        track("single", artist_id="x", track_name="Last Nite"),
        track("album", artist_id="x", track_name="last nite"),
        track("other", artist_id="x", track_name="Someday"),
        track("cover", artist_id="y", track_name="Last Nite"),
    )
    plays = plays_table(play("ada", "single"), play("bob", "other"), play("bob", "cover"))
    model = fitted(plays, tracks)
    listeners = listeners_table(["ada", "bob"], simulated=False)
    result = recommend(model, build_interactions(plays), tracks, listeners)
    assert set(ranked(result, "ada")) == {"other", "cover"}


def test_a_listener_who_knows_everything_has_no_list() -> None:
    tracks = tracks_table(track("a"), track("b"))
    plays = plays_table(play("ada", "a"), play("ada", "b"))
    model = LightFMHybrid(HybridSettings(components=4, epochs=1))
    model.fit(*matrices(plays, tracks))
    listeners = listeners_table(["ada"], simulated=False)
    assert recommend(model, build_interactions(plays), tracks, listeners).num_rows == 0


def test_a_song_that_was_heard_under_an_id_the_model_lacks_is_known_too() -> None:
    known = tracks_table(track("album", artist_id="x", track_name="Song"), track("b"), track("c"))
    plays = plays_table(play("ada", "b"), play("bob", "album"))
    single = tracks_table(track("single", artist_id="x", track_name="SONG", origin="history"))
    everything, model = pa.concat_tables([known, single]), fitted(plays, known)
    listeners, interactions = listeners_table(["ada"], simulated=False), build_interactions(plays)
    assert ranked(recommend(model, interactions, everything, listeners), "ada") == ["album", "c"]
    heard = plays_table(play("ada", "single"))
    assert ranked(recommend(model, interactions, everything, listeners, heard=heard), "ada") == ["c"]
    excluded = pa.table({"listener_id": ["ada"], "track_id": ["single"], "artist_id": pa.array([None], pa.string())})
    assert ranked(recommend(model, interactions, everything, listeners, excluded=excluded), "ada") == ["c"]
