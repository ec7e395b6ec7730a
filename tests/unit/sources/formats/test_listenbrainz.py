from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.formats.listenbrainz import LISTENBRAINZ_LINES
from tunegenie_assets.sources.records import Bounds, RecordRejectedError

BOUNDS = Bounds(datetime(2005, 1, 1), datetime(2026, 1, 2))
AT = datetime(2021, 2, 3, 9, 47, 58)


def row(listened_at: object = 1612345678, **info: object) -> dict[str, object]:
    item = {"listened_at": listened_at, "track_metadata": {"track_name": "Tin Roof", "additional_info": info}}
    return LISTENBRAINZ_LINES.row(item, BOUNDS)


@pytest.mark.parametrize("listened_at", [1612345678, 1612345678.0, "1612345678", "1612345678.0"])
def test_seconds_in_every_form(listened_at: object) -> None:
    assert row(listened_at)["started_at"] == AT


@given(st.integers(0, 4 * 60 * 60 * 1000))
def test_what_the_import_of_spotify_files_wrote_ends_at_its_time(ms_played: int) -> None:
    fields = row(music_service="spotify.com", ms_played=ms_played)
    assert (fields["anchor"], fields["listened_at"], fields["ms_played"]) == ("end", AT, ms_played)
    assert fields["started_at"] == AT - timedelta(milliseconds=ms_played)


@pytest.mark.parametrize(
    "info",
    [
        {"music_service": "spotify.com"},
        {"ms_played": 1000},
        {"music_service": "bandcamp.com", "ms_played": 1000},
        {"music_service": "spotify.com", "ms_played": -1000},
        {"music_service": "spotify.com", "ms_played": "long"},
        {"music_service": ["spotify.com"], "ms_played": 1000},
    ],
)
def test_everything_else_begins_at_its_time(info: dict[str, object]) -> None:
    fields = row(**info)
    assert (fields["anchor"], fields["started_at"]) == ("start", AT)


def test_a_stream_that_ended_as_the_day_of_landing_did_is_kept_and_one_that_begins_then_is_not() -> None:
    last = (BOUNDS.latest - datetime(1970, 1, 1)).total_seconds()
    assert row(last, music_service="spotify.com", ms_played=1000)["anchor"] == "end"
    with pytest.raises(RecordRejectedError, match="found 2026-01-02") as caught:
        row(last)
    assert caught.value.reason == "implausible_timestamp"


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"duration": 215}, 215_000),
        ({"duration": 215.4}, 215_400),
        ({"duration": "215"}, 215_000),
        ({"duration": 14_400}, 14_400_000),
        ({"duration": 215_000}, 215_000),
        ({"duration_ms": 215_000}, 215_000),
        ({"duration_ms": 215_000, "duration": 1}, 215_000),
        ({"duration_ms": None, "duration": 1}, 1000),
        ({"duration": -1}, None),
        ({"duration": True}, None),
        ({"duration": "3:35"}, None),
        ({"duration": 2**63 - 1}, None),
        ({"duration_ms": 2**63 - 1}, None),
        ({}, None),
    ],
)
def test_lengths_in_seconds_and_milliseconds(info: dict[str, object], expected: int | None) -> None:
    assert row(**info)["duration_ms"] == expected


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"spotify_id": "https://open.spotify.com/track/0000000000000000000001"}, True),
        ({"spotify_id": "https://open.spotify.com/intl-de/track/0000000000000000000001?si=x"}, True),
        ({"spotify_id": "0000000000000000000001"}, True),
        ({"origin_url": "spotify:track:0000000000000000000001"}, True),
        ({"spotify_id": "", "origin_url": "https://open.spotify.com/track/0000000000000000000001"}, True),
        ({"spotify_id": "https://open.spotify.com/episode/0000000000000000000001"}, False),
        ({"origin_url": "https://video.example/0000000000000000000001"}, False),
        ({"spotify_id": 1}, False),
    ],
)
def test_spotify_ids(info: dict[str, object], expected: bool) -> None:
    assert row(**info)["spotify_track_id"] == ("0000000000000000000001" if expected else None)


@given(
    st.dictionaries(
        st.sampled_from(
            ["duration", "duration_ms", "ms_played", "isrc", "spotify_id", "music_service", "artist_mbids", "x"]
        ),
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=4)
        | st.lists(st.integers() | st.text(max_size=2), max_size=2),
    ).filter(lambda info: info.get("music_service") != "spotify.com")
)
def test_whatever_programs_submit_costs_no_listen(info: dict[str, object]) -> None:
    fields = row(**info)
    assert fields["started_at"] == AT
    lengths = [fields["duration_ms"], fields["ms_played"]]
    assert all(length is None or (isinstance(length, int) and 0 <= length < 2**63) for length in lengths)
