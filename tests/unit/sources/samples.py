"""Invented listening records and archives for the tests of the readers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tunegenie_assets.sources.archive import open_members
from tunegenie_assets.sources.detect import detect_members, sources_of

LANDED_AT = datetime(2026, 1, 1)
FOLDER = "Spotify Extended Streaming History"
AUDIO = f"{FOLDER}/Streaming_History_Audio_2019_0.json"
VIDEO = f"{FOLDER}/Streaming_History_Video_2019.json"


def record(**changes: object) -> dict[str, object]:
    """A sound record, with `changes`; a change to `...` leaves the field out."""
    fields: dict[str, object] = {
        "ts": "2019-01-01T10:00:00Z",
        "platform": "ios",
        "ms_played": 180_000,
        "conn_country": "CH",
        "ip_addr": "192.0.2.1",
        "master_metadata_track_name": "Tin Roof",
        "master_metadata_album_artist_name": "The Gutters",
        "master_metadata_album_album_name": "Rain",
        "spotify_track_uri": "spotify:track:0000000000000000000001",
        "episode_name": None,
        "reason_start": "clickrow",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": None,
        "offline_timestamp": 1546336620,
        "incognito_mode": False,
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not ...}


def zip_bytes(members: Mapping[str, object]) -> bytes:
    """A zip of `members`: bytes as they are, anything else as JSON."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return buffer.getvalue()


def write_zip(path: Path, members: Mapping[str, object]) -> Path:
    path.write_bytes(zip_bytes(members))
    return path


def detect_sources(path: Path) -> tuple[str, ...]:
    """The sources of the zip or single file at `path`, sorted; raises as `detect_members` does."""
    with open_members(path) as members:
        return sources_of(detect_members(members, path.name))
