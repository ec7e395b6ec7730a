"""Fit and measure everybody on a task, each once; what was measured before is not measured again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console

from benches.recommender.keeping import Keeping
from benches.recommender.lineup import (
    HETREC,
    HYBRID_ALONE,
    HYBRIDS_ALONE,
    PUBLISHED,
    SAYS,
    SINGLE_HYBRID,
    UNSEEN_LAST,
    peers,
)
from benches.recommender.measuring import Measured, measure
from benches.recommender.splits import TagsKnown, Task, cold_task, in_full_catalogue, warm_task
from benches.recommender.world import World
from ml.recommender.protocol import StoredCandidate
from ml.recommender.published import HYBRID, HYBRID_BETWEEN, HYBRID_UNSEEN, WEIGHTS, published
from ml.recommender.rank_fusion import RankFusion

Results = Mapping[str, Measured]


@dataclass(frozen=True)
class Bench:
    """Where figures go."""

    keeping: Keeping
    console: Console

    def measured(self, name: str, tasks: Mapping[str, Task], candidate: StoredCandidate, seconds: float) -> Results:
        """Figures of a fitted candidate on tasks that differ in what is asked only."""
        found: dict[str, Measured] = {}
        for label, task in tasks.items():
            known = self.keeping.find(label, name)
            if known is None:
                known = measure(candidate, task, seconds)
                self.keeping.keep(label, name, known)
                ndcg, recall = known.means["ndcg_at_10"], known.means["recall_at_20"]
                self.console.print(
                    f"{label}: {SAYS[name]}: NDCG@10 {ndcg:.4f}, recall@20 {recall:.4f}, {seconds:.1f} s"
                )
            found[label] = known
        return found

    def fitted(
        self, name: str, tasks: Mapping[str, Task], candidate: StoredCandidate
    ) -> tuple[Results, StoredCandidate]:
        """Figures, and the candidate itself, which may have been fitted before."""
        label, task = next(iter(tasks.items()))
        kept = self.keeping.find_model(label, name, type(candidate))
        begin = time.process_time()
        if kept is None:
            candidate.fit(task.interactions, task.features)
            self.keeping.keep_model(label, name, candidate)
        seconds = time.process_time() - begin
        return self.measured(name, tasks, kept or candidate, seconds), kept or candidate

    def peer(self, name: str, tasks: Mapping[str, Task], candidate: StoredCandidate) -> Results:
        known = {label: measured for label in tasks if (measured := self.keeping.find(label, name))}
        return known if len(known) == len(tasks) else self.fitted(name, tasks, candidate)[0]

    def ours(self, tasks: Mapping[str, Task]) -> dict[str, Results]:
        """What is published, with and without its route for unseen items, and each part of it, fitted once."""
        whole = published(HETREC)
        found: dict[str, Results] = {}
        for name, part in whole.members.items():
            found[name], whole.members[name] = self.fitted(name, tasks, part)
        fusions = {
            SINGLE_HYBRID: part_of(whole, (HYBRID,), ()),
            HYBRID_ALONE: part_of(whole, (HYBRID,), (HYBRID_UNSEEN,)),
            HYBRIDS_ALONE: part_of(whole, (HYBRID, HYBRID_BETWEEN), (HYBRID_UNSEEN,)),
            UNSEEN_LAST: part_of(whole, tuple(WEIGHTS), ()),
            PUBLISHED: whole,
        }
        for name, fusion in fusions.items():
            label, task = next(iter(tasks.items()))
            fusion.join(task.interactions)
            found[name] = self.measured(name, tasks, fusion, sum(found[part][label].seconds for part in fusion.members))
        return found


def part_of(whole: RankFusion, seen: tuple[str, ...], unseen: tuple[str, ...]) -> RankFusion:
    """Some of what is published; items that nobody played stand last where nothing is to rank them."""
    weights = {name: whole.weights[name] for name in seen}
    of_unseen = {name: sum(weights.values()) / len(unseen) for name in unseen}
    members = {name: whole.members[name] for name in (*seen, *unseen)}
    return RankFusion(members, weights=weights, unseen_weights=of_unseen, settings=whole.settings)


def run_warm(bench: Bench, world: World, seed: int) -> Results:
    """By candidate, on one split."""
    label = f"warm-{seed}"
    tasks = {label: warm_task(world, seed)}
    found = {name: bench.peer(name, tasks, peer) for name, peer in peers().items()} | bench.ours(tasks)
    return {name: results[label] for name, results in found.items()}


def run_cold(bench: Bench, world: World, seed: int, tags: TagsKnown) -> tuple[Results, Results]:
    """By candidate, ranking among the cold artists and in the full catalogue."""
    short = tags.replace(" ", "-")
    among, full = f"cold-{short}-{seed}", f"cold-{short}-full-{seed}"
    task = cold_task(world, seed, tags)
    tasks = {among: task, full: in_full_catalogue(task)}
    # The peers cannot tell items apart that nobody played.
    found = bench.ours(tasks)
    return (
        {name: results[among] for name, results in found.items()},
        {name: results[full] for name, results in found.items()},
    )
