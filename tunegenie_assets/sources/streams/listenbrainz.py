"""ListenBrainz: which recording the names of an artist and a track mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import Item, Stream, asked_for

_PAGES_A_FILE = 50


def _recordings(landed: LandedPage, page: Any) -> Iterator[Item]:
    """What becomes a column; an empty page says that nothing of these names is known."""
    body = {
        "artist": page.get("artist_credit_name"),
        "name": page.get("recording_name"),
        "album": page.get("release_name"),
        "length": ((page.get("metadata") or {}).get("recording") or {}).get("length"),
        "recording_mbid": page.get("recording_mbid"),
        "artist_mbid": next(iter(page.get("artist_mbids") or []), None),
    }
    yield Item(asked_for(landed), body if page else {})


RECORDINGS_BY_NAME = Stream(
    "listenbrainz",
    "listenbrainz_recordings",
    Purpose.ENRICHMENT,
    _recordings,
    pages_a_file=_PAGES_A_FILE,
    missing_key=asked_for,
)
"""Key: artist and track, joined."""
