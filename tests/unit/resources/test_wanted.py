"""What is asked of the warehouse, over a small real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.resources.samples import fill, warehouse_in
from tunegenie_assets.resources.duckdb_tables import DuckDBTables
from tunegenie_assets.resources.wanted import wanted_by
from tunegenie_assets.sources.enriching import Wanted

A, B, C, LOCAL = "a" * 22, "b" * 22, "c" * 22, "d" * 32
TABLES = """
create schema silver;
create table silver.listeners as
    select * from (values ('ada', false), ('sim-000001', true)) as t (listener_id, is_simulated);
create table silver.plays (
    listener_id varchar, track_id varchar, artist_id varchar, artist_name varchar, recording_mbid varchar
);
create table silver.tracks (
    track_id varchar, track_name varchar, artist_name varchar, album_name varchar, duration_source varchar
);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBTables:
    return warehouse_in(tmp_path)


def played(track: str, times: int, *, artist: str, listener: str = "ada", recording: str = "null") -> str:
    row = f"('{listener}', '{track}', md5('{artist}'), '{artist}', {recording})"
    return f"insert into silver.plays values {', '.join([row] * times)}"


def track(track_id: str, album: str = "null", duration: str = "null") -> str:
    return f"insert into silver.tracks values ('{track_id}', 'Song {track_id[0]}', 'Artist', {album}, {duration})"


def test_nothing_is_wanted_before_the_first_build(warehouse: DuckDBTables, tmp_path: Path) -> None:
    assert wanted_by(warehouse) == Wanted()
    warehouse.create_all()
    assert wanted_by(warehouse) == Wanted()
    fill(tmp_path, TABLES)
    assert wanted_by(warehouse) == Wanted(
        tracks=[], albums=[], artists=[], artist_names=[], named_tracks=[], recordings=[]
    )


def test_what_is_not_described_is_wanted_the_most_played_first(warehouse: DuckDBTables, tmp_path: Path) -> None:
    warehouse.create_all()
    fill(
        tmp_path,
        TABLES,
        played(A, 1, artist="Ana"),
        played(B, 3, artist="Bo", recording="'mbid-b'"),
        played(C, 2, artist="Cy"),
        played(LOCAL, 4, artist="Di", recording="'mbid-d'"),
        played("e" * 22, 9, artist="Simulated", listener="sim-000001", recording="'mbid-e'"),
        *(track(track_id) for track_id in (A, LOCAL, "e" * 22)),
        track(B, "'Album'", "'longest_play'"),
        track(C, "'Album'", "'history'"),
    )
    wanted = wanted_by(warehouse)
    assert wanted.tracks == [B, A]
    assert wanted.artist_names == ["Di", "Bo", "Cy", "Ana"]
    assert wanted.named_tracks == [("Artist", "Song d"), ("Artist", "Song b"), ("Artist", "Song a")]
    assert wanted.recordings == ["mbid-d", "mbid-b"]


def test_ids_of_spotify_are_those_that_it_told(warehouse: DuckDBTables, tmp_path: Path) -> None:
    warehouse.create_all()
    recent = "insert into raw.spotify_recently_played (track_id, artist_id, album_id, body) values"
    looked_up = "insert into raw.spotify_tracks (track_id, artist_id, album_id, release_date) values"
    fill(
        tmp_path,
        TABLES,
        played(A, 1, artist="Ana"),
        played(B, 3, artist="Bo"),
        played(C, 2, artist="Cy"),
        f"""{recent} ('{A}', 'artist-a', 'dated', '{{"album": {{"release_date": "1998"}}}}')""",
        f"""{recent} ('{A}', 'artist-a', 'dated', '{{"album": {{"release_date": "1998"}}, "again": 1}}')""",
        f"""{recent} ('{B}', 'artist-b', 'undated-b', '{{"album": {{"release_date": null}}}}')""",
        f"""{recent} (null, null, null, '{{}}')""",
        f"{looked_up} ('{C}', 'artist-c', 'undated-c', null), ('{'z' * 22}', 'unplayed', 'unplayed', null)",
        f"{looked_up} ('{A}', 'artist-a', 'dated', null)",
    )
    wanted = wanted_by(warehouse)
    assert wanted.artists == ["artist-b", "artist-c", "artist-a"]
    assert wanted.albums == ["undated-b", "undated-c"]
