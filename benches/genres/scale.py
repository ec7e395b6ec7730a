"""`python -m benches.genres.scale`: guesses the genres of an invented world in a process of its own, timed."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time

import numpy as np
import pyarrow as pa

from benches.genres.held_out import World
from benches.genres.invented import invented_world
from benches.launcher import KIB_PER_UNIT
from ml.genres.guessing import guess_genres

KNOWN_SHARE = 0.3
FIRST_DAY, DAYS = np.datetime64("2024-01-01"), 730


def main(artists: int, edges: int) -> None:
    world = invented_world(artists, artists // 5, edges)
    ids = _ids("artist", artists)
    told, described = _told(world, ids), _described(world, ids)
    # In a list that is emptied: the warehouse's answer too belongs to nobody but the guessing.
    heard = [_heard(world, ids)]
    found_edges = heard[0].num_rows
    families = {family: family for family in world.labels.families}
    del world
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.monotonic()
    guesses = guess_genres(heard.pop(), _no_playlists(), told, described, families=families)
    seconds = time.monotonic() - begin
    measured = {
        "seconds": seconds,
        "edges": found_edges,
        "classified": len(set(guesses.rows["artist_id"].to_pylist())) / (artists - told.num_rows),
        "family_top1": guesses.judged.family_top1,
        "world_mb": before * KIB_PER_UNIT / 1024,
    }
    sys.stdout.write(json.dumps(measured) + "\n")


def _heard(world: World, ids: pa.Array) -> pa.Table:
    """A day for each pair of artist and listener."""
    pairs = world.nearness.tocoo()
    order = np.argsort(pairs.col, kind="stable")
    days = FIRST_DAY + np.random.default_rng(3).integers(0, DAYS, len(order))
    return pa.table(
        {
            "listener_id": _ids("listener", int(pairs.col.max()) + 1).take(pa.array(pairs.col[order])),
            "artist_id": ids.take(pa.array(pairs.row[order])),
            "play_date": pa.array(days),
            "may_train": pa.array(np.ones(len(order), dtype=np.bool_)),
        }
    )


def _told(world: World, ids: pa.Array) -> pa.Table:
    known = np.flatnonzero(np.random.default_rng(2).random(len(ids)) < KNOWN_SHARE)
    genre = np.array(world.labels.families)[world.labels.weights[known].argmax(axis=1)]
    return pa.table(
        {
            "artist_id": ids.take(pa.array(known)),
            "genre": pa.array(genre),
            "weight": pa.array(np.ones(len(known))),
            "source": pa.array(["catalogue"] * len(known)),
        }
    )


def _described(world: World, ids: pa.Array) -> pa.Table:
    return pa.table(
        {
            "artist_id": ids,
            "artist_name": pa.array(list(world.names)),
            "popularity": pa.nulls(len(ids), pa.float64()),
            "popularity_source": pa.nulls(len(ids), pa.string()),
        }
    )


def _no_playlists() -> pa.Table:
    return pa.table({"playlist_id": pa.array([], pa.string()), "artist_id": pa.array([], pa.string())})


def _ids(kind: str, count: int) -> pa.Array:
    """As long as those of the warehouse."""
    names = (f"{kind} {number}".encode() for number in range(count))
    return pa.array([hashlib.md5(name, usedforsecurity=False).hexdigest() for name in names])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
