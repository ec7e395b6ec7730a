from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.checks.simulated import FEWEST_LISTENERS, judge_simulated


@pytest.fixture(scope="module")
def plays() -> pa.Table:
    first, until = date(2025, 1, 1), date(2025, 3, 1)
    catalogue = generate_catalogue(7)
    listeners = simulate_listeners(PopulationSpec(100, 7, first, until), catalogue)
    return simulate_plays(listeners, catalogue, first, until)


def test_simulated_listeners_pass_and_are_shown_beside_people(plays: pa.Table) -> None:
    passed, metadata = judge_simulated(plays)
    assert passed
    assert metadata["listeners"] > FEWEST_LISTENERS
    assert "image/svg+xml" in metadata["beside_people"].value
    assert "plays in a session, median | 7 to 12" in metadata["figures"].value


def test_listeners_who_never_skip_are_no_people(plays: pa.Table) -> None:
    patient = plays.set_column(
        plays.column_names.index("ms_played"), "ms_played", pa.array([200_000] * plays.num_rows)
    ).set_column(plays.column_names.index("reason_end"), "reason_end", pa.array(["trackdone"] * plays.num_rows))
    passed, metadata = judge_simulated(patient)
    assert not passed
    assert "share of plays under 30 seconds" in metadata["summary"]


def test_too_few_listeners_tell_nothing(plays: pa.Table) -> None:
    passed, metadata = judge_simulated(plays.filter(pc.field("listener_id") == "sim-00001"))
    assert passed
    assert "too few to tell" in metadata["summary"]
    assert judge_simulated(plays.slice(0, 0))[0]
