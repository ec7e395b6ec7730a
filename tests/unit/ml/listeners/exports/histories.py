"""Small histories of one listener, and what the project's own readers find in the exports written of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from ml.listeners.catalogue import CATALOGUE_SCHEMA
from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.heard import Heard, heard_by_listener
from ml.listeners.exports.write import write_listener
from ml.listeners.plays import PLAYS_SCHEMA
from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.detect import detect_members
from tunegenie_assets.sources.reader import Origin, read_member

LISTENER = "sim-00001"
ORIGIN = Origin(LISTENER, "f" * 64, LANDED_AT)
BOUNDS = ORIGIN.bounds(date(2005, 1, 1))


@dataclass(frozen=True)
class Track:
    title: str = "Tin Roof"
    artists: tuple[str, ...] = ("The Gutters",)
    album: str | None = "Rain"
    duration_ms: int | None = 200_000


@dataclass(frozen=True)
class Play:
    track: int
    started_at: datetime
    ms_played: int = 200_000
    reason_end: str = "trackdone"

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(milliseconds=self.ms_played)


def track_id(number: int) -> str:
    return f"{number:022d}"


def heard_of(tracks: Sequence[Track], plays: Sequence[Play], until: date) -> Heard:
    """What the listener of these plays heard."""
    rows = [
        {
            "play_date": play.started_at.date(),
            "listener_id": LISTENER,
            "started_at": play.started_at,
            "ended_at": play.ended_at,
            "ms_played": play.ms_played,
            "track_id": track_id(play.track),
            "track_name": tracks[play.track].title,
            "artist_name": tracks[play.track].artists[0],
            "album_name": tracks[play.track].album,
            "platform": "android",
            "reason_start": "clickrow",
            "reason_end": play.reason_end,
            "shuffle": play.track % 2 == 0,
            "skipped": play.reason_end == "fwdbtn",
        }
        for play in plays
    ]
    known = [
        {
            "track_id": track_id(number),
            "track_name": track.title,
            "artist_name": track.artists[0],
            "artist_names": ";".join(track.artists),
            "album_name": track.album,
            "duration_ms": track.duration_ms,
        }
        for number, track in enumerate(tracks)
    ]
    listeners = pa.table({"listener_id": [LISTENER], "country": ["CH"], "simulated_until": [until]})
    catalogue = pa.Table.from_pylist(known, schema=CATALOGUE_SCHEMA)
    [heard] = heard_by_listener(pa.Table.from_pylist(rows, schema=PLAYS_SCHEMA), listeners, catalogue)
    return heard


@dataclass(frozen=True)
class Told:
    """One record of an export as the reader reads it, and the true play that it is said to be of."""

    record: dict[str, Any]
    play: dict[str, Any]


def written(heard: Heard, folder: Path, formats: Sequence[ExportFormat] = tuple(ExportFormat)) -> None:
    write_listener(heard, formats, folder)


def truth(folder: Path) -> dict[int, dict[str, Any]]:
    """The true plays by number, from the file for people."""
    plays = json.loads((folder / "truth" / LISTENER / "truth.json").read_text(encoding="utf-8"))
    for play in plays:
        for name in ("started_at", "ended_at"):
            play[name] = datetime.fromisoformat(play[name].removesuffix("Z"))
    return {play["play_number"]: play for play in plays}


def records(folder: Path, name: ExportFormat) -> list[Told]:
    """Every record of an export beside the play that `records.csv` says it is of, in the order of that file.

    Fails when the reader refuses one, finds another source, or one of the two knows a record that the other does not.
    """
    plays = truth(folder)
    with (folder / "truth" / LISTENER / "records.csv").open(encoding="utf-8", newline="") as stream:
        places = [row for row in csv.DictReader(stream) if row["format"] == name]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for file in sorted({row["file"] for row in places}):
        found |= _read(folder / LISTENER / file)
    assert sorted(found) == sorted((row["member"], int(row["row"])) for row in places)
    return [Told(found[row["member"], int(row["row"])], plays[int(row["play_number"])]) for row in places]


def _read(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The records by file and row."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    with open_members(path) as members:
        for one in detect_members(members, path.name):
            assert one.format, one.member.name
            for batch in read_member(one.member, one.format, ORIGIN, BOUNDS):
                assert batch.rejected.num_rows == 0, batch.rejected.to_pylist()
                for row in batch.records.to_pylist():
                    found[one.member.name, row["source_row"]] = row
    return found
