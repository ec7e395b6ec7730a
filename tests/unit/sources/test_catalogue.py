from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS
from tunegenie_assets.sources.catalogue import Catalogue, read_catalogue
from tunegenie_assets.sources.errors import SourceError

BY_GENRE = {
    "": "0", "track_id": "t1", "artists": "Tin;Roof", "album_name": "Rain, again", "track_name": "Drip",
    "popularity": "73", "duration_ms": "230666", "explicit": "False", "danceability": "0.676", "energy": "0.461",
    "key": "1", "loudness": "-6.746", "mode": "0", "speechiness": "0.143", "acousticness": "0.0322",
    "instrumentalness": "1.01e-06", "liveness": "0.358", "valence": "0.715", "tempo": "87.917",
    "time_signature": "4", "track_genre": "acoustic",
}  # fmt: skip
BY_PLAYLIST = {
    "track_id": "t1", "track_name": "Drip", "track_artist": "Tin", "track_popularity": "66", "track_album_id": "a1",
    "track_album_name": "Rain", "track_album_release_date": "2019", "playlist_name": "Wet", "playlist_id": "p1",
    "playlist_genre": "pop", "playlist_subgenre": "dance pop", "danceability": "0.7", "duration_ms": "194754",
}  # fmt: skip
REAL_TABLE = Path(__file__).parents[3] / ".." / "shared" / "data" / "spotify_songs_32k.csv.gz"


def as_csv(*rows: dict[str, str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def read(tmp_path: Path, content: bytes) -> Catalogue:
    path = tmp_path / "tracks"
    path.write_bytes(content)
    return read_catalogue(path)


def test_one_row_a_genre(tmp_path: Path) -> None:
    catalogue = read(tmp_path, as_csv(BY_GENRE))
    assert catalogue.tracks.schema == CATALOGUE_TRACKS.arrow_schema
    (track,) = catalogue.tracks.to_pylist()
    expected = {
        "artist_name": "Tin", "artist_names": "Tin;Roof", "album_name": "Rain, again", "popularity": 73,
        "explicit": False, "genre": "acoustic", "key": 1, "loudness": -6.746, "instrumentalness": 1.01e-06,
        "album_id": None, "subgenre": None, "origin": "file",
    }  # fmt: skip
    assert {name: track[name] for name in expected} == expected
    assert (catalogue.dropped, catalogue.unreadable) == (0, {})


def test_one_row_a_playlist(tmp_path: Path) -> None:
    (track,) = read(tmp_path, as_csv(BY_PLAYLIST)).tracks.to_pylist()
    expected = {
        "artist_name": "Tin", "popularity": 66, "album_id": "a1", "album_name": "Rain", "release_date": "2019",
        "playlist_name": "Wet", "genre": "pop", "subgenre": "dance pop", "explicit": None, "energy": None,
    }  # fmt: skip
    assert {name: track[name] for name in expected} == expected


def test_gzip_and_byte_order_mark_are_found_by_content(tmp_path: Path) -> None:
    plain = as_csv(BY_PLAYLIST)
    expected = read(tmp_path, plain).tracks
    assert read(tmp_path, gzip.compress(plain)).tracks.equals(expected)
    assert read(tmp_path, b"\xef\xbb\xbf" + plain).tracks.equals(expected)


@pytest.mark.parametrize("missing", ["track_id", "track_name", "artists"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_rows_that_name_no_track_are_dropped_and_counted(tmp_path: Path, missing: str, empty: str) -> None:
    catalogue = read(tmp_path, as_csv(BY_GENRE, BY_GENRE | {missing: empty}))
    assert (catalogue.tracks.num_rows, catalogue.dropped) == (1, 1)


def test_first_artist_must_have_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, as_csv(BY_GENRE, BY_GENRE | {"artists": ";Roof"})).dropped == 1


def test_na_is_missing_only_where_name_and_artist_say_so(tmp_path: Path) -> None:
    catalogue = read(
        tmp_path,
        as_csv(
            BY_PLAYLIST | {"track_artist": "NA"},
            BY_PLAYLIST | {"track_name": "NA"},
            BY_PLAYLIST | {"track_name": "NA", "track_artist": "NA"},
        ),
    )
    assert (catalogue.tracks.num_rows, catalogue.dropped) == (2, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("popularity", "7.5"),
        ("popularity", "inf"),
        ("duration_ms", "1e300"),
        ("tempo", "nan"),
        ("tempo", "x"),
        ("explicit", "?"),
    ],
)
def test_bad_values_become_null_and_are_counted(tmp_path: Path, column: str, value: str) -> None:
    catalogue = read(tmp_path, as_csv(BY_GENRE, BY_GENRE | {column: value}))
    assert catalogue.unreadable == {column: 1}
    assert catalogue.tracks[column].null_count == 1


def test_missing_values_are_null_and_not_counted(tmp_path: Path) -> None:
    catalogue = read(tmp_path, as_csv(BY_GENRE | {"tempo": "", "key": " "}))
    assert catalogue.unreadable == {}
    assert catalogue.tracks["tempo"].null_count == catalogue.tracks["key"].null_count == 1


def test_order_and_duplicates_of_the_file_stay(tmp_path: Path) -> None:
    rows = [BY_GENRE | {"track_id": track_id} for track_id in ("b", "a", "b")]
    assert read(tmp_path, as_csv(*rows)).tracks["track_id"].to_pylist() == ["b", "a", "b"]


def test_header_alone_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = read(tmp_path, as_csv(BY_GENRE).splitlines()[0] + b"\n")
    assert (catalogue.tracks.num_rows, catalogue.dropped) == (0, 0)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"tracks: expected the columns track_id.* found a, b"):
        read(tmp_path, b"a,b\n1,2\n")


def test_repeated_columns_are_named(tmp_path: Path) -> None:
    header, row = as_csv(BY_GENRE).split(b"\r\n")[:2]
    with pytest.raises(SourceError, match="columns tempo stand there more than once"):
        read(tmp_path, header + b",tempo\n" + row + b",1\n")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\0", b"\xff\xfe\0", as_csv(BY_GENRE) + b"1,2\n"])
def test_files_that_are_no_csv_are_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="tracks: expected a CSV of tracks"):
        read(tmp_path, content)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.csv"):
        read_catalogue(tmp_path / "nothing.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=100), start=st.sampled_from([b"", b"\x1f\x8b", as_csv(BY_GENRE)]))
def test_arbitrary_bytes_raise_source_errors_only(tmp_path: Path, data: bytes, start: bytes) -> None:
    try:
        assert read(tmp_path, start + data).tracks.schema == CATALOGUE_TRACKS.arrow_schema
    except SourceError as error:
        assert "\n" not in str(error)


@pytest.mark.skipif(not REAL_TABLE.exists(), reason="the real table is not beside the project")
def test_real_table_is_read_whole() -> None:
    catalogue = read_catalogue(REAL_TABLE)
    assert (catalogue.tracks.num_rows, catalogue.dropped, catalogue.unreadable) == (32_828, 5, {})
