"""Three rules by which other tools take records for one play, applied to the same records.

They see the time as the source gives it, start or end, and a simple normal form of the names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benches.merge.catalogue import Integers
from benches.merge.names import without_accents

NOT_A_WORD = re.compile(r"[^\w|]+")
WINDOW_SECONDS = 60


def naive_clusterings(stamp: Integers, track: Integers) -> Mapping[str, Integers]:
    """The cluster of each record under each rule; `stamp` in seconds, `track` from `track_codes`."""
    return {
        "exact_time_and_track": _codes(stamp, track),
        "within_60_s_and_track": within_window(stamp, track, WINDOW_SECONDS),
        "time_as_key": np.unique(stamp, return_inverse=True)[1].astype(np.int64),
    }


def track_codes(artist: pa.Array, title: pa.Array) -> Integers:
    """A number for each record, equal where artist and title are equal but for case, accents and punctuation."""
    names = pc.call_function("binary_join_element_wise", [artist, title, "|"]).dictionary_encode()
    normals = np.asarray([normal(name) for name in names.dictionary.to_pylist()])
    return np.unique(normals, return_inverse=True)[1].astype(np.int64)[names.indices.to_numpy()]


def normal(name: str) -> str:
    return NOT_A_WORD.sub(" ", without_accents(name).casefold()).strip()


def within_window(stamp: Integers, track: Integers, seconds: int) -> Integers:
    """In order of time, a record within `seconds` of the last counted play of its track is taken for that play.

    This is your_spotify's rule. All tracks advance together, one counted play in each round.
    """
    order = np.lexsort((stamp, track))
    width = int(stamp.max() - stamp.min()) + seconds + 1
    place = track[order] * width + (stamp[order] - stamp.min())
    next_play = np.searchsorted(place, place + seconds, side="right")
    ends = np.searchsorted(track[order], track[order], side="right")
    counted = np.zeros(len(order), dtype=np.bool_)
    front = np.flatnonzero(np.diff(track[order], prepend=-1))
    while front.size:
        counted[front] = True
        following = next_play[front]
        front = following[following < ends[front]]
    cluster = np.empty(len(order), dtype=np.int64)
    cluster[order] = np.cumsum(counted)
    return cluster


def _codes(first: Integers, second: Integers) -> Integers:
    pairs = np.stack([first, second], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
