"""Every format is read back by the project's own reader to the plays that were written, as exactly as it tells them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.listeners.exports.export_format import ExportFormat
from tests.unit.ml.listeners.exports.histories import Play, Told, Track, heard_of, records, track_id, truth, written

UNTIL = date(2025, 1, 20)
NEW_YEAR = datetime(2025, 1, 1)
LINK = "spotify:track:"

TRACKS = (
    Track(title='Say "Hello", Again\nand Again', artists=("Tyler, The Quokka", "Ñandú"), album="Été \\ 東京 🎷"),
    Track(title="99 %", artists=("P!nball",), album=None, duration_ms=None),
    Track(title="Short", duration_ms=30_000),
    Track(title="\tTab", artists=("'Quoted'",), album='"', duration_ms=600_000),
)

# Line breaks other than \n belong to the reader of CSV; a name with one has never been seen.
characters = st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from('",\n\t\\'))
names = st.text(characters, min_size=1, max_size=12)
# These two stand between artists, in the catalogue and in Maloja.
artists = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=";•"), min_size=1, max_size=12)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Track], list[Play]]:
    """A few tracks with any names, and plays one after the other around the turn of a year."""
    tracks = draw(
        st.lists(
            st.builds(
                Track,
                title=names,
                artists=st.lists(artists, min_size=1, max_size=3, unique=True).map(tuple),
                album=st.none() | names,
                duration_ms=st.none() | st.integers(20_000, 600_000),
            ),
            min_size=1,
            max_size=4,
        )
    )
    clock = NEW_YEAR - timedelta(milliseconds=draw(st.integers(0, 3_600_000)))
    plays: list[Play] = []
    for _ in range(draw(st.integers(1, 8))):
        play = Play(
            draw(st.integers(0, len(tracks) - 1)),
            clock,
            draw(st.integers(1, 600_000)),
            draw(st.sampled_from(["trackdone", "fwdbtn", "unexpected-exit"])),
        )
        plays.append(play)
        clock = play.ended_at + timedelta(milliseconds=draw(st.integers(0, 1_000_000)))
    return tracks, plays


def second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def whole_seconds(milliseconds: int | None) -> int | None:
    return milliseconds and milliseconds // 1000 * 1000


def extended(play: dict[str, Any], _: Track) -> dict[str, Any]:
    same = ("ms_played", "platform", "reason_start", "reason_end", "shuffle", "skipped")
    return {
        "ts": second(play["ended_at"]),
        "started_at": second(play["ended_at"]) - timedelta(milliseconds=play["ms_played"]),
        "master_metadata_track_name": play["track_name"],
        "master_metadata_album_artist_name": play["artist_name"],
        "master_metadata_album_album_name": play["album_name"],
        "spotify_track_uri": LINK + play["track_id"],
        "conn_country": "CH",
        **{name: play[name] for name in same},
    }


def account(play: dict[str, Any], _: Track) -> dict[str, Any]:
    return {
        "end_time": minute(play["ended_at"]),
        "ms_played": play["ms_played"],
        "artist_name": play["artist_name"],
        "track_name": play["track_name"],
        "other_fields": None,
    }


def lastfm(play: dict[str, Any], _: Track) -> dict[str, Any]:
    return {
        "started_at": second(play["started_at"]),
        "precision_seconds": 1,
        "artist": play["artist_name"],
        "album": play["album_name"],
        "track": play["track_name"],
        "track_mbid": None,
    }


def listenbrainz(play: dict[str, Any], track: Track) -> dict[str, Any]:
    return {
        "started_at": second(play["started_at"]),
        "anchor": "start",
        "artist_name": ", ".join(track.artists),
        "track_name": play["track_name"],
        "release_name": play["album_name"],
        "spotify_track_id": play["track_id"],
        "duration_ms": track.duration_ms,
        "ms_played": None,
    }


def maloja(play: dict[str, Any], track: Track) -> dict[str, Any]:
    return {
        "started_at": second(play["started_at"]),
        "title": play["track_name"],
        "artist_names": track.artists,
        "album_title": play["album_name"],
        "length_ms": whole_seconds(track.duration_ms),
    }


def koito(play: dict[str, Any], track: Track) -> dict[str, Any]:
    return {
        "started_at": second(play["started_at"]),
        "track_title": play["track_name"],
        "artist_name": play["artist_name"],
        "artist_names": track.artists,
        "album_title": play["album_name"],
        "duration_ms": whole_seconds(track.duration_ms),
    }


EXPECTED: dict[ExportFormat, Callable[[dict[str, Any], Track], dict[str, Any]]] = {
    ExportFormat.SPOTIFY_EXTENDED: extended,
    ExportFormat.SPOTIFY_ACCOUNT: account,
    ExportFormat.LASTFM: lastfm,
    ExportFormat.LISTENBRAINZ: listenbrainz,
    ExportFormat.MALOJA: maloja,
    ExportFormat.KOITO: koito,
}


def becomes_a_scrobble(play: dict[str, Any], track: Track) -> bool:
    played, length = play["ms_played"], track.duration_ms
    if length is None:
        return played >= 240_000 or (play["reason_end"] == "trackdone" and played > 30_000)
    return length > 30_000 and (played >= length / 2 or played >= 240_000)


def tells(name: ExportFormat, play: dict[str, Any], track: Track) -> bool:
    if name in (ExportFormat.SPOTIFY_EXTENDED, ExportFormat.SPOTIFY_ACCOUNT):
        return True
    return becomes_a_scrobble(play, track)


def as_read(told: Told, columns: dict[str, Any]) -> dict[str, Any]:
    cells = {name: told.record[name] for name in columns}
    if "artist_names" in cells:
        cells["artist_names"] = tuple(json.loads(cells["artist_names"]))
    return cells


def check(tracks: list[Track], plays: list[Play], folder: Path) -> None:
    by_id = {track_id(number): track for number, track in enumerate(tracks)}
    written(heard_of(tracks, plays, UNTIL), folder)
    true = truth(folder)
    for name, expected in EXPECTED.items():
        told = records(folder, name)
        for one in told:
            cells = expected(one.play, by_id[one.play["track_id"]])
            assert as_read(one, cells) == cells, name
        numbers = sorted(one.play["play_number"] for one in told)
        assert numbers == [n for n, play in true.items() if tells(name, play, by_id[play["track_id"]])], name


def test_awkward_names_and_lengths_come_back(tmp_path: Path) -> None:
    lengths = (1, 29_999, 30_000, 30_001, 99_999, 100_000, 239_999, 240_000, 300_000)
    each = product(range(len(TRACKS)), lengths, ("trackdone", "fwdbtn"))
    begin = NEW_YEAR + timedelta(milliseconds=999)
    plays = [Play(track, begin + number * timedelta(hours=1), ms, end) for number, (track, ms, end) in enumerate(each)]
    check(list(TRACKS), plays, tmp_path)


@settings(max_examples=40)
@given(history=histories())
def test_any_history_comes_back(history: tuple[list[Track], list[Play]]) -> None:
    with TemporaryDirectory() as folder:
        check(*history, Path(folder))


@pytest.mark.parametrize("name", ExportFormat)
def test_a_service_that_knows_of_no_play_has_no_file(name: ExportFormat, tmp_path: Path) -> None:
    years_ago = Play(2, datetime(2019, 1, 1), ms_played=1_000)
    written(heard_of(TRACKS, [years_ago], UNTIL), tmp_path, [name])
    exports = [path.name for path in tmp_path.rglob(f"{name.value}.*")]
    assert len(exports) == (name is ExportFormat.SPOTIFY_EXTENDED)
    assert len(truth(tmp_path)) == 1
