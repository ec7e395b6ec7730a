from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.population import PopulationSpec, simulate_listeners

FIRST_DAY, UNTIL = date(2025, 3, 1), date(2025, 4, 10)
"""Clocks change within it: on 9 March in the United States, on 30 March in Europe."""


@pytest.fixture(scope="session")
def catalogue() -> pa.Table:
    return generate_catalogue(seed=3, artists=150)


@pytest.fixture(scope="session")
def listeners(catalogue: pa.Table) -> pa.Table:
    return simulate_listeners(PopulationSpec(60, 5, FIRST_DAY, UNTIL), catalogue)
