"""What a listener has heard, out of a star of a few rows."""

from __future__ import annotations

import duckdb

from ml.assistant.names.index import NameIndex
from ml.assistant.names.queries import HEARD_NAMES

STAR = """
create schema gold;
create table gold.fct_counted_plays as
    select * from (values
        ('ada', 'song', 'band', 'record'), ('ada', 'song', 'band', 'single'), ('ada', 'tune', 'band', null),
        ('ada', 'hymn', 'choir', null), ('bob', 'other', 'duo', 'other')
    ) as plays (listener_id, recording_key, artist_id, album_id);
create table gold.dim_artist as
    select * from (values
        ('band', 'The Band', 'indie rock', 'rock'), ('choir', 'A Choir', 'unclassified', 'unclassified'),
        ('duo', 'Duo', 'house', 'electronic')
    ) as artists (artist_id, artist_name, primary_genre, genre_family);
create table gold.dim_recording as
    select * from (values
        ('song', 'Song', 'The Band'), ('tune', 'Tune', 'The Band'), ('hymn', 'Hymn', 'A Choir'),
        ('other', 'Other', 'Duo')
    ) as recordings (recording_key, recording_name, artist_name);
create table gold.dim_album as
    select * from (values
        ('record', 'Record', 'The Band'), ('single', 'Single', 'The Band'), ('other', 'Other', 'Duo')
    ) as albums (album_id, album_name, artist_name);
"""


def test_names_are_those_of_one_listener_with_the_plays_that_count() -> None:
    with duckdb.connect() as connection:
        connection.execute(STAR)
        rows = connection.execute(HEARD_NAMES, ["ada"]).fetchall()
        assert [column[0] for column in connection.description or ()] == ["kind", "key", "name", "by", "plays"]
        names = connection.sql(HEARD_NAMES, params=["ada"]).to_arrow_table()
    assert rows == [
        ("album", "record", "Record", "The Band", 1),
        ("album", "single", "Single", "The Band", 1),
        ("artist", "band", "The Band", "", 3),
        ("artist", "choir", "A Choir", "", 1),
        ("family", "rock", "rock", "", 3),
        ("genre", "indie rock", "indie rock", "", 3),
        ("track", "hymn", "Hymn", "A Choir", 1),
        ("track", "song", "Song", "The Band", 2),
        ("track", "tune", "Tune", "The Band", 1),
    ]
    index = NameIndex.of(names)
    assert [mention.candidates[0].key for mention in index.find("rock songs by the band")] == ["rock", "band"]
    assert index.find("plays of duo") == ()


def test_a_listener_without_plays_has_no_names() -> None:
    with duckdb.connect() as connection:
        connection.execute(STAR)
        assert connection.execute(HEARD_NAMES, ["' or 1 = 1 --"]).fetchall() == []
