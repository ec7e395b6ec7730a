"""What both warehouses are filled from: simulated listeners, a connected account, and three files of one more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.population import PopulationSpec
from tests.integration.parity import Pipeline
from tests.unit.sources.samples import record, write_zip
from tunegenie_assets.cli.demo_account import connected_account
from tunegenie_assets.jobs import COLLECT
from tunegenie_assets.resources.importing import import_files
from tunegenie_assets.sensors import PAGES_KEY
from tunegenie_assets.sources.fetching import SCOPES
from tunegenie_assets.sources.preferences import make_exclusion
from tunegenie_assets.wiring import build_archive_store, build_collection, build_preferences, build_simulation

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 4)
"""The days of the first build; clocks go forward on the ninth in America, where ada lives at first."""
NEW_DAY = date(2025, 3, 9)
LANDED_AT = datetime(2025, 3, 10)
ZONE = "America/Denver"
TRACKS = 300
SONGS: Sequence[tuple[str, str, str | None]] = (
    ("Für Elise (feat. Zoë)", "Ünïcödé 音楽", "Album d'été"),
    ("Song 2 - 2011 Remaster", "The Gutters", "Rain"),
    ("Tin Roof", "The Gutters", "Rain"),
    ("50 % \\N 'quoted' ?", "R&B; Söhne", None),
    ("🎧", "🎧", "🎧"),
)


def write_catalogue(path: Path) -> Path:
    """A table of tracks as people publish them: one row a playlist, with values missing here and there."""
    tracks = generate_catalogue(seed=7).slice(0, TRACKS).to_pandas()
    tracks["playlist_name"] = [f"Playlist {number % 5}" if number % 3 else None for number in range(TRACKS)]
    tracks.loc[::4, ["popularity", "tempo"]] = None
    tracks.loc[1::7, "release_date"] = tracks["release_date"].str[:4]
    again = tracks.head(20).assign(playlist_name="Playlist d'été 🎧")
    names = {"artist_names": "track_artist", "genre": "playlist_genre", "subgenre": "playlist_subgenre"}
    names |= {
        "popularity": "track_popularity",
        "release_date": "track_album_release_date",
        "album_id": "track_album_id",
        "album_name": "track_album_name",
    }
    pd.concat([tracks, again]).drop(columns=["artist_name", "origin"]).rename(columns=names).to_csv(path, index=False)
    return path


def land_first(pipeline: Pipeline, folder: Path) -> None:
    """A population, an account that tells all it has, and three files of ada."""
    settings = pipeline.settings
    spec = PopulationSpec(listeners=4, seed=7, first_day=FIRST, until=LAST + timedelta(days=1))
    with connected_account(spec, settings.seed, build_collection(settings).state) as account:
        build_simulation(settings).settle(spec)
        config = {PAGES_KEY.to_python_identifier(): {"scopes": list(SCOPES)}}
        pipeline.run(COLLECT, services=account.services, config=config)
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    _land(pipeline, [_spotify(folder / "first.zip", days, faults=True), _maloja(folder, days), _lastfm(folder, days)])
    preferences = build_preferences(settings).store
    preferences.set_zone("ada", "Asia/Kathmandu", date(2025, 3, 3), LANDED_AT)
    preferences.set_travelling("ada", follows=True, now=LANDED_AT)


def land_new_day(pipeline: Pipeline, folder: Path) -> None:
    _land(pipeline, [_spotify(folder / "second.zip", [NEW_DAY], faults=False)])


def exclude(pipeline: Pipeline) -> None:
    build_preferences(pipeline.settings).store.exclude(make_exclusion("ada", artist="the gutters", now=LANDED_AT))


def _land(pipeline: Pipeline, paths: list[Path]) -> None:
    store = build_archive_store(pipeline.settings)
    reports = import_files(paths, store, listener_id="ada", timezone=ZONE, now=LANDED_AT)
    assert [report.problem for report in reports] == [None] * len(paths)


def _plays(days: Sequence[date]) -> list[tuple[datetime, int]]:
    """When a song ends, and which: also at both ends of a UTC day and in the hour that clocks skip."""
    times = [(0, 2), (7, 30), (9, 30), (12, 0), (16, 45), (18, 15), (21, 10), (23, 59)]
    begins = [datetime(day.year, day.month, day.day, hour, minute) for day in days for hour, minute in times]
    return [(begin, number % len(SONGS)) for number, begin in enumerate(begins)]


def _spotify(path: Path, days: Sequence[date], *, faults: bool) -> Path:
    records = [
        record(
            ts=f"{end.isoformat()}Z",
            master_metadata_track_name=SONGS[song][0],
            master_metadata_album_artist_name=SONGS[song][1],
            master_metadata_album_album_name=SONGS[song][2],
            spotify_track_uri=f"spotify:track:{song:022d}",
            ms_played=(25_000, 200_333, 200_000)[number % 3],
            reason_end=("fwdbtn", "trackdone", "endplay")[number % 3],
            skipped=(True, False, None)[number % 3],
            conn_country=("US", "NP", "ZZ", "CH")[number % 4],
            incognito_mode=number % 7 == 0,
        )
        for number, (end, song) in enumerate(_plays(days))
    ]
    if faults:
        faulty = [record(ts=...), "not an object", records[2], record(ts="2025-03-02T10:00:00Z", ms_played=0)]
        podcast = record(
            ts="2025-03-02T11:00:00Z", spotify_track_uri=None, master_metadata_track_name=None, episode_name="Pod"
        )
        records = [*records, *faulty, podcast]
    return write_zip(path, {"Spotify Extended Streaming History/Streaming_History_Audio_2025_0.json": records})


def _maloja(folder: Path, days: Sequence[date]) -> Path:
    scrobbles = [
        {
            "time": int((end - timedelta(seconds=197)).replace(tzinfo=UTC).timestamp()),
            "track": {
                "artists": [SONGS[song][1]],
                "title": SONGS[song][0].removesuffix(" - 2011 Remaster"),
                "album": {"artists": None, "albumtitle": SONGS[song][2] or ""},
                "length": None,
            },
            "duration": None,
            "origin": "client:default",
        }
        for end, song in _plays(days)[::2]
    ]
    path = folder / "maloja.json"
    path.write_text(json.dumps({"maloja": {"export_time": 1741500000}, "scrobbles": scrobbles}), encoding="utf-8")
    return path


def _lastfm(folder: Path, days: Sequence[date]) -> Path:
    """In its oldest form, whose clock is one of minutes; the last one no other source has heard."""
    lines = [
        f'"{SONGS[song][1]}",,"{SONGS[song][0]}",{end - timedelta(minutes=3):%d %b %Y %H:%M}'
        for end, song in _plays(days)[::3]
    ]
    path = folder / "lastfm.csv"
    path.write_text("\n".join([*lines, "Mono Lake,,Tufa,02 Mar 2025 05:05"]) + "\n", encoding="utf-8")
    return path
