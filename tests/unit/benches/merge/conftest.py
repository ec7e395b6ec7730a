"""One small truth for the tests of the merge bench."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from benches.merge.catalogue import Catalogue, invent_catalogue
from benches.merge.records import ExportFile
from benches.merge.sources import observe
from benches.merge.truth import Plays, listen

SEED = 3


@dataclass(frozen=True)
class World:
    catalogue: Catalogue
    plays: Plays
    files: dict[str, ExportFile]


def invent(seed: int) -> World:
    rng = np.random.default_rng(seed)
    catalogue = invent_catalogue(rng, 400)
    plays = listen(rng, catalogue, 4_000)
    return World(catalogue, plays, {file.name: file for file in observe(seed, catalogue, plays)})


@pytest.fixture(scope="package")
def world() -> World:
    return invent(SEED)
