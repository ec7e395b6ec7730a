"""The records of each service's export from columns: its fields, by its names and in its order.

Which plays a service tells of, and what it calls their times, is decided by whoever makes the columns: spotify.py and
scrobblers.py for simulated plays. Columns have a row a record; times are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Column = pa.Array | pa.ChunkedArray | NDArray[np.generic]

EXTENDED_FIELDS = (
    *("ts", "platform", "ms_played", "conn_country", "ip_addr"),
    *("master_metadata_track_name", "master_metadata_album_artist_name", "master_metadata_album_album_name"),
    *("spotify_track_uri", "episode_name", "episode_show_name", "spotify_episode_uri"),
    *("audiobook_title", "audiobook_uri", "audiobook_chapter_uri", "audiobook_chapter_title"),
    *("reason_start", "reason_end", "shuffle", "skipped", "offline", "offline_timestamp", "incognito_mode"),
)
ACCOUNT_FOLDER = "Spotify Account Data"
EXTENDED_FOLDER = "Spotify Extended Streaming History"


def extended_rows(second: Integers, columns: Mapping[str, Column]) -> pa.Table:
    """Spotify's extended history; `second` is the end, and a field without a column, as of podcasts, is null."""
    given = {"ts": time_texts(second, "%Y-%m-%dT%H:%M:%SZ"), **columns}
    nothing = pa.nulls(len(second), pa.string())
    return pa.table({name: given.get(name, nothing) for name in EXTENDED_FIELDS})


def extended_file(number: int, second: Integers) -> str:
    """What a file of the extended history is called that holds the ends `second`, in order."""
    years = np.unique(second[[0, -1]].astype("datetime64[s]").astype("datetime64[Y]")).astype(str)
    return f"{EXTENDED_FOLDER}/Streaming_History_Audio_{'-'.join(years)}_{number}.json"


def account_rows(second: Integers, *, artist: Column, title: Column, ms_played: Column) -> pa.Table:
    """Spotify's account data; `second` is the end, which is cut to the minute."""
    return pa.table(
        {
            "endTime": time_texts(second, "%Y-%m-%d %H:%M"),
            "artistName": artist,
            "trackName": title,
            "msPlayed": ms_played,
        }
    )


def lastfm_rows(second: Integers, *, artist: Column, album: Column, title: Column) -> pa.Table:
    """The CSV of ghan.nl; no scrobble has a MusicBrainz id."""
    empty = pa.repeat("", len(second))
    return pa.table(
        {
            "uts": pa.array(second).cast(pa.string()),
            "utc_time": time_texts(second, "%d %b %Y, %H:%M"),
            "artist": artist,
            "artist_mbid": empty,
            "album": album,
            "album_mbid": empty,
            "track": title,
            "track_mbid": empty,
        }
    )


def listenbrainz_rows(
    second: Integers, *, artist: Column, title: Column, album: Column, msid: Column, info: Mapping[str, pa.Array]
) -> pa.Table:
    """Lines of ListenBrainz; `info` is what the program that submitted them told besides."""
    metadata = {
        "artist_name": artist,
        "track_name": title,
        "release_name": album,
        "recording_msid": msid,
        "additional_info": pa.StructArray.from_arrays(list(info.values()), list(info)),
    }
    return pa.table({"inserted_at": second + 5, "listened_at": second, "track_metadata": struct(metadata)})


def listenbrainz_file(month: int) -> str:
    """What the file of a month is called, by the months since January 1970."""
    return f"listens/{1970 + month // 12}/{month % 12 + 1}.jsonl"


def months_of(second: Integers) -> Integers:
    """Months since January 1970."""
    return second.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def maloja_rows(second: Integers, *, artists: Column, title: Column, album: pa.Array, length: Column) -> pa.Table:
    """Scrobbles of Maloja; `album` holds `artists` and `albumtitle`, `length` is the track's in seconds."""
    track = {"artists": artists, "title": title, "album": album, "length": length}
    return pa.table(
        {
            "time": second,
            "track": struct(track),
            "duration": pa.nulls(len(second), pa.int64()),
            "origin": pa.repeat("client:scrobbler", len(second)),
        }
    )


def koito_rows(second: Integers, *, artists: pa.ListArray, title: Column, album: pa.Array, length: Column) -> pa.Table:
    """Listens of Koito; of the artists, of whom there is at least one, the first is the main one.

    `length` is the track's in seconds.
    """
    offsets = artists.offsets.to_numpy()
    names = artists.flatten()
    is_main = np.zeros(len(names), dtype=np.bool_)
    is_main[offsets[:-1]] = True
    no_id = pa.nulls(len(second), pa.string())
    track = {"mbid": no_id, "duration": length, "aliases": _only_alias(title)}
    release = {"image_url": pa.repeat("", len(second)), "mbid": no_id, "aliases": _only_alias(album)}
    artist = {
        "image_url": pa.repeat("", len(names)),
        "mbid": pa.nulls(len(names), pa.string()),
        "is_primary": pa.array(is_main),
        "aliases": _only_alias(names),
    }
    return pa.table(
        {
            "listened_at": time_texts(second, "%Y-%m-%dT%H:%M:%SZ"),
            "client": pa.repeat("scrobbler", len(second)),
            "track": struct(track),
            "album": struct(release, mask=album.is_null()),
            "artists": pa.ListArray.from_arrays(artists.offsets, struct(artist)),
        }
    )


def struct(fields: Mapping[str, Column], mask: pa.Array | None = None) -> pa.StructArray:
    """The fields side by side; null where `mask` is true."""
    return pa.StructArray.from_arrays([_array(column) for column in fields.values()], list(fields), mask=mask)


def time_texts(second: Integers, pattern: str) -> pa.Array:
    """Seconds since 1970 as text in UTC; `pattern` as strftime has it."""
    stamps = pa.array(second.astype("datetime64[s]"))
    return pc.call_function("strftime", [stamps], pc.StrftimeOptions(pattern))


def _only_alias(names: Column) -> pa.ListArray:
    """For each name a list of one alias."""
    count = len(names)
    alias = {"alias": names, "source": pa.repeat("Canonical", count), "is_primary": np.ones(count, dtype=np.bool_)}
    return pa.ListArray.from_arrays(pa.array(np.arange(count + 1), pa.int32()), struct(alias))


def _array(column: Column) -> pa.Array:
    if isinstance(column, np.ndarray):
        return pa.array(column)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
