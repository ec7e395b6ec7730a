"""What Spotify's two exports say of simulated plays: every play under its end.

The faults of real exports (doubles, offline plays, broken rows) are not among them; benches/merge adds those to truths
of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pyarrow as pa

from ml.listeners.exports.export import Export, Member
from ml.listeners.exports.fields import ACCOUNT_FOLDER, Integers, account_rows, extended_file, extended_rows
from ml.listeners.exports.files import JSON_ARRAY
from ml.listeners.exports.heard import Heard
from ml.listeners.exports.texts import beside

EXTENDED_ROWS_PER_FILE = 17_000
"""As in real archives, whose files hold 10.5 to 12.8 MB."""
ACCOUNT_ROWS_PER_FILE = 10_000
LAST_YEAR = timedelta(days=365)


def extended_history(heard: Heard) -> Export:
    """Every play, under its end to the second."""
    heard = _by_end(heard)
    second, count = heard.seconds("ended_at"), heard.plays.num_rows
    no = np.zeros(count, dtype=np.bool_)
    columns = {
        **{name: heard.column(name) for name in ("platform", "ms_played", "reason_start", "reason_end")},
        **{name: heard.column(name) for name in ("shuffle", "skipped")},
        "conn_country": pa.repeat(heard.country, count),
        "ip_addr": pa.repeat(heard.address, count),
        "master_metadata_track_name": heard.column("track_name"),
        "master_metadata_album_artist_name": heard.column("artist_name"),
        "master_metadata_album_album_name": heard.column("album_name"),
        "spotify_track_uri": beside("spotify:track:", heard.column("track_id")),
        "offline": no,
        "offline_timestamp": pa.nulls(count, pa.int64()),
        "incognito_mode": no,
    }
    rows = extended_rows(second, columns)
    return Export("spotify_extended.zip", JSON_ARRAY, _in_files(heard, rows, EXTENDED_ROWS_PER_FILE, extended_file))


def account_data(heard: Heard) -> Export:
    """The plays that ended within the last year, under their end cut to the minute."""
    since = (heard.made_at - LAST_YEAR).timestamp()
    heard = _by_end(heard.take(heard.seconds("ended_at") >= since))
    rows = account_rows(
        heard.seconds("ended_at"),
        artist=heard.column("artist_name"),
        title=heard.column("track_name"),
        ms_played=heard.column("ms_played"),
    )
    return Export("spotify_account.zip", JSON_ARRAY, _in_files(heard, rows, ACCOUNT_ROWS_PER_FILE, _account_file))


def _account_file(number: int, _: Integers) -> str:
    return f"{ACCOUNT_FOLDER}/StreamingHistory_music_{number}.json"


def _by_end(heard: Heard) -> Heard:
    return heard.take(np.argsort(heard.numbers("ended_at"), kind="stable"))


def _in_files(
    heard: Heard, rows: pa.Table, rows_per_file: int, name: Callable[[int, Integers], str]
) -> tuple[Member, ...]:
    """The rows cut into files of an archive; `name` is told the number of the file and its ends."""
    second, numbers = heard.seconds("ended_at"), heard.column("play_number")
    members: list[Member] = []
    for number, begin in enumerate(range(0, rows.num_rows, rows_per_file)):
        part = slice(begin, begin + rows_per_file)
        members.append(Member(name(number, second[part]), rows[part], numbers[part]))
    return tuple(members)
