"""The tables of the recommender bench, on standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from benches.recommender.lineup import SAYS
from benches.recommender.measuring import Measured, interval

Results = Mapping[str, Measured]
METRICS = {
    "ndcg_at_10": "NDCG@10",
    "recall_at_20": "R@20",
    "precision_at_10": "P@10",
    "map_at_10": "MAP@10",
    "coverage_at_10": "coverage",
    "novelty_at_10": "novelty",
}


def show(console: Console, title: str, results: Results) -> None:
    """One task: every candidate, the best last."""
    table = Table(title=title)
    table.add_column("model")
    for column in ("NDCG@10", "±", *list(METRICS.values())[1:], "fit, s"):
        table.add_column(column, justify="right")
    for name in sorted(results, key=lambda each: results[each].means["ndcg_at_10"]):
        measured = results[name]
        means = [
            f"{measured.means[metric]:.2f}" if metric.startswith("novelty") else f"{measured.means[metric]:.4f}"
            for metric in METRICS
        ]
        table.add_row(SAYS[name], means[0], f"{interval(measured.ndcg):.4f}", *means[1:], f"{measured.seconds:.1f}")
    console.print(table)


def show_seeds(console: Console, title: str, by_seed: Mapping[int, Results]) -> None:
    """NDCG@10 of every candidate on every split, their mean, and its 95 % interval over listeners of all splits."""
    table = Table(title=title)
    table.add_column("model")
    for column in (*(str(seed) for seed in by_seed), "mean", "±"):
        table.add_column(column, justify="right")
    first = next(iter(by_seed.values()))
    for name in sorted(first, key=lambda each: first[each].means["ndcg_at_10"]):
        found = [results[name].means["ndcg_at_10"] for results in by_seed.values()]
        table.add_row(
            SAYS[name],
            *(f"{value:.4f}" for value in found),
            f"{np.mean(found):.4f}",
            f"{half_width(by_seed, name):.4f}",
        )
    console.print(table)


def show_months(console: Console, title: str, by_month: Mapping[str, Results]) -> None:
    """Of one listener: means over the months, and the 95 % interval of that of NDCG@10, months taken as independent."""
    table = Table(title=title)
    table.add_column("model")
    for column in ("NDCG@10", "±", "R@20", "P@10"):
        table.add_column(column, justify="right")
    first = next(iter(by_month.values()))
    for name in sorted(first, key=lambda each: _mean(by_month, each, "ndcg_at_10")):
        ndcg = np.array([results[name].means["ndcg_at_10"] for results in by_month.values()])
        width = f"{interval(ndcg):.4f}" if len(ndcg) > 1 else ""
        means = [f"{_mean(by_month, name, metric):.4f}" for metric in ("recall_at_20", "precision_at_10")]
        table.add_row(SAYS[name], f"{ndcg.mean():.4f}", width, *means)
    console.print(table)


def _mean(by_month: Mapping[str, Results], name: str, metric: str) -> float:
    return float(np.mean([results[name].means[metric] for results in by_month.values()]))


def half_width(by_seed: Mapping[int, Results], name: str) -> float:
    """Of the 95 % interval of the mean over the splits; the splits share their listeners and are no independent draws.

    The listeners' uncertainty of one split is taken as that of the mean: the wider, honest one.
    """
    return float(np.mean([interval(results[name].ndcg) for results in by_seed.values()]))


def best_peer(results: Results, ours: Sequence[str]) -> str:
    """The best candidate that is none of ours."""
    return max((name for name in results if name not in ours), key=lambda name: results[name].means["ndcg_at_10"])
