from __future__ import annotations

import re
from datetime import date

import pyarrow as pa
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.genre_profiles import GENRES
from ml.listeners.invented_names import MAX_ARTISTS
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS

EARLY, LATE = date(2020, 1, 1), date(2024, 1, 1)


def test_has_the_columns_of_the_catalogue_and_no_null_where_one_is_required(catalogue: pa.Table) -> None:
    assert catalogue.schema.equals(CATALOGUE_TRACKS.arrow_schema)
    assert all(catalogue[name].null_count == 0 for name in CATALOGUE_TRACKS.required_columns)
    assert catalogue["origin"].unique().to_pylist() == ["generated"]


def test_the_same_seed_gives_the_same_catalogue_and_another_seed_another() -> None:
    assert generate_catalogue(1, artists=20).equals(generate_catalogue(1, artists=20))
    assert not generate_catalogue(1, artists=20).equals(generate_catalogue(2, artists=20))


def test_artists_have_unique_names_one_genre_a_few_albums_and_about_eleven_tracks() -> None:
    frame = generate_catalogue(3, artists=150, released_before=date(2031, 1, 1)).to_pandas()
    albums = frame[frame.groupby("album_id")["track_id"].transform("size") > 1]
    by_artist = albums.groupby("artist_name")
    assert by_artist.ngroups == 150
    assert by_artist.size().between(9, 13).all()
    assert by_artist["genre"].nunique().max() == 1
    assert by_artist["album_id"].nunique().between(2, 3).all()
    assert frame.groupby("album_id")["artist_name"].nunique().max() == 1
    assert frame.groupby("album_id")["release_date"].nunique().max() == 1


def test_singles_come_out_before_their_album_under_the_same_name_and_length() -> None:
    frame = generate_catalogue(3, artists=150, released_before=date(2031, 1, 1)).to_pandas()
    of_album = frame.groupby("album_id")["track_id"].transform("size")
    singles, albums = frame[of_album == 1], frame[of_album > 1]
    assert 0.25 * albums["album_id"].nunique() < len(singles) < 0.45 * albums["album_id"].nunique()
    assert (singles["album_name"] == singles["track_name"]).all()
    both = singles.merge(albums, on=["artist_name", "track_name", "duration_ms"], suffixes=("", "_album"))
    assert set(both["track_id"]) == set(singles["track_id"])
    assert (both["release_date"] < both["release_date_album"]).all()


def test_a_later_day_adds_tracks_and_changes_none() -> None:
    before, later = (generate_catalogue(3, artists=150, released_before=day) for day in (EARLY, LATE))
    assert max(before["release_date"].to_pylist()) < EARLY.isoformat() <= max(later["release_date"].to_pylist())
    rows = before.to_pylist()
    assert [row for row in later.to_pylist() if row["release_date"] < EARLY.isoformat()] == rows


def test_ids_are_unique_and_look_like_those_of_spotify(catalogue: pa.Table) -> None:
    ids = catalogue["track_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", track_id) for track_id in ids)


def test_values_stay_within_their_ranges(catalogue: pa.Table) -> None:
    frame = catalogue.to_pandas()
    assert frame["popularity"].between(0, 100).all()
    assert frame["duration_ms"].between(45_000, 1_200_000).all()
    for feature in ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence"):
        assert frame[feature].between(0, 1).all(), feature
    assert frame["loudness"].between(-60, 0).all()
    assert frame["release_date"].str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()


def test_attention_is_unequal_and_genres_differ_in_sound() -> None:
    frame = generate_catalogue(1).to_pandas()
    assert frame["popularity"].max() > 70
    assert frame["popularity"].median() < 40
    energy = frame.groupby("genre")["energy"].mean()
    assert energy["metal"] > energy["classical"] + 0.4
    assert set(frame["genre"]) == {genre.name for genre in GENRES}


@pytest.mark.parametrize("artists", [0, MAX_ARTISTS + 1])
def test_refuses_a_number_of_artists_it_cannot_make(artists: int) -> None:
    with pytest.raises(ValueError, match="artist"):
        generate_catalogue(1, artists=artists)
