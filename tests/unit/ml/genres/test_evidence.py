from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.genres.evidence import is_genre, service_evidence
from tunegenie_assets.schemas.lookups import ARTIST_TAGS, ARTISTS, MUSICBRAINZ_ARTISTS, MUSICBRAINZ_LINKS
from tunegenie_assets.schemas.table import Table


def rows(table: Table, *values: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(values), schema=table.arrow_schema)


def evidence(
    artists: tuple[dict[str, Any], ...] = (),
    tags: tuple[dict[str, Any], ...] = (),
    links: tuple[dict[str, Any], ...] = (),
    musicbrainz: tuple[dict[str, Any], ...] = (),
) -> list[tuple[str, str, float, str]]:
    told = service_evidence(
        rows(ARTISTS, *artists),
        rows(ARTIST_TAGS, *tags),
        rows(MUSICBRAINZ_LINKS, *links),
        rows(MUSICBRAINZ_ARTISTS, *musicbrainz),
    )
    return [tuple(row.values()) for row in told.to_pylist()]


def test_nothing_asked_is_no_evidence() -> None:
    assert evidence() == []


def test_genres_of_spotify_weigh_less_the_later_they_stand() -> None:
    artists = (
        {"artist_id": "1", "artist_name": "Ada", "genres": '["Indie Pop", null, "folk"]'},
        {"artist_id": "2", "artist_name": "Bob", "genres": None},
        {"artist_id": "3", "artist_name": None, "genres": None},
    )
    assert evidence(artists) == [("Ada", "indie pop", 1.0, "spotify"), ("Ada", "folk", 0.5, "spotify")]


def test_tags_that_are_rare_or_no_genre_are_left_out() -> None:
    tags = (
        {"artist_name": "Ada", "tag": "seen live", "count": 100},
        {"artist_name": "Ada", "tag": "dream pop", "count": 60},
        {"artist_name": "Ada", "tag": "polka", "count": 2},
        {"artist_name": "Bob", "tag": None, "count": None},
    )
    assert evidence(tags=tags) == [("Ada", "dream pop", 60.0, "lastfm")]


def test_an_artist_of_musicbrainz_is_known_under_every_name_it_was_asked_for() -> None:
    artists = ({"artist_id": "sp1", "artist_name": "The Ada", "genres": None},)
    links = (
        {"asked_by": "spotify_id", "asked_for": "sp1", "artist_mbid": "m1"},
        {"asked_by": "name", "asked_for": "ada", "artist_mbid": "m1"},
        {"asked_by": "name", "asked_for": "Nobody", "artist_mbid": None},
    )
    musicbrainz = (
        {"artist_mbid": "m1", "artist_name": "Ada", "genre": "rock", "count": 3},
        {"artist_mbid": "m1", "artist_name": "Ada", "genre": "noise", "count": 0},
        {"artist_mbid": "m2", "artist_name": None, "genre": None, "count": None},
    )
    told = evidence(artists, links=links, musicbrainz=musicbrainz)
    assert {name.casefold() for name, *_ in told} == {"the ada", "ada"}
    assert {row[1:] for row in told} == {("rock", 3.0, "musicbrainz")}
    assert len(told) == 2


@pytest.mark.parametrize("tag", ["80s", "90's", "1980s", "2011", "Seen Live", " ", "british", "ADA"])
def test_what_is_plainly_no_genre(tag: str) -> None:
    assert not is_genre(tag, "Ada")


@given(
    st.sampled_from(["rock", "hip hop", "k-pop", "drum and bass", "80s pop", "britpop", "love metal"]), st.booleans()
)
def test_what_may_be_one(tag: str, is_loud: bool) -> None:
    assert is_genre(tag.upper() if is_loud else f" {tag}", "Ada")
