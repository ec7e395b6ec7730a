"""The genres of an artist are shares of one source that may be learnt from, whatever else is told."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.genres.gathering import CATALOGUE, LASTFM, MUSICBRAINZ, PLAYLIST_NAMES, SPOTIFY
from ml.recommender.features import build_item_features
from ml.recommender.genres import GENRE_SHARES_SCHEMA, genre_shares
from tests.unit.ml.recommender.samples import track, tracks_table

FAMILIES = {"indie pop": "pop", "pop": "pop", "house": "electronic", "jazz": "jazz", "blorp": "other"}
Told = tuple[str, str, float, str]


def told(*rows: Told) -> pa.Table:
    names = ("artist_id", "genre", "weight", "source")
    schema = pa.schema([(name, pa.float64() if name == "weight" else pa.string()) for name in names])
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=schema)


def shares(
    tracks: pa.Table, evidence: pa.Table, families: Mapping[str, str] = FAMILIES
) -> dict[tuple[str, str], float]:
    rows = genre_shares(tracks, evidence, families).to_pylist()
    return {(row["artist_id"], row["genre"]): row["share"] for row in rows}


def test_an_artist_has_the_genres_of_the_source_that_decides_and_no_others() -> None:
    tracks = tracks_table(track("x", artist_id="ada", primary_genre="house"), track("y", artist_id="ada"))
    evidence = told(
        ("ada", "house", 3.0, MUSICBRAINZ),
        ("ada", "jazz", 1.0, MUSICBRAINZ),
        ("ada", "pop", 9.0, CATALOGUE),
        ("somebody", "pop", 9.0, LASTFM),
    )
    assert shares(tracks.slice(0, 1), evidence) == {("ada", "house"): 0.75, ("ada", "jazz"): 0.25}


@pytest.mark.parametrize("source", [SPOTIFY, PLAYLIST_NAMES])
def test_nothing_of_the_web_api_is_learnt_from(source: str) -> None:
    tracks = tracks_table(track("x", artist_id="ada", primary_genre="pop"))
    evidence = told(("ada", "pop", 1.0, source), ("ada", "jazz", 5.0, source), ("ada", "house", 5.0, LASTFM))
    assert shares(tracks, evidence) == {("ada", "pop"): 1.0}


def test_a_guess_is_one_genre_and_without_a_genre_there_is_none() -> None:
    tracks = tracks_table(
        track("x", artist_id="ada", primary_genre="house"),
        track("y", artist_id="bob", primary_genre="unclassified"),
        track("z", artist_id=None, primary_genre="jazz"),
    )
    assert shares(tracks, told(("bob", "jazz", 1.0, LASTFM))) == {("ada", "house"): 1.0}


def test_the_family_is_known_where_the_genre_has_one() -> None:
    tracks = tracks_table(track("x", artist_id="ada", primary_genre="indie pop"))
    evidence = told(*[("ada", genre, 1.0, LASTFM) for genre in ("indie pop", "blorp", "unheard of")])
    table = genre_shares(tracks, evidence, FAMILIES)
    assert table.schema.equals(GENRE_SHARES_SCHEMA)
    assert table.select(["genre", "family"]).to_pylist() == [
        {"genre": "blorp", "family": None},
        {"genre": "indie pop", "family": "pop"},
        {"genre": "unheard of", "family": None},
    ]


artists, genres = st.sampled_from(["ada", "bob", "cy"]), st.sampled_from([*FAMILIES, "unheard of"])


@given(
    primary=st.dictionaries(artists, genres, min_size=1),
    evidence=st.dictionaries(
        st.tuples(artists, genres, st.sampled_from([SPOTIFY, LASTFM, CATALOGUE])), st.floats(0.001, 1e6), max_size=20
    ),
)
def test_shares_of_an_artist_sum_to_one_and_hold_the_genre_it_is_known_by(
    primary: dict[str, str], evidence: dict[tuple[str, str, str], float]
) -> None:
    tracks = tracks_table(
        *[track(f"t{n}", artist_id=who, primary_genre=what) for n, (who, what) in enumerate(primary.items())]
    )
    found = shares(tracks, told(*[(who, what, weight, source) for (who, what, source), weight in evidence.items()]))
    for artist, genre in primary.items():
        own = {what: share for (who, what), share in found.items() if who == artist}
        assert sum(own.values()) == pytest.approx(1.0)
        assert genre in own


def test_tracks_have_the_genres_of_their_artist_the_heavier_ones_more_and_the_families() -> None:
    tracks = tracks_table(
        track("x", artist_id="ada", primary_genre="indie pop"), track("y", artist_id=None, primary_genre="jazz")
    )
    evidence = told(("ada", "indie pop", 2.0, LASTFM), ("ada", "pop", 1.0, LASTFM), ("ada", "blorp", 1.0, LASTFM))
    rows = build_item_features(tracks, genre_shares(tracks, evidence, FAMILIES)).to_pylist()
    weights = {(row["track_id"], row["feature"]): row["weight"] for row in rows}
    of_x = {name: weights["x", f"genre:{name}"] for name in ("indie pop", "pop", "blorp")}
    whole = sum(of_x.values())
    assert {name: weight / whole for name, weight in of_x.items()} == pytest.approx(
        {"indie pop": 4 / 6, "pop": 1 / 6, "blorp": 1 / 6}
    )
    assert weights["y", "genre:jazz"] == pytest.approx(whole)
    assert {feature for of, feature in weights if of == "x" and feature.startswith("family:")} == {"family:pop"}
    assert weights["x", "family:pop"] > 0
