"""`python -m benches.genres.scale`: infers an invented world in a process of its own and says how long that took."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np

from benches.genres.invented import invented_world
from benches.launcher import KIB_PER_UNIT
from ml.genres.inference import infer_families

KNOWN_SHARE = 0.3


def main(artists: int, edges: int) -> None:
    world = invented_world(artists, artists // 5, edges)
    known = np.random.default_rng(2).random(artists) < KNOWN_SHARE
    world.labels.weights[~known] = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.monotonic()
    found = infer_families(world.names, world.labels, plays=world.nearness)
    seconds = time.monotonic() - begin
    measured = {
        "seconds": seconds,
        "edges": int(world.nearness.nnz),
        "classified": float(found.is_classified.mean()),
        "family_top1": found.judged.family_top1,
        "world_mb": before * KIB_PER_UNIT / 1024,
    }
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
