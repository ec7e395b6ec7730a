"""Artists whose family is known, some of them hidden: what is guessed of those, and how good that is.

The guesses are those of ml/genres/inference.py and of the plainer ways beside which they have to stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.genres.calibration import expected_calibration_error
from ml.genres.inference import BY_NEIGHBOURS, Labels, guess_by_company, infer_families
from ml.genres.name_patterns import NAME_PATTERNS
from ml.genres.names import normalise_name

HIDDEN_SHARE = 0.3
POPULAR_SHARE = 0.1
"""Of the artists, whom the rules of popularity take for pop."""
NEIGHBOURS = (1, 10, 30, 60, 100)
RESAMPLES = 2000
NONE = -1


@dataclass(frozen=True)
class World:
    """Artists, what is known of them, and the truth."""

    title: str
    names: list[str]
    labels: Labels
    popularity: NDArray[np.float64]
    plays: sp.csr_matrix | None = None
    playlists: sp.csr_matrix | None = None
    audio: NDArray[np.float64] | None = None
    nearness: sp.csr_matrix = field(default_factory=lambda: sp.csr_matrix((0, 0)))
    """What plain nearest neighbours are looked for in, by cosine."""
    may_hide: NDArray[np.bool_] | None = None
    """Of whom some are hidden, all known artists where nothing is said."""

    @property
    def truth(self) -> NDArray[np.int64]:
        return np.where(self.labels.is_known, self.labels.weights.argmax(axis=1), NONE)

    @property
    def candidates(self) -> NDArray[np.int64]:
        """The artists with a known family, of those that may be hidden."""
        return np.flatnonzero(self.labels.is_known if self.may_hide is None else self.labels.is_known & self.may_hide)

    def hide(self, seed: int) -> tuple[World, NDArray[np.int64]]:
        """The same without what is known of a part of the artists, and those artists."""
        known = self.candidates
        hidden = known[np.random.default_rng(seed).random(len(known)) < HIDDEN_SHARE]
        weights = self.labels.weights.copy()
        weights[hidden] = 0
        return replace(self, labels=Labels(self.labels.families, weights)), hidden


@dataclass(frozen=True)
class Guesses:
    """Of the hidden artists: the family, NONE for no answer, and how sure."""

    family: NDArray[np.int64]
    confidence: NDArray[np.float64]


Guesser = Callable[[World, NDArray[np.int64]], Guesses]


def ours(seen: World, hidden: NDArray[np.int64]) -> Guesses:
    found = infer_families(seen.names, seen.labels, plays=seen.plays, playlists=seen.playlists, audio=seen.audio)
    family = np.where(found.is_classified, found.best, NONE)
    return Guesses(family[hidden], found.confidence[hidden])


def untrained(seen: World, hidden: NDArray[np.int64]) -> Guesses:
    """By company alone, weighed as it is by default: for data from which nothing may be learnt."""
    contexts = seen.plays if seen.plays is not None else seen.playlists
    found = guess_by_company(BY_NEIGHBOURS, contexts if contexts is not None else seen.nearness, seen.labels)
    return Guesses(np.where(found.is_classified, found.best, NONE)[hidden], found.confidence[hidden])


def majority(seen: World, hidden: NDArray[np.int64]) -> Guesses:
    usual = np.bincount(seen.truth[seen.candidates]).argmax()
    return Guesses(np.full(len(hidden), usual), np.ones(len(hidden)))


def rules(seen: World, hidden: NDArray[np.int64]) -> Guesses:
    """Patterns of names, then popular artists are pop, then no answer."""
    places = {family: place for place, family in enumerate(seen.labels.families)}
    popular = seen.popularity >= np.quantile(seen.popularity, 1 - POPULAR_SHARE)
    family = np.full(len(hidden), NONE)
    for row, artist in enumerate(hidden):
        name = normalise_name(seen.names[artist])
        genre = next((genre for pattern, genre, _ in NAME_PATTERNS if pattern.search(name)), None)
        family[row] = places.get(genre or ("pop" if popular[artist] else ""), NONE)
    return Guesses(family, np.ones(len(hidden)))


def rules_else_majority(seen: World, hidden: NDArray[np.int64]) -> Guesses:
    told, usual = rules(seen, hidden), majority(seen, hidden)
    return Guesses(np.where(told.family == NONE, usual.family, told.family), told.confidence)


def nearest(neighbours: int) -> Guesser:
    """The family most frequent among so many nearest known artists, weighted by cosine."""

    def guess(seen: World, hidden: NDArray[np.int64]) -> Guesses:
        known = np.flatnonzero(seen.labels.is_known)
        lengths = np.sqrt(np.asarray(seen.nearness.multiply(seen.nearness).sum(axis=1)).ravel())
        scaled = sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-12)) @ seen.nearness)
        towards = scaled[known].T.tocsr()
        votes = np.zeros((len(hidden), len(seen.labels.families)))
        count = min(neighbours, len(known))
        for low in range(0, len(hidden), 1000):
            near = (scaled[hidden[low : low + 1000]] @ towards).toarray()
            closest = np.argpartition(-near, count - 1, axis=1)[:, :count]
            family = seen.truth[known][closest]
            rows = low + np.repeat(np.arange(len(near)), count)
            np.add.at(votes, (rows, family.ravel()), np.take_along_axis(near, closest, axis=1).ravel())
        total = votes.sum(axis=1)
        return Guesses(
            np.where(total > 0, votes.argmax(axis=1), NONE), votes.max(axis=1) / np.where(total > 0, total, 1)
        )

    return guess


@dataclass(frozen=True)
class Score:
    """Of one way to guess, over all seeds; hidden artists without an answer count as wrong."""

    family_top1: float
    macro_f1: float
    """Mean over the families of the hidden artists, rare ones as much as others."""
    calibration_error: float
    coverage: float
    right: Mapping[int, NDArray[np.bool_]]
    """By seed, in the order of its hidden artists."""


def score(world: World, guesser: Guesser, seeds: range) -> Score:
    right: dict[int, NDArray[np.bool_]] = {}
    macro: list[float] = []
    families: list[NDArray[np.int64]] = []
    sure: list[NDArray[np.float64]] = []
    for seed in seeds:
        seen, hidden = world.hide(seed)
        guesses = guesser(seen, hidden)
        truth = world.truth[hidden]
        right[seed] = guesses.family == truth
        macro.append(macro_f1(guesses.family, truth))
        families.append(guesses.family)
        sure.append(guesses.confidence)
    family, confidence, is_right = np.concatenate(families), np.concatenate(sure), np.concatenate([*right.values()])
    answered = family != NONE
    return Score(
        float(is_right.mean()),
        float(np.mean(macro)),
        expected_calibration_error(confidence[answered], is_right[answered]),
        float(answered.mean()),
        right,
    )


def macro_f1(guess: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    """Mean over the families that occur in the truth."""
    both = [(guess == family, truth == family) for family in np.unique(truth)]
    return float(np.mean([2 * (guessed & true).sum() / (guessed.sum() + true.sum()) for guessed, true in both]))


def difference(world: World, one: Score, other: Score) -> tuple[float, float, float]:
    """How much more of the hidden artists `one` gets right, and the 95 % interval of it.

    Artists are drawn, each with all the seeds that hid it: the same artist hidden twice is no second witness.
    """
    gained, times = np.zeros(len(world.names)), np.zeros(len(world.names))
    for seed, right in one.right.items():
        _, hidden = world.hide(seed)
        gained[hidden] += right.astype(np.int64) - other.right[seed]
        times[hidden] += 1
    ever = times > 0
    gained, times = gained[ever], times[ever]
    found = [gained[drawn].sum() / times[drawn].sum() for drawn in _draws(len(gained))]
    low, high = np.quantile(found, (0.025, 0.975))
    return float(gained.sum() / times.sum()), float(low), float(high)


def _draws(count: int) -> Iterator[NDArray[np.int64]]:
    chance = np.random.default_rng(0)
    return (chance.integers(0, count, count) for _ in range(RESAMPLES))
