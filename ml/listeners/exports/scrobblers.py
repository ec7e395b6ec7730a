"""What Last.fm, ListenBrainz, Maloja and Koito say of simulated plays: one scrobbler tells them all the same, begins.

It follows Last.fm's rule: the track is longer than 30 seconds, and half of it or four minutes were played. Of a track
whose length nobody knows, four minutes were played, or it ended by itself after 30 seconds.
"""

from __future__ import annotations

import uuid

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml.listeners.exports.export import Export, Member
from ml.listeners.exports.fields import (
    koito_rows,
    lastfm_rows,
    listenbrainz_file,
    listenbrainz_rows,
    maloja_rows,
    months_of,
    struct,
)
from ml.listeners.exports.files import CSV, JSON_LINES, Layout, object_around
from ml.listeners.exports.heard import ARTISTS_APART, Heard
from ml.listeners.exports.texts import beside

HALF_MINUTE_MS = 30_000
FOUR_MINUTES_MS = 240_000


def scrobbled(heard: Heard) -> NDArray[np.bool_]:
    """Whether each play became a scrobble."""
    played, duration = heard.numbers("ms_played"), heard.numbers("duration_ms")
    long = played >= FOUR_MINUTES_MS
    ended = heard.column("reason_end").to_numpy(zero_copy_only=False) == "trackdone"
    known = (duration > HALF_MINUTE_MS) & ((2 * played >= duration) | long)
    unknown = (ended & (played > HALF_MINUTE_MS)) | long
    return np.where(heard.column("duration_ms").is_null().to_numpy(zero_copy_only=False), unknown, known)


def lastfm(heard: Heard) -> Export:
    """The CSV of ghan.nl, newest first."""
    heard = heard.take(np.flatnonzero(scrobbled(heard))[::-1])
    rows = lastfm_rows(
        heard.seconds("started_at"),
        artist=heard.column("artist_name"),
        album=heard.column("album_name").fill_null(""),
        title=heard.column("track_name"),
    )
    return _single("lastfm.csv", heard, rows, CSV)


def listenbrainz(heard: Heard) -> Export:
    """JSON lines, a file a month; all artists stand in one name."""
    heard = heard.take(scrobbled(heard))
    second, count = heard.seconds("started_at"), heard.plays.num_rows
    link = beside("https://open.spotify.com/track/", heard.column("track_id"))
    info = {
        "music_service": pa.repeat("spotify.com", count),
        "submission_client": pa.repeat("listenbrainz", count),
        "spotify_id": link,
        "origin_url": link,
        "duration_ms": heard.column("duration_ms"),
    }
    artists = pc.call_function(
        "replace_substring",
        [heard.column("artist_names")],
        pc.ReplaceSubstringOptions(pattern=ARTISTS_APART, replacement=", "),
    )
    rows = listenbrainz_rows(
        second,
        artist=artists,
        title=heard.column("track_name"),
        album=heard.column("album_name"),
        msid=_msids(heard.column("track_id")),
        info=info,
    )
    months, numbers = months_of(second), heard.column("play_number")
    members: list[Member] = []
    for month in np.unique(months).tolist():
        begin, end = np.searchsorted(months, [month, month + 1]).tolist()
        members.append(Member(listenbrainz_file(month), rows[begin:end], numbers[begin:end]))
    return Export("listenbrainz.zip", JSON_LINES, tuple(members))


def maloja(heard: Heard) -> Export:
    """One JSON object, oldest first."""
    layout = object_around({"maloja": {"export_time": int(heard.made_at.timestamp())}}, "scrobbles")
    heard = heard.take(scrobbled(heard))
    album_title = heard.column("album_name")
    album = struct({"artists": _artists(heard), "albumtitle": album_title}, mask=album_title.is_null())
    rows = maloja_rows(
        heard.seconds("started_at"),
        artists=_artists(heard),
        title=heard.column("track_name"),
        album=album,
        length=_length(heard),
    )
    return _single("maloja.json", heard, rows, layout)


def koito(heard: Heard) -> Export:
    """One JSON object, oldest first."""
    about = {"version": "1", "exported_at": f"{heard.made_at:%Y-%m-%dT%H:%M:%SZ}", "user": heard.listener_id}
    heard = heard.take(scrobbled(heard))
    rows = koito_rows(
        heard.seconds("started_at"),
        artists=_artists(heard),
        title=heard.column("track_name"),
        album=heard.column("album_name"),
        length=_length(heard),
    )
    return _single("koito.json", heard, rows, object_around(about, "listens"))


def _single(name: str, heard: Heard, rows: pa.Table, layout: Layout) -> Export:
    return Export(name, layout, (Member(name, rows, heard.column("play_number")),))


def _artists(heard: Heard) -> pa.ListArray:
    options = pc.SplitPatternOptions(ARTISTS_APART)
    return pc.call_function("split_pattern", [heard.column("artist_names")], options)


def _length(heard: Heard) -> pa.Array:
    """The track's length in whole seconds."""
    return pc.call_function("divide", [heard.column("duration_ms"), pa.scalar(1000, pa.int64())])


def _msids(track_ids: pa.Array) -> pa.Array:
    """ListenBrainz' own id of a recording, made of the track's."""
    tracks = track_ids.dictionary_encode()
    ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, f"spotify:track:{track}")) for track in tracks.dictionary.to_pylist()]
    return pa.array(ids, pa.string()).take(tracks.indices)
