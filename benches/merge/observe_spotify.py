"""What Spotify's two exports say of the true plays, with the faults of real exports.

Faults and their frequencies follow a published study of an export of 227,000 rows. Times are milliseconds since 1970
unless a name says seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benches.merge.catalogue import Catalogue, Integers
from benches.merge.records import NO_PLAY, Records, names_of
from benches.merge.truth import DAY, HOUR, SECOND, Booleans, Plays
from ml.listeners.exports.fields import account_rows, extended_file, extended_rows

MILLISECONDS_SINCE = int(datetime(2017, 6, 1, tzinfo=UTC).timestamp()) * SECOND
"""Before, `offline_timestamp` counts seconds."""
SHORT = 30 * SECOND
LOST_SHORT_PLAYS = 0.01
OFFLINE_TIMESTAMP_ZERO = 0.05
ONLINE_WITH_OFFLINE_TIMESTAMP = 0.15
DOUBLED_ACROSS_FILES = 0.005
DOUBLED_WITH_OTHER_END = 0.001
NEVER_HEARD = 0.01
BROKEN_ROWS = 5
PLATFORMS = (
    "Android OS 9 API 28 (invented, Phone)",
    "iOS 12.1 (Phone7,2)",
    "Windows 10 (10.0.17134; x64)",
    "web_player",
)


def extended_history(rng: np.random.Generator, catalogue: Catalogue, plays: Plays) -> Records:
    """All rows of the extended history by `ts`, before they are cut into archives and files.

    One play may have two rows, equal but for an end up to 80 s later. Rows of length zero and a handful with 9 to
    15 hours stand among the others and have NO_PLAY behind them.
    """
    short = plays.ms_played < SHORT
    kept = np.flatnonzero(~(short & (rng.random(len(plays)) < LOST_SHORT_PLAYS)))
    long_online = kept[(plays.ms_played[kept] > 90 * SECOND) & ~plays.offline[kept]]
    doubled = long_online[rng.random(len(long_online)) < DOUBLED_WITH_OTHER_END * len(kept) / len(long_online)]
    unheard = kept[rng.random(len(kept)) < NEVER_HEARD]
    broken = rng.choice(long_online, min(BROKEN_ROWS, len(long_online)), replace=False)
    play = np.concatenate([kept, doubled, unheard, broken])
    parts = np.repeat(np.arange(4), [len(kept), len(doubled), len(unheard), len(broken)])
    ms_played = plays.ms_played[play].copy()
    ms_played[parts == 2] = 0
    ms_played[parts == 3] = rng.integers(9 * HOUR, 15 * HOUR, len(broken))
    ts = plays.synced[play] // SECOND
    ts[parts == 1] += rng.integers(1, 81, len(doubled))
    track = np.where(parts == 2, rng.integers(0, len(catalogue), len(play)), plays.track[play])
    noted = _offline_timestamps(rng, plays)[play]
    rows = _extended_rows(rng, catalogue, plays, play=play, track=track, ts=ts, ms_played=ms_played, noted=noted)
    records = Records(
        rows=rows,
        play=np.where(parts < 2, play, NO_PLAY),
        stamp=ts,
        artist=names_of(catalogue.artist, track),
        title=names_of(catalogue.title, track),
    )
    return records.take(np.argsort(ts, kind="stable"))


def in_files(rng: np.random.Generator, records: Records, rows_per_file: int) -> tuple[tuple[str, Records], ...]:
    """Cut into the files of an archive; a few rows of each file stand again at the head of the next one."""
    members: list[tuple[str, Records]] = []
    bounds = list(range(0, len(records), rows_per_file))
    for number, first in enumerate(bounds):
        index = np.arange(first, min(first + rows_per_file, len(records)))
        if number:
            before = np.arange(bounds[number - 1], first)
            again = before[rng.random(len(before)) < DOUBLED_ACROSS_FILES]
            index = np.concatenate([again, index])
        part = records.take(index)
        members.append((extended_file(number, part.stamp), part))
    return tuple(members)


def account_data(catalogue: Catalogue, plays: Plays, begin: int) -> Records:
    """The plays that ended since `begin`: end cut to the minute, no ids, no album."""
    play = np.flatnonzero(plays.synced >= begin)
    play = play[np.argsort(plays.synced[play], kind="stable")]
    minute = plays.synced[play] // (60 * SECOND) * 60
    track = plays.track[play]
    artist, title = names_of(catalogue.artist, track), names_of(catalogue.title, track)
    rows = account_rows(minute, artist=artist, title=title, ms_played=plays.ms_played[play])
    return Records(rows, play, minute, artist, title)


def _offline_timestamps(rng: np.random.Generator, plays: Plays) -> npt.NDArray[np.float64]:
    """Start of each play in seconds or milliseconds, zero or NaN where the service has none."""
    start = np.where(plays.start < MILLISECONDS_SINCE, plays.start // SECOND, plays.start).astype(np.float64)
    start[plays.offline & (rng.random(len(plays)) < OFFLINE_TIMESTAMP_ZERO)] = 0
    start[~plays.offline & (rng.random(len(plays)) >= ONLINE_WITH_OFFLINE_TIMESTAMP)] = np.nan
    return start


def _extended_rows(
    rng: np.random.Generator,
    catalogue: Catalogue,
    plays: Plays,
    *,
    play: Integers,
    track: Integers,
    ts: Integers,
    ms_played: Integers,
    noted: npt.NDArray[np.float64],
) -> pa.Table:
    count = len(play)
    ends = np.where(plays.done[play] & (ms_played > 0), 0, np.where(ms_played < SHORT, 1, 2))
    begins = _reasons_to_start(rng, plays)[play]
    return extended_rows(
        ts,
        {
            "platform": names_of(PLATFORMS, plays.device[play]),
            "ms_played": ms_played,
            "conn_country": names_of(("CH", "DE", "ZZ"), np.where(plays.offline[play], 2, plays.device[play] // 3)),
            "ip_addr": names_of(tuple(f"192.0.2.{n}" for n in range(250)), ts // (DAY // SECOND) % 250),
            "master_metadata_track_name": names_of(catalogue.title, track),
            "master_metadata_album_artist_name": names_of(catalogue.artist, track),
            "master_metadata_album_album_name": names_of(catalogue.album, track),
            "spotify_track_uri": names_of(tuple(f"spotify:track:{i}" for i in catalogue.spotify_id), track),
            "reason_start": names_of(("trackdone", "clickrow", "fwdbtn", "appload"), begins),
            "reason_end": names_of(("trackdone", "fwdbtn", "endplay"), ends),
            "shuffle": plays.start[play] // DAY % 3 == 0,
            "skipped": np.zeros(count, dtype=np.bool_),
            "offline": plays.offline[play],
            "offline_timestamp": pa.array(noted, from_pandas=True).cast(pa.int64()),
            "incognito_mode": plays.incognito[play],
        },
    )


def _reasons_to_start(rng: np.random.Generator, plays: Plays) -> Integers:
    """After a track that was played out the next starts by itself, else the listener chose it."""
    followed: Booleans = np.append(False, plays.done[:-1])  # nothing stands before the first
    return np.where(followed, 0, rng.integers(1, 4, len(plays)))
