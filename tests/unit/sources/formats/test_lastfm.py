from __future__ import annotations

import io
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.sources.detect import FORMATS
from tunegenie_assets.sources.formats.lastfm import LASTFM_CSV, LASTFM_HEADLESS_CSV, LASTFM_PAGES
from tunegenie_assets.sources.records import Bounds, RecordRejectedError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BOUNDS = Bounds(datetime(2005, 1, 1), datetime(2026, 1, 2))


def row(written: object) -> dict[str, object]:
    return LASTFM_HEADLESS_CSV.row(["The Gutters", "Rain", "Tin Roof", written], BOUNDS)


@given(
    moment=st.datetimes(datetime(2005, 1, 1), datetime(2026, 1, 1)),
    comma=st.sampled_from(["", ","]),
    seconds=st.booleans(),
)
def test_every_minute_comes_back_whatever_the_language_of_the_machine(
    moment: datetime, comma: str, seconds: bool
) -> None:
    clock = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    fields = row(f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}{comma} {clock}")
    assert fields["started_at"] == moment.replace(microsecond=0, second=moment.second if seconds else 0)
    assert fields["precision_seconds"] == (1 if seconds else 60)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "missing_field"),
        ("31 Feb 2021 10:00", "bad_timestamp"),
        ("3 Brumaire 2021 10:00", "bad_timestamp"),
        ("3 Foo 2021 10:00", "bad_timestamp"),
        ("3 Feb 2021 24:00", "bad_timestamp"),
        ("3 Feb 2021", "bad_timestamp"),
        ("1612345678", "bad_timestamp"),
        ("1 Jan 1970 00:00", "implausible_timestamp"),
        ("1 Jan 0000 00:00", "bad_timestamp"),
        ("2 Jan 2026 00:00", "implausible_timestamp"),
    ],
)
def test_times_that_tell_no_play(written: str, reason: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        row(written)
    assert caught.value.reason == reason
    assert "Tin Roof" not in caught.value.detail


def test_a_title_in_the_place_of_the_time_is_not_told() -> None:
    with pytest.raises(RecordRejectedError) as caught:
        row("My Secret Song")
    assert "Secret" not in caught.value.detail


@pytest.mark.parametrize(
    ("uts", "reason"),
    [
        (None, "missing_field"),
        ("", "bad_timestamp"),
        ("soon", "bad_timestamp"),
        (True, "wrong_type"),
        ("0", "implausible_timestamp"),
        ("-62135596801", "implausible_timestamp"),
        ("999999999999999", "implausible_timestamp"),
    ],
)
def test_seconds_that_tell_no_play(uts: object, reason: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        LASTFM_PAGES.row({"name": "Tin Roof", "artist": None, "date": {"uts": uts}}, BOUNDS)
    assert caught.value.reason == reason


def test_a_track_that_is_playing_and_has_a_date_is_a_scrobble() -> None:
    item = {"name": "Tin Roof", "@attr": {"nowplaying": "true"}, "date": {"uts": "1612345678"}}
    assert LASTFM_PAGES.row(item, BOUNDS)["track"] == "Tin Roof"


def test_seconds_count_before_the_written_time() -> None:
    item = {"uts": "1612345678", "utc_time": "1 Jan 2019 10:00", "artist": "", "track": "Tin Roof"}
    fields = LASTFM_CSV.row(item, BOUNDS)
    assert fields["started_at"] == datetime(2021, 2, 3, 9, 47, 58)
    assert fields["artist"] is None


def test_a_row_without_seconds_has_the_written_time() -> None:
    fields = LASTFM_CSV.row({"uts": "", "utc_time": "1 Jan 2019 10:00", "artist": "a", "track": "b"}, BOUNDS)
    assert (fields["started_at"], fields["precision_seconds"]) == (datetime(2019, 1, 1, 10), 60)


def test_a_page_of_a_thousand_scrobbles_is_read() -> None:
    track = {"name": "x" * 2000, "artist": {"#text": "a"}, "date": {"uts": "1612345678"}}
    data = json.dumps([{"track": [track] * 1000}]).encode()
    assert sum(LASTFM_PAGES.recognises(item) for item in LASTFM_PAGES.items(io.BytesIO(data))) == 1000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "date", "@attr"]), inner),
        max_leaves=6,
    )
)
def test_recognising_raises_nothing(item: object) -> None:
    assert {known.recognises(item) for known in FORMATS} <= {True, False}
