"""`python -m benches.recommender`: does what is published beat every peer, and can it rank what nobody played?

With --data HetRec Last.fm-2K in that folder is read in place, by the protocol of docs/recommender.md. Without it a
small invented world shows that everything works. Tables go to standard error, the line of JSON to standard output.
Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.console import Console

from benches.processes import BenchError, run
from benches.recommender.display import best_peer, show, show_months, show_seeds
from benches.recommender.keeping import Keeping
from benches.recommender.lineup import FUSIONS, HYBRID_ALONE, PUBLISHED, QUICK_HYBRID, UNSEEN_LAST
from benches.recommender.measuring import Z95, Measured
from benches.recommender.next_month import ARCHIVE, CATALOGUE, run_next_month
from benches.recommender.population import run_population
from benches.recommender.running import Bench, Results, run_cold, run_warm
from benches.recommender.serving import serving_figures
from benches.recommender.splits import TagsKnown
from benches.recommender.training import training_figures
from benches.recommender.world import FILE, World, invented, read_hetrec
from benches.report import Figures, Floor, Size, finish, missed

LINE_WIDTH = 140
FIRST_SEED = 42
"""Of the split whose training part every choice was made on."""
OTHER_SEEDS: Mapping[Size, range] = {"full": range(43, 48), "small": range(0)}
COLD_SEEDS: Mapping[Size, range] = {"full": range(42, 45), "small": range(42, 43)}
TAGS: tuple[TagsKnown, ...] = ("all", "of others")
DATA_FLOORS = (
    Floor("ndcg10_hybrid", "at least", 0.246),
    Floor("ndcg10_published", "at least", 0.2663),
    Floor("other_seeds_won", "at least", 5),
    Floor("ndcg10_cold_all", "at least", 0.46),
    Floor("ndcg10_cold_strict", "at least", 0.378),
    Floor("ndcg10_cold_all_full", "at least", 0.262),
    Floor("ndcg10_cold_strict_full", "at least", 0.024),
    Floor("warm_loss", "at most", 0.005),
)
"""With the real file, in full size."""
FLOORS = (
    Floor("invented_better_than_popularity", "at least", 0.1, in_small=True),
    Floor("invented_ndcg10_cold", "at least", 0.3, in_small=True),
    Floor("population_better_than_popularity", "at least", 0.05, in_small=True),
    Floor("p99_ms", "at most", 5.0),
    Floor("fusion_p99_ms", "at most", 5.0),
    Floor("fusion_recall", "at least", 0.99, in_small=True),
    Floor("all_listeners_seconds", "at most", 60.0),
    Floor("fusion_all_listeners_seconds", "at most", 60.0),
    Floor("train_overhead", "at most", 0.1),
    Floor("train_scale_peak_mb", "at most", 4_096),
)
SERVING: Mapping[Size, tuple[int, int]] = {"full": (10_000, 100_000), "small": (500, 10_000)}
"""Listeners and tracks."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def ndcg(results: Results, name: str) -> float:
    return results[name].means["ndcg_at_10"]


def difference(one: Measured, other: Measured) -> tuple[float, float]:
    """How much better the one is than the other, listener by listener, and half the width of the 95 % interval."""
    each = one.ndcg - other.ndcg
    return float(each.mean()), float(Z95 * each.std(ddof=1) / np.sqrt(len(each)))


