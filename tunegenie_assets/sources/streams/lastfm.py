"""Last.fm: scrobbles of a listener, tags of artists, tracks by their names, charts.

The quirks of its JSON stand with the client.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tunegenie_assets.sources.clock import from_epoch
from tunegenie_assets.sources.services.lastfm import as_list, as_number, as_object, scrobbles_in, tags_in, text_in
from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import (
    SNAPSHOT,
    WALK,
    BadItem,
    Item,
    Stream,
    asked_for,
    each,
    snapshot_of,
    walk_item,
)

_PAGES_A_FILE = 50


def _scrobbles(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    yield from each(scrobbles_in(page), _scrobble)
    request, attributes = landed.page.request, page["recenttracks"]["@attr"]
    if int(attributes["page"]) >= int(attributes["totalPages"]):
        begins = from_epoch(int(request["from"])) if "from" in request else datetime.min  # noqa: DTZ901 - naive UTC
        yield walk_item(begins, from_epoch(int(request["to"])))


def _scrobble(item: Any) -> Item:
    uts = int(item["date"]["uts"])
    return Item(f"{uts}|{text_in(item['artist'])}|{item['name']}", item, from_epoch(uts).date())


def _artist_tags(landed: LandedPage, page: Any) -> Iterator[Item]:
    # Errors come with status 200 too: an artist whom nobody knows has no tags.
    tags = [{"name": tag["name"], "count": as_number(tag.get("count"))} for tag in tags_in(page) if tag.get("name")]
    yield Item(asked_for(landed), {"tags": tags})


def _tracks(landed: LandedPage, page: Any) -> Iterator[Item]:
    track = as_object(page.get("track"))
    body = {
        "artist": as_object(track.get("artist")).get("name"),
        "name": track.get("name"),
        "album": as_object(track.get("album")).get("title"),
        **{name: track.get(name) for name in ("duration", "mbid", "listeners", "playcount")},
    }
    # Likewise: nothing of a track that nobody knows.
    yield Item(asked_for(landed), body if track else {})


def _charts(landed: LandedPage, page: Any) -> Iterator[Item]:
    day = landed.page.requested_at.date()
    kind, wrapper = ("tracks", page["tracks"]) if "tracks" in page else ("artists", page["artists"])
    attributes = wrapper["@attr"]
    begin = (int(attributes["page"]) - 1) * int(attributes["perPage"]) + 1
    for rank, item in enumerate(as_list(wrapper.get(kind[:-1])), start=begin):
        yield Item(f"{day}|{kind}|{rank:04d}", {"snapshot_date": day.isoformat(), "kind": kind, "rank": rank, **item})
    yield Item(snapshot_of(day, kind), {})


SCROBBLES = Stream("lastfm", "lastfm_scrobbles", Purpose.PLAYS, _scrobbles, first_counts=True, marks=(WALK,))
ARTIST_TAGS = Stream(
    "lastfm",
    "lastfm_artist_tags",
    Purpose.ENRICHMENT,
    _artist_tags,
    pages_a_file=_PAGES_A_FILE,
    missing_key=asked_for,
)
LASTFM_TRACKS = Stream(
    "lastfm", "lastfm_tracks", Purpose.ENRICHMENT, _tracks, pages_a_file=_PAGES_A_FILE, missing_key=asked_for
)
"""Key: artist and track, joined."""
CHARTS = Stream("lastfm", "lastfm_charts", Purpose.CHARTS, _charts, marks=(SNAPSHOT,))
