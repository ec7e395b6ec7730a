"""What the collector's state tells of whom and what listeners heard lately, before any warehouse knows of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tunegenie_assets.sources.services.lastfm import as_object, text_in
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED, SCROBBLES


@dataclass(frozen=True)
class Heard:
    """The most played first."""

    artists: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names by id of Spotify."""
    tracks: Sequence[str] = ()
    """Ids of Spotify."""
    artist_names: Sequence[str] = ()
    artist_mbids: Sequence[str] = ()
    recordings: Sequence[str] = ()
    """Ids of MusicBrainz, as scrobbles tell them."""


def heard_since(state: CollectorState, listeners: Collection[str], day: date) -> Heard:
    """What the plays and scrobbles of these listeners tell of that began on this UTC day or later."""
    names: dict[str, str] = {}
    artists, tracks, artist_names = Counter[str](), Counter[str](), Counter[str]()
    artist_mbids, recordings = Counter[str](), Counter[str]()
    for record in state.records(RECENTLY_PLAYED.name, start=day):
        # What is simulated is not asked of a real service.
        if record.subject not in listeners:
            continue
        track = json.loads(record.body)["track"]
        # A local file has no id, and its artist has none.
        tracks.update([track["id"]] if track.get("id") else [])
        for artist in (track.get("artists") or [])[:1]:
            name = artist.get("name") or ""
            artist_names.update([name])
            if artist.get("id"):
                names[artist["id"]] = name
                artists.update([artist["id"]])
    for record in state.records(SCROBBLES.name, start=day):
        if record.subject not in listeners:
            continue
        scrobble = json.loads(record.body)
        artist_names.update([text_in(scrobble["artist"]) or ""])
        artist_mbids.update([as_object(scrobble["artist"]).get("mbid") or ""])
        recordings.update([scrobble.get("mbid") or ""])
    return Heard(
        artists={spotify_id: names[spotify_id] for spotify_id in _ordered(artists)},
        tracks=_ordered(tracks),
        artist_names=_ordered(artist_names),
        artist_mbids=_ordered(artist_mbids),
        recordings=_ordered(recordings),
    )


def _ordered(counts: Counter[str]) -> list[str]:
    return [name for name, _ in counts.most_common() if name]
