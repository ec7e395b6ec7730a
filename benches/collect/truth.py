"""What the collector holds at the end, as score.py compares it, and whether landing alone gives the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from upath import UPath

from benches.collect.child import LANDING, STATE
from benches.collect.gaps import gaps_in
from benches.collect.score import Gap, Heard, milliseconds
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.collecting import Collector
from tunegenie_assets.sources.services.pages import PageStore
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED, SCROBBLES, STREAMS
from tunegenie_assets.sources.streams.rows import scrobble_row, spotify_play_row

Scrobble = tuple[int, str, str]
"""Start in seconds since 1970, artist, track."""
_LARGEST_PAGE = 1000


def collected_plays(state: CollectorState, listener_id: str) -> Counter[Heard]:
    rows = (spotify_play_row(r) for r in state.records(RECENTLY_PLAYED.name, subject=listener_id) if r.day)
    return Counter(Heard(milliseconds(row["played_at"]), row["track_uri"]) for row in rows)


def gaps_told(state: CollectorState, listener_id: str) -> list[Gap]:
    return gaps_in(state.records(RECENTLY_PLAYED.name, subject=listener_id, without_day=True))


def collected_scrobbles(state: CollectorState, listener_id: str) -> Counter[Scrobble]:
    rows = (scrobble_row(r) for r in state.records(SCROBBLES.name, subject=listener_id) if r.day)
    return Counter((milliseconds(row["started_at"]) // 1000, row["artist"], row["track"]) for row in rows)


def scrobbles_told(sandbox: Sandbox, name: str) -> Counter[Scrobble]:
    """Every scrobble that Last.fm now has of a name, asked for without the collector's client."""
    found: Counter[Scrobble] = Counter()
    for page in _scrobble_pages(sandbox, name):
        for item in page["track"]:
            if "date" in item:
                found[int(item["date"]["uts"]), item["artist"]["#text"], item["name"]] += 1
    return found


def _scrobble_pages(sandbox: Sandbox, name: str) -> Iterator[dict[str, Any]]:
    key = next(iter(sandbox.world.lastfm_api_keys))
    params = {"method": "user.getRecentTracks", "format": "json", "user": name, "api_key": key}
    with requests.Session() as session:
        session.trust_env = False
        number, pages = 1, 1
        while number <= pages:
            asked = {**params, "limit": str(_LARGEST_PAGE), "page": str(number)}
            page = session.get(sandbox.lastfm_url, params=asked, timeout=60).json()["recenttracks"]
            yield page
            number, pages = number + 1, int(page["@attr"]["totalPages"])


def equals_what_landed(folder: Path, clock: datetime) -> bool:
    """Whether a state that is made from landing alone holds the same records of the same files."""
    rebuilt = CollectorState(folder / f"rebuilt-{STATE}")
    Collector(PageStore(UPath(folder / LANDING)), rebuilt, lambda: clock).catch_up()
    known = CollectorState(folder / STATE)
    if (known.absorbed(), known.unreadable()) != (rebuilt.absorbed(), rebuilt.unreadable()):
        return False
    return all(list(known.records(stream.name)) == list(rebuilt.records(stream.name)) for stream in STREAMS)
