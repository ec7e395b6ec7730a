"""Asks all sets of questions of the listeners of a home, and works out the figures."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, fields

import duckdb

from benches.ask.homes import Home
from benches.report import Figures
from tests.questions.asking import Asked, Asks, Guard, Leak, ask_answerable, ask_refused, put
from tests.questions.expected import Examiner, Skipped
from tests.questions.questions import answerable, hostile, paraphrases, refused
from tests.questions.scoring import Outcome

FRESH_QUESTION = "Who are my top 5 artists?"
FRESH_RUNS = 3


@dataclass(frozen=True)
class Examination:
    """What came of every question."""

    answerable: list[Asked]
    paraphrases: list[Asked]
    kept_aside: list[Asked]
    refused: list[Asked]
    leaks: list[Leak]
    changed: list[str]
    """Questions that were answered otherwise when they were asked again."""
    skipped: list[Skipped]

    @property
    def all(self) -> list[Asked]:
        return [*self.answerable, *self.paraphrases, *self.kept_aside, *self.refused]

    def figures(self) -> Figures:
        told = [*self.answerable, *self.paraphrases, *self.kept_aside]
        return {
            "match": share(self.answerable, "right"),
            "paraphrase_match": share(self.paraphrases, "right"),
            "kept_aside_match": share(self.kept_aside, "right"),
            "silently_wrong": share(self.all, "wrong"),
            "refusal": share(self.refused, "refused"),
            "refused_wrongly": share(told, "refused"),
            "crashes": sum(asked.outcome == "crashed" for asked in self.all),
            "hostile_leaks": len(self.leaks),
            "same_again": not self.changed,
            "p95_ms": 1000 * percentile([asked.seconds for asked in self.all], 0.95),
            "median_ms": 1000 * percentile([asked.seconds for asked in self.all], 0.5),
            "questions": len(self.answerable),
            "paraphrased": len(self.paraphrases),
            "kept_aside": len(self.kept_aside),
            "refusable": len(self.refused),
            "skipped": len(self.skipped),
        }


def together(examinations: Sequence[Examination]) -> Examination:
    """Those of several listeners as one."""
    return Examination(
        **{
            part.name: [each for examination in examinations for each in getattr(examination, part.name)]
            for part in fields(Examination)
        }
    )


def examine(home: Home, listener: str, *, one_in: int, again_one_in: int) -> Examination:
    """One in so many questions of one listener, and of those again one in so many of an assistant opened anew.

    What is kept aside is asked whole: half of sixty would say little.
    """
    # Closed before the assistant opens the same file in its own way.
    with closing(duckdb.connect(str(home.warehouse), read_only=True)) as connection:
        examiner = Examiner.of(connection, listener)
        answerables, skipped = examiner.cases(answerable())
        others, others_skipped = examiner.cases(paraphrases("paraphrases"))
        aside, aside_skipped = examiner.cases(paraphrases("kept_aside"))
        to_refuse, not_refused = examiner.refused(refused())
        guard = Guard.of(examiner)
    assistant = home.assistant(listener)
    examination = Examination(
        answerable=ask_answerable(assistant, answerables[::one_in]),
        paraphrases=ask_answerable(assistant, others[::one_in]),
        kept_aside=ask_answerable(assistant, aside),
        refused=ask_refused(assistant, to_refuse[::one_in]),
        leaks=guard.attack(assistant, hostile()),
        changed=[],
        skipped=[*skipped, *others_skipped, *aside_skipped, *not_refused],
    )
    examination.changed.extend(changed(home.assistant(listener), examination.all[::again_one_in]))
    return examination


def changed(assistant: Asks, asked: Sequence[Asked]) -> list[str]:
    """The questions of which something else comes than before."""
    again = [(each, put(assistant, each.case.question, each.case.as_of)[0]) for each in asked]
    return [each.case.question for each, came in again if each.outcome != "crashed" and came != each.came]


def fresh_seconds(home: Home, listener: str) -> float:
    """Processor time of `tunegenie ask` as a process of its own, the middle of three.

    Raises:
        BenchError: it failed.
    """
    runs = [home.command("ask", FRESH_QUESTION, "--listener", listener) for _ in range(FRESH_RUNS)]
    return statistics.median(run.cpu_seconds for run in runs)


def share(asked: Sequence[Asked], outcome: Outcome) -> float:
    """Share of the questions that came out so; no number where there are none."""
    return sum(each.outcome == outcome for each in asked) / len(asked) if asked else math.nan


def percentile(values: Sequence[float], share_below: float) -> float:
    """The least value that so large a share does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share_below * len(ranked)) - 1)] if ranked else math.nan
