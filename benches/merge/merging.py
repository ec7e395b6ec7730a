"""The score of the merge: imports the files into fresh homes, and compares what the ledger says with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benches.merge.archives import ArchiveResult, imported
from benches.merge.catalogue import Integers, invent_catalogue
from benches.merge.export_files import Written, write_exports
from benches.merge.homes import LISTENER, WRITTEN_AT, Home, differing_rows, tables
from benches.merge.naive import naive_clusterings, track_codes
from benches.merge.score import Coverage, Score, coverage, score
from benches.merge.sources import observe
from benches.merge.truth import YEARS, Plays, listen
from benches.processes import BenchError, Finished
from benches.report import Size

SEED = 7
PLAYS: dict[Size, int] = {"full": 60_000, "small": 3_000}
RECORDINGS: dict[Size, int] = {"full": 2_700, "small": 500}
HISTORY_YEARS: dict[Size, int] = {"full": YEARS, "small": 1}
"""Dagster stores an event for each day of each daily asset, which few plays need not wait for."""
MERGED = ("silver.plays", "silver.play_ledger")
REPEATABLE_LAYERS = ("raw", "silver", "gold")

LEDGER = """
select expected.position, ledger.play_id, ledger.fate
from expected
left join silver.play_ledger as ledger
    on ledger.listener_id = ?
    and ledger.source_file = expected.source_file
    and ledger.source_row = expected.source_row
order by expected.position
"""


@dataclass(frozen=True)
class Observed:
    """All records of all files in one row of columns, and the truth behind them."""

    plays: Plays
    files: list[Written]
    expected: pa.Table
    """`source_file`, `source_row` and `position` of each record."""
    play: Integers
    stamp: Integers
    track: Integers
    source: Integers


@dataclass(frozen=True)
class MergeResult:
    """What the part found."""

    records: int
    ours: Score
    naive: dict[str, Score]
    coverage: list[Coverage]
    fates: dict[str, int]
    order_independent: bool
    second_import_changes: int
    first_import: ArchiveResult


def measure_merge(size: Size, folder: Path) -> MergeResult:
    """Import everything in several orders into fresh homes below `folder` and judge the result.

    Raises:
        BenchError: an import failed, or the ledger lacks a record.
    """
    observed = prepare(size, folder)
    paths = [written.path for written in observed.files]
    first, *others = [Home(folder / f"home_{number}") for number in range(len(ORDERS[size]) + 1)]
    with ThreadPoolExecutor(2) as pool:
        repeated = pool.submit(_import_twice, first, paths, folder / "once.duckdb")
        reordered = [
            pool.submit(_import_in_turn, home, [[paths[n] for n in step] for step in steps])
            for home, steps in zip(others, ORDERS[size], strict=True)
        ]
        first_import, once, changes = repeated.result()
        orders = [order.result() for order in reordered]
    cluster, fates = read_ledger(once, observed)
    in_loop = observed.plays.in_loop
    naive = naive_clusterings(observed.stamp, observed.track)
    return MergeResult(
        records=len(observed.play),
        ours=score(observed.play, cluster, in_loop),
        naive={rule: score(observed.play, clusters, in_loop) for rule, clusters in naive.items()},
        coverage=coverage(observed.play, cluster, observed.source),
        fates=fates,
        order_independent=not any(
            differing_rows(once, order, table, leave_out=[WRITTEN_AT]) for order in orders for table in MERGED
        ),
        second_import_changes=changes,
        first_import=imported(paths, len(observed.play), first_import),
    )


ORDERS: dict[Size, tuple[tuple[tuple[int, ...], ...], ...]] = {
    "full": (((6, 5), (4, 3), (2, 1, 0)), ((3, 5), (0, 4, 6, 2, 1))),
    "small": (((6, 5, 4, 3, 2, 1, 0),),),
}
"""Further homes; each a sequence of commands, each command some of the files by position."""


def prepare(size: Size, folder: Path) -> Observed:
    """Invent the truth and write what the sources saw of it into `folder`."""
    rng = np.random.default_rng([SEED, 0])
    catalogue = invent_catalogue(rng, RECORDINGS[size])
    plays = listen(rng, catalogue, PLAYS[size], HISTORY_YEARS[size])
    exports = folder / "exports"
    exports.mkdir(parents=True)
    files = write_exports(observe(SEED, catalogue, plays, HISTORY_YEARS[size]), exports)
    members = [(file, name, records) for file in files for name, records in file.content.members]
    sources = sorted({file.content.source for file in files})
    rows = [len(records) for _, _, records in members]
    places = pa.array([file.source_file(name) for file, name, _ in members])
    member = np.repeat(np.arange(len(members)), rows)
    return Observed(
        plays=plays,
        files=files,
        expected=pa.table(
            {
                "source_file": places.take(pa.array(member)),
                "source_row": np.concatenate([np.arange(count) for count in rows]),
                "position": np.arange(len(member)),
            }
        ),
        play=np.concatenate([records.play for _, _, records in members]),
        stamp=np.concatenate([records.stamp for _, _, records in members]),
        track=track_codes(
            pa.concat_arrays([records.artist for _, _, records in members]),
            pa.concat_arrays([records.title for _, _, records in members]),
        ),
        source=np.asarray([sources.index(file.content.source) for file, _, _ in members])[member],
    )


def read_ledger(warehouse: Path, observed: Observed) -> tuple[Integers, dict[str, int]]:
    """The play that each record was counted as, a number of its own where it was not counted; records by fate.

    Raises:
        BenchError: a record has no fate.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.register("expected", observed.expected)
        found = connection.sql(LEDGER, params=[LISTENER]).to_arrow_table()
    lost = found["fate"].null_count
    if lost or found.num_rows != observed.expected.num_rows:
        raise BenchError(f"of {len(observed.play)} records {lost} have no fate, {found.num_rows} fates were found")
    codes = found["play_id"].combine_chunks().dictionary_encode().indices
    uncounted = -1 - np.arange(len(codes))
    cluster = np.where(codes.is_null().to_numpy(zero_copy_only=False), uncounted, codes.fill_null(0).to_numpy())
    fates = {str(count["values"]): int(count["counts"].as_py()) for count in found["fate"].value_counts()}
    return cluster.astype(np.int64), fates


def _import_twice(home: Home, files: Sequence[Path], copy: Path) -> tuple[Finished, Path, int]:
    """Import all at once, and again; the first import, its warehouse, and the rows that the second changed."""
    first = home.import_files(files, network=False)
    once = home.copy_warehouse(copy)
    home.import_files(files)
    changed = [differing_rows(once, home.warehouse, table) for table in tables(once, *REPEATABLE_LAYERS)]
    return first, once, sum(changed)


def _import_in_turn(home: Home, steps: Sequence[Sequence[Path]]) -> Path:
    for files in steps:
        home.import_files(files)
    return home.warehouse
