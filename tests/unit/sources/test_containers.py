"""Every layout of file, sound and hostile, alone and inside a zip: all records are accounted for, harm is refused."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.samples import LANDED_AT, write_zip, zip_bytes
from tunegenie_assets.sources.archive import Limits, archive_members, open_members
from tunegenie_assets.sources.detect import FORMATS, PEEKED_BYTES, detect_members
from tunegenie_assets.sources.errors import RefusedArchiveError, UnknownFormatError
from tunegenie_assets.sources.reader import Origin, read_member

ORIGIN = Origin("alice", "f" * 64, LANDED_AT)
BOUNDS = ORIGIN.bounds(date(2005, 1, 1))

NAMES = st.none() | st.text(max_size=5)
MOMENTS = st.sampled_from(["1612345678", "0", "", "soon"]) | st.integers(-10, 2**40)
JUNK = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.none(), max_size=2)


def lastfm_tracks() -> st.SearchStrategy[object]:
    date_of = st.none() | st.fixed_dictionaries({"uts": MOMENTS})
    named = st.fixed_dictionaries({"#text": NAMES}) | JUNK
    return st.fixed_dictionaries({"name": NAMES | st.integers(), "artist": named, "date": date_of}) | JUNK


def listens() -> st.SearchStrategy[object]:
    metadata = st.fixed_dictionaries({"track_name": NAMES, "additional_info": JUNK, "mbid_mapping": JUNK}) | JUNK
    return st.fixed_dictionaries({"listened_at": MOMENTS | st.floats(0, 2e9), "track_metadata": metadata}) | JUNK


def scrobbles() -> st.SearchStrategy[object]:
    track = st.fixed_dictionaries({"title": NAMES, "artists": JUNK | st.lists(NAMES, max_size=2)}) | JUNK
    return st.fixed_dictionaries({"time": MOMENTS, "track": track, "duration": JUNK | st.floats(-1, 1e9)}) | JUNK


def koito_listens() -> st.SearchStrategy[object]:
    alias = st.fixed_dictionaries({"alias": NAMES, "is_primary": st.booleans()}) | JUNK
    track = st.fixed_dictionaries({"aliases": st.lists(alias, max_size=2), "duration": JUNK}) | JUNK
    moment = st.sampled_from(["2021-02-03T09:47:58Z", "2021-02-03T09:47:58.5+14:00", "9999-12-31T23:59:59-12:00", ""])
    return st.fixed_dictionaries({"listened_at": moment | JUNK, "track": track, "artists": JUNK}) | JUNK


def as_array(records: list[object]) -> bytes:
    return json.dumps(records).encode()


def as_lines(records: list[object]) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


def under(field: str) -> Callable[[list[object]], bytes]:
    return lambda records: json.dumps({"version": "1", field: records, "end": None}).encode()


TRACK: object = {"name": "a", "artist": {}, "date": {"uts": "1612345678"}}
LISTEN: object = {"listened_at": 1612345678, "track_metadata": {}}
JSON_LAYOUTS = [
    pytest.param(lastfm_tracks(), TRACK, as_array, "lastfm_scrobbles", id="tracks"),
    pytest.param(lastfm_tracks(), TRACK, under("track"), "lastfm_scrobbles", id="page"),
    pytest.param(listens(), LISTEN, as_array, "listenbrainz_listens", id="listens as array"),
    pytest.param(listens(), LISTEN, as_lines, "listenbrainz_listens", id="listens as lines"),
    pytest.param(
        scrobbles(), {"time": 1612345678, "track": {}}, under("scrobbles"), "maloja_scrobbles", id="scrobbles"
    ),
    pytest.param(
        koito_listens(),
        {"listened_at": "2021-02-03T09:47:58Z", "track": {}},
        under("listens"),
        "koito_listens",
        id="koito",
    ),
]


def counts(data: bytes) -> tuple[str, int, int]:
    """Source, records and rejections of a single file."""
    (detected,) = detect_members(archive_members(io.BytesIO(data), "a"), "a")
    assert detected.format is not None
    batches = list(read_member(detected.member, detected.format, ORIGIN, BOUNDS, batch_records=3))
    rows = [
        row for batch in batches for table in (batch.records, batch.rejected) for row in table["source_row"].to_pylist()
    ]
    assert sorted(rows) == list(range(len(rows)))
    return (
        detected.format.source,
        sum(batch.records.num_rows for batch in batches),
        sum(batch.rejected.num_rows for batch in batches),
    )


@pytest.mark.parametrize(("strategy", "sound", "written", "source"), JSON_LAYOUTS)
@given(data=st.data())
def test_every_json_record_is_a_row_or_a_rejection(
    strategy: st.SearchStrategy[object],
    sound: object,
    written: Callable[[list[object]], bytes],
    source: str,
    data: st.DataObject,
) -> None:
    records = data.draw(st.lists(strategy, max_size=6))
    found, accepted, rejected = counts(written([sound, *records]))
    assert (found, accepted + rejected) == (source, len(records) + 1)
    assert accepted >= 1


@given(
    st.lists(st.tuples(st.text(max_size=4), st.sampled_from(["22 May 2014 20:11", "1612345678", "", "x"])), max_size=6)
)
def test_every_row_of_a_csv_is_a_row_or_a_rejection(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    cells = [("sound", "22 May 2014 20:11"), *rows]
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows((name, name, name, time) for name, time in cells)
    data = text.getvalue().encode("utf-8", "surrogatepass")
    for file in (data, b"artist,album,track,date\n" + data, b"artist,album,track,uts\n" + data):
        found, accepted, rejected = counts(file)
        assert (found, accepted + rejected) == ("lastfm_scrobbles", len(cells))


BRACKETS = "[" * 1_000_000
SOUND = {
    "json": json.dumps([LISTEN])[:-1] + f", {BRACKETS}",
    "jsonl": f"{json.dumps(LISTEN)}\n{BRACKETS}\n{json.dumps(LISTEN)}\n",
    "object.json": '{"scrobbles": [{"time": 1612345678, "track": {}}, ' + BRACKETS,
    "csv": f"a,b,c,22 May 2014 20:11\n{BRACKETS}\n",
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_million_brackets_cost_their_record(kind: str) -> None:
    _, accepted, rejected = counts(SOUND[kind].encode())
    assert (accepted, rejected) == (2 if kind == "jsonl" else 1, 1)


@pytest.mark.parametrize("before", ["", "{", '{"scrobbles": ', '{"a": ', "a,b,c,d\n"])
def test_a_million_brackets_are_of_no_known_format(before: str, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": (before + BRACKETS).encode()})
    with open_members(path) as members, pytest.raises(UnknownFormatError):
        detect_members(members, path.name)


@pytest.mark.parametrize("extension", ["json", "jsonl", "csv", ""])
def test_paths_out_of_the_archive_are_refused_whatever_they_hold(extension: str) -> None:
    data = zip_bytes({f"../listens.{extension}": [LISTEN]})
    with pytest.raises(RefusedArchiveError, match="outside"):
        archive_members(io.BytesIO(data), "a.zip")


@pytest.mark.parametrize("extension", ["json", "jsonl", "csv", ""])
def test_bombs_are_refused_whatever_they_hold(extension: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"listens.{extension}", b"a,b,c,d\n" * 100_000)
    with pytest.raises(RefusedArchiveError, match="times its size"):
        archive_members(buffer, "a.zip", Limits(ratio_from_bytes=1000))


@pytest.mark.parametrize("kind", ["[", "{", '{"scrobbles": [', "x"])
def test_a_long_file_of_no_known_format_is_not_read_to_its_end(kind: str) -> None:
    class Counted(io.BytesIO):
        given_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.given_bytes += len(data)
            return data

    stream = Counted(kind.encode() + b'"a", ' * 12_000_000)
    with pytest.raises(UnknownFormatError):
        detect_members(archive_members(stream, "a"), "a")
    assert stream.given_bytes < len(FORMATS) * (PEEKED_BYTES + 1000)
