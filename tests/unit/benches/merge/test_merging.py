from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from benches.merge.homes import LISTENER
from benches.merge.merging import Observed, prepare, read_ledger
from benches.merge.score import score
from benches.processes import BenchError


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Observed:
    return prepare("small", tmp_path_factory.mktemp("bench"))


def ledger(path: Path, observed: Observed, condition: str = "true") -> Path:
    """A warehouse whose ledger knows the truth, for the records that fulfil the condition."""
    with duckdb.connect(str(path)) as connection:
        connection.register("expected", observed.expected.append_column("play", [observed.play]))
        connection.execute("create schema silver")
        connection.execute(
            f"""
            create table silver.play_ledger as
            select '{LISTENER}' as listener_id, source_file, source_row,
                case when play < 0 then 'zero_length' else 'kept' end as fate,
                case when play >= 0 then 'play-' || play end as play_id
            from expected where {condition}
            """
        )
    return path


def test_every_record_has_a_place_and_a_truth(observed: Observed) -> None:
    places = observed.expected.group_by(["source_file", "source_row"]).aggregate([])
    assert places.num_rows == observed.expected.num_rows == len(observed.play) == len(observed.stamp)
    assert len(observed.track) == len(observed.source) == len(observed.play)
    assert len(np.unique(observed.source)) == 5


def test_a_ledger_that_knows_the_truth_scores_one(observed: Observed, tmp_path: Path) -> None:
    cluster, fates = read_ledger(ledger(tmp_path / "w.duckdb", observed), observed)
    found = score(observed.play, cluster, observed.plays.in_loop)
    assert (found.precision, found.recall, found.loops_intact, found.exact) == (1, 1, 1, 1)
    assert fates == {"kept": int((observed.play >= 0).sum()), "zero_length": int((observed.play < 0).sum())}


def test_records_that_became_no_play_are_not_one_play(observed: Observed, tmp_path: Path) -> None:
    cluster, _ = read_ledger(ledger(tmp_path / "w.duckdb", observed), observed)
    uncounted = cluster[observed.play < 0]
    assert len(np.unique(uncounted)) == len(uncounted) > 1


def test_a_record_without_a_fate_stops_the_bench(observed: Observed, tmp_path: Path) -> None:
    path = ledger(tmp_path / "w.duckdb", observed, "position != 17")
    with pytest.raises(BenchError, match="1 have no fate"):
        read_ledger(path, observed)
