"""Fit and measure everybody on a task, each once; what was measured before is not measured again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from rich.console import Console

from benches.recommender.keeping import Keeping
from benches.recommender.lineup import COLD_PEERS, PUBLISHED, SAYS, WITHOUT_ROUTE, peers
from benches.recommender.measuring import Measured, measure
from benches.recommender.splits import TagsKnown, Task, cold_task, in_full_catalogue, warm_task
from benches.recommender.world import World
from ml.recommender.protocol import StoredCandidate
from ml.recommender.published import HYBRID_UNSEEN, published
from ml.recommender.rank_fusion import RankFusion

Results = Mapping[str, Measured]


@dataclass(frozen=True)
class Bench:
    """Where figures go."""

    keeping: Keeping
    console: Console

    def one(
        self,
        name: str,
        tasks: Mapping[str, Task],
        candidate: StoredCandidate,
        prepare: Callable[[Task], None],
        *,
        always: bool = False,
    ) -> Results:
        """Figures on tasks that differ in what is asked only; prepared where one is not known yet, or always."""
        found = {label: known for label in tasks if (known := self.keeping.find(label, name))}
        missing = [label for label in tasks if label not in found]
        if missing or always:
            begin = time.perf_counter()
            prepare(next(iter(tasks.values())))
            seconds = time.perf_counter() - begin
            for label in missing:
                found[label] = measure(candidate, tasks[label], seconds)
                self.keeping.keep(label, name, found[label])
                self._say(label, name, found[label])
        return found

    def _say(self, label: str, name: str, measured: Measured) -> None:
        ndcg, recall = measured.means["ndcg_at_10"], measured.means["recall_at_20"]
        self.console.print(
            f"{label}: {SAYS[name]}: NDCG@10 {ndcg:.4f}, recall@20 {recall:.4f}, {measured.seconds:.1f} s"
        )

    def fitted(
        self, name: str, tasks: Mapping[str, Task], candidate: StoredCandidate, *, always: bool = False
    ) -> Results:
        return self.one(
            name, tasks, candidate, lambda task: candidate.fit(task.interactions, task.features), always=always
        )

    def ours(self, tasks: Mapping[str, Task]) -> dict[str, Results]:
        """What is published, with and without its route for unseen items, and each part of it, fitted once."""
        whole = published()
        alone = RankFusion(whole.members, weights=whole.weights, settings=whole.settings)
        fusions = {WITHOUT_ROUTE: alone, PUBLISHED: whole}
        is_needed = not all(self.keeping.find(label, name) for label in tasks for name in fusions)
        parts = {**whole.members, **({HYBRID_UNSEEN: whole.unseen_route} if whole.unseen_route else {})}
        found = {name: self.fitted(name, tasks, part, always=is_needed) for name, part in parts.items()}
        for name, fusion in fusions.items():
            found[name] = self.one(name, tasks, fusion, partial(_join, fusion))
        return found


def _join(fusion: RankFusion, task: Task) -> None:
    fusion.join(task.interactions)


def run_warm(bench: Bench, world: World, seed: int) -> Results:
    """By candidate, on one split."""
    label = f"warm-{seed}"
    tasks = {label: warm_task(world, seed)}
    found = {name: bench.fitted(name, tasks, peer) for name, peer in peers().items()} | bench.ours(tasks)
    return {name: results[label] for name, results in found.items()}


def run_cold(bench: Bench, world: World, seed: int, tags: TagsKnown) -> tuple[Results, Results]:
    """By candidate, ranking among the cold artists and in the full catalogue."""
    short = tags.replace(" ", "-")
    among, full = f"cold-{short}-{seed}", f"cold-{short}-full-{seed}"
    task = cold_task(world, seed, tags)
    tasks = {among: task, full: in_full_catalogue(task)}
    able = {name: peer for name, peer in peers().items() if name in COLD_PEERS}
    found = {name: bench.fitted(name, tasks, peer) for name, peer in able.items()} | bench.ours(tasks)
    return (
        {name: results[among] for name, results in found.items()},
        {name: results[full] for name, results in found.items()},
    )