def of_real_data(bench: Bench, folder: Path, size: Size) -> Figures:
    """Every candidate on every split, the cold artists, and an archive where there is one.

    Raises:
        BenchError: the file is not there, or cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        raise BenchError(f"{FILE} is not in {folder}")
    world = read_hetrec(path)
    figures = warm_figures(bench, world, size) | cold_figures(bench, world, size)
    if all((folder / name).exists() for name in (ARCHIVE, CATALOGUE)):
        figures |= next_month_figures(bench, folder)
    return figures


def warm_figures(bench: Bench, world: World, size: Size) -> dict[str, float]:
    by_seed = {seed: run_warm(bench, world, seed) for seed in (FIRST_SEED, *OTHER_SEEDS[size])}
    first = by_seed[FIRST_SEED]
    show(bench.console, f"{world.title}: held-out artists of known listeners, split {FIRST_SEED}", first)
    if len(by_seed) > 1:
        show_seeds(bench.console, "NDCG@10 by split", by_seed)
    best = best_peer(first, FUSIONS)
    better, width = difference(first[PUBLISHED], first[best])
    others = [results for seed, results in by_seed.items() if seed != FIRST_SEED]
    won = sum(ndcg(each, PUBLISHED) > ndcg(each, best_peer(each, FUSIONS)) for each in others)
    figures = {
        "ndcg10_hybrid": ndcg(first, HYBRID_ALONE),
        "ndcg10_published": ndcg(first, PUBLISHED),
        "ndcg10_best_peer": ndcg(first, best),
        "better_than_best_peer_low": better - width,
        "warm_loss": float(np.mean([ndcg(each, UNSEEN_LAST) - ndcg(each, PUBLISHED) for each in by_seed.values()])),
    }
    if others:
        figures |= {
            "other_seeds_won": won,
            "ndcg10_published_others": float(np.mean([ndcg(each, PUBLISHED) for each in others])),
        }
    return figures


def cold_figures(bench: Bench, world: World, size: Size) -> dict[str, float]:
    figures: dict[str, float] = {}
    for tags, label in zip(TAGS, ("all", "strict"), strict=True):
        runs = {seed: run_cold(bench, world, seed, tags) for seed in COLD_SEEDS[size]}
        for place, suffix, where in ((0, "", "among each other"), (1, "_full", "in the full catalogue")):
            title = f"{world.title}: cold artists {where}, tags {tags}"
            show(bench.console, f"{title}, held out {FIRST_SEED}", runs[FIRST_SEED][place])
            if len(runs) > 1:
                show_seeds(bench.console, f"NDCG@10: {title}", {seed: run[place] for seed, run in runs.items()})
            figures[f"ndcg10_cold_{label}{suffix}"] = ndcg(runs[FIRST_SEED][place], PUBLISHED)
    return figures


def of_invented(bench: Bench) -> Figures:
    world = invented()
    warm = run_warm(bench, world, FIRST_SEED)
    show(bench.console, "An invented world: held-out artists of known listeners", warm)
    among, _ = run_cold(bench, world, FIRST_SEED, "all")
    show(bench.console, "An invented world: artists that nobody has played, among each other", among)
    return {
        "invented_ndcg10_hybrid": ndcg(warm, HYBRID_ALONE),
        "invented_ndcg10_published": ndcg(warm, PUBLISHED),
        "invented_ndcg10_best_peer": ndcg(warm, best_peer(warm, FUSIONS)),
        "invented_better_than_popularity": ndcg(warm, PUBLISHED) - ndcg(warm, "popularity"),
        "invented_ndcg10_cold": ndcg(among, PUBLISHED),
    }


def population_figures(bench: Bench, size: Size) -> Figures:
    """Simulated listeners: published beside popularity and the best peer, on what was new to them later."""
    by_seed = run_population(bench, size)
    show(
        bench.console,
        "Simulated listeners, the last fifth of their plays: one population",
        next(iter(by_seed.values())),
    )
    show_seeds(bench.console, "Simulated listeners: NDCG@10 by population", by_seed)
    means = {
        name: float(np.mean([ndcg(each, name) for each in by_seed.values()])) for name in next(iter(by_seed.values()))
    }
    return {
        "population_ndcg10_published": means[PUBLISHED],
        "population_ndcg10_hybrid": means[QUICK_HYBRID],
        "population_ndcg10_best_peer": max(value for name, value in means.items() if name not in FUSIONS),
        "population_better_than_popularity": means[PUBLISHED] - means["popularity"],
    }


def next_month_figures(bench: Bench, folder: Path) -> Figures:
    figures: dict[str, float] = {}
    for kind, found in run_next_month(bench, folder).items():
        if found.results:
            title = f"Next month of an archive, {kind}: {found.within_reach} of {found.new} new ones within reach"
            show_months(bench.console, title, found.results)
            each = [ndcg(results, PUBLISHED) for results in found.results.values()]
            figures[f"next_month_{kind}_ndcg10"] = float(np.mean(each))
            figures[f"next_month_{kind}_within_reach"] = found.within_reach / found.new
    return figures


def fusion_figures(size: Size) -> Figures:
    """Of a process with one thread of linear algebra."""
    command = [sys.executable, "-m", "benches.recommender.fusion_serving", *map(str, SERVING[size])]
    measured: dict[str, float] = json.loads(run(command, ONE_THREAD).stdout)
    return measured


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.recommender", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help=f"a folder with {FILE}")
    parser.add_argument("--keep", type=Path, help="a folder for what was measured, which is not measured again")
    arguments = parser.parse_args()
    size: Size = arguments.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    figures = dict(of_invented(Bench(Keeping(None), console))) | serving_figures(*SERVING[size])
    try:
        figures |= {**fusion_figures(size), **training_figures(size)}
        figures |= population_figures(Bench(Keeping(arguments.keep), console), size)
        if arguments.data is None:
            console.print("Invented listeners only: --data FOLDER (make bench-recommender DATA=FOLDER) adds real ones.")
        else:
            figures |= of_real_data(Bench(Keeping(arguments.keep), console), arguments.data, size)
    except BenchError as error:
        console.print(f"[red]bench-recommender: {error}[/red]")
        return 1
    return finish("recommender", size, figures, missed((*FLOORS, *DATA_FLOORS), figures, size))


if __name__ == "__main__":
    sys.exit(main())
