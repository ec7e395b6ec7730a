from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ml.recommender.cold_listener import COLD_LISTENER_SCHEMA, UnknownNameError, recommend_to_stranger
from ml.recommender.interactions import build_interactions
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.nearest import Embeddings
from tests.unit.ml.recommender.samples import matrices, play, plays_table, track, tracks_table, two_camps

World = tuple[Embeddings, pa.Table, pa.Table]


@pytest.fixture(scope="module")
def camps() -> World:
    plays, tracks, _ = two_camps()
    model = LightFMHybrid(HybridSettings(components=8, epochs=10))
    model.fit(*matrices(plays, tracks))
    fitted = model.to_file()
    embeddings = Embeddings(model.item_ids, fitted.numbers["item_embeddings"].astype(np.float32))
    return embeddings, build_interactions(plays), tracks


def small_world(*changes: dict[str, object]) -> World:
    """Ada hears `a1` and `b1`, Bob `c1` and `d1`; embeddings put what begins with a or b together, and the rest."""
    tracks = tracks_table(
        track("a1", artist_id="a", artist_name="Anna", primary_genre="folk"),
        track("a2", artist_id="a", artist_name="Anna", primary_genre="folk"),
        track("b1", artist_id="b", artist_name="Bert", primary_genre="folk"),
        track("c1", artist_id="c", artist_name="Cleo", primary_genre="metal"),
        track("c2", artist_id="c2", artist_name="Cora", primary_genre="metal"),
        track("d1", artist_id="d", artist_name="Dido", primary_genre="pop"),
        *changes,
    )
    plays = plays_table(play("ada", "a1"), play("ada", "b1"), play("bob", "c1"), play("bob", "d1"))
    names = np.array(sorted(tracks["track_id"].to_pylist()))
    vectors = np.array([(1, 0) if name[0] in "ab" else (-0.1, 1) for name in names], dtype=np.float32)
    return Embeddings(names, vectors), build_interactions(plays), tracks


def test_a_stranger_gets_what_those_hear_who_hear_what_they_name(camps: World) -> None:
    for genre, other in (("folk", "metal"), ("metal", "folk")):
        by_artists = recommend_to_stranger(*camps, artist_ids=[f"{genre}-0", f"{genre}-1"])
        assert by_artists.schema.equals(COLD_LISTENER_SCHEMA)
        assert by_artists["rank"].to_pylist() == list(range(1, 11))
        assert set(by_artists["primary_genre"].to_pylist()) == {genre}
        by_genre = recommend_to_stranger(*camps, genres=[genre.upper()])
        assert other not in by_genre["primary_genre"].to_pylist()
        assert by_genre["reason"].to_pylist() == [f"genre {genre}"] * 10


def test_a_list_holds_two_of_an_artist_and_is_the_same_again(camps: World) -> None:
    artist_of = dict(zip(camps[2]["track_id"].to_pylist(), camps[2]["artist_id"].to_pylist(), strict=True))
    table = recommend_to_stranger(*camps, artist_ids=["folk-0"])
    artists = [artist_of[name] for name in table["track_id"].to_pylist()]
    assert max(artists.count(artist) for artist in artists) == 2
    assert table.equals(recommend_to_stranger(*camps, artist_ids=["folk-0"]))


def test_places_of_chance_depend_on_the_seed(camps: World) -> None:
    def drawn(seed: int) -> pa.Table:
        return recommend_to_stranger(*camps, artist_ids=["folk-0"], n=3, exploration=0.4, seed=seed)

    assert drawn(1).equals(drawn(1))
    told = [reason.startswith("something different") for reason in drawn(1)["reason"].to_pylist()]
    assert told == [False, False, True]
    assert len({drawn(seed)["track_id"][2].as_py() for seed in range(5)}) > 1


def test_reasons_tell_which_of_the_named_an_item_is_like() -> None:
    table = recommend_to_stranger(*small_world(), artist_ids=["a"], genres=["metal"])
    assert dict(zip(table["track_id"].to_pylist(), table["reason"].to_pylist(), strict=True)) == {
        "a1": "because you name Anna",
        "a2": "because you name Anna",
        "b1": "because you name Anna",
        "c1": "genre metal",
        "c2": "genre metal",
        "d1": "because you name metal",
    }


def test_artists_are_named_by_id_or_by_name() -> None:
    world = small_world()
    by_id = recommend_to_stranger(*world, artist_ids=["c"])
    assert by_id.equals(recommend_to_stranger(*world, artist_ids=["CLEO"]))
    assert by_id["artist_name"].to_pylist()[0] == "Cleo"


def test_nobody_is_shown_or_told_what_only_another_played() -> None:
    hidden = [
        track("a3", artist_name="Private", artist_id="p", primary_genre="folk", origin="history"),
        track("a4", artist_name="Invented", artist_id="i", primary_genre="folk", origin="generated"),
    ]
    world = small_world(*hidden)
    assert not {"a3", "a4"} & set(recommend_to_stranger(*world, genres=["folk"])["track_id"].to_pylist())
    simulated = recommend_to_stranger(*world, genres=["folk"], is_simulated=True)["track_id"].to_pylist()
    assert "a4" in simulated
    assert "a3" not in simulated
    with pytest.raises(UnknownNameError, match="'Privat', nor is one like it known"):
        recommend_to_stranger(*world, artist_ids=["Privat"])


def test_what_is_not_known_is_refused_with_the_nearest_names() -> None:
    world = small_world()
    with pytest.raises(UnknownNameError, match="artist 'Clea', the nearest known: Cleo") as caught:
        recommend_to_stranger(*world, artist_ids=["a", "Clea"], genres=["fol"])
    assert "no track is of the genre 'fol', the nearest known: folk" in str(caught.value)
    with pytest.raises(UnknownNameError, match="genre 'unclassified'"):
        recommend_to_stranger(*small_world(track("u", primary_genre="unclassified")), genres=["unclassified"])
    with pytest.raises(ValueError, match="name at least one"):
        recommend_to_stranger(*world)
    with pytest.raises(ValueError, match="at least one recommendation"):
        recommend_to_stranger(*world, genres=["folk"], n=0)
