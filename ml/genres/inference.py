"""The family of artists of whom nobody says it: from who listens to them, playlists, their sound and their names.

Weights of the evidence are learnt from the artists whose family is known, and so is how sure the answer is. Where the
evidence comes from is the caller's business, what becomes of the answer is in artists.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.errors import InconsistentInputError
from ml.genres.audio import audio_values
from ml.genres.calibration import calibrated, expected_calibration_error, softmax
from ml.genres.combining import Evidence, Pool, fit_pool
from ml.genres.name_patterns import NAME_PATTERNS
from ml.genres.name_pieces import name_matrix
from ml.genres.names import normalise_name
from ml.genres.neighbours import context_scores, known_prior, row_count

UNCLASSIFIED = "unclassified"
BY_NEIGHBOURS, BY_PLAYLISTS, BY_SOUND, BY_NAME, BY_POPULARITY = (
    "inferred_neighbours",
    "inferred_playlists",
    "inferred_audio",
    "inferred_name",
    "inferred_popularity",
)
INFERRED_FAMILIES_SCHEMA = pa.schema(
    [
        ("artist", pa.int64()),
        ("family", pa.string()),
        ("probability", pa.float64()),
        ("source", pa.string()),
    ]
)
LEAST_NAME_CONFIDENCE = 0.5
"""Of a guess behind which there is nothing but a name and how popular the artist is."""
LEAST_SAID = 0.15
"""By these two for that guess, as a logarithm: what most artists are is likely without a look at either."""
POPULARITY_STEP = 20.0
MOST_LEARNT_FROM = 40_000
"""Artists: the weights do not change with more, and the time does."""
FOLDS = 5
NAME_DOUBT = 4.0
LEAST_COMPANY = 1e-6
"""Weight of known company: what is left of an artist's own after it was taken out is no company."""
DIGITS = 6
"""Of a probability that is stored: more would differ with the number of threads of linear algebra."""


@dataclass(frozen=True)
class Labels:
    """What is known of families: artists by families, each row a distribution, or zeros where nothing is known.

    Weights are learnt from it: what the Spotify Web API says of genres may not be in it.
    """

    families: tuple[str, ...]
    weights: NDArray[np.float64]

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return np.asarray(self.weights.any(axis=1))


@dataclass(frozen=True)
class Judged:
    """How well artists with a known family are guessed by weights that were not learnt from them."""

    artists: int
    family_top1: float
    majority_top1: float
    calibration_error: float


@dataclass(frozen=True)
class Inference:
    """A distribution over families for every artist, of those with a known family too: what the others say of them."""

    families: tuple[str, ...]
    probabilities: NDArray[np.float64]
    source: NDArray[np.object_]
    """What speaks loudest for the likeliest family, or `unclassified`."""
    judged: Judged

    @property
    def best(self) -> NDArray[np.int64]:
        """Position of the likeliest family."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> NDArray[np.float64]:
        return self.probabilities.max(axis=1)

    @property
    def is_classified(self) -> NDArray[np.bool_]:
        return self.source != UNCLASSIFIED

    def table(self, least: float = 0.05) -> pa.Table:
        """A row for each family of probability `least` or more of each classified artist, and always for its likeliest.

        `artist` is the position among the names; rows are ordered by artist and falling probability.
        """
        wanted = self.probabilities >= least
        wanted[np.arange(len(wanted)), self.best] = True
        artist, family = np.nonzero(wanted & self.is_classified[:, None])
        probability = np.round(self.probabilities[artist, family], DIGITS)
        order = np.lexsort((family, -probability, artist))
        names = np.array(self.families, dtype=object)[family[order]]
        columns = [artist[order], names, probability[order], self.source[artist[order]]]
        return pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, INFERRED_FAMILIES_SCHEMA.types, strict=True)],
            schema=INFERRED_FAMILIES_SCHEMA,
        )


def infer_families(
    names: Sequence[str],
    labels: Labels,
    *,
    plays: sp.csr_matrix | None = None,
    playlists: sp.csr_matrix | None = None,
    audio: NDArray[np.float64] | None = None,
    popularity: NDArray[np.float64] | None = None,
) -> Inference:
    """What kind of music each artist makes, as far as the company it keeps, its sound and its name tell.

    Args:
        names: one per artist, empty where there is none; an artist is a position in here and in all that follows.
        labels: the artists whose family is known.
        plays: artists by listeners, or by the sessions or days of a few listeners; what is stored counts as one.
        playlists: artists by playlists.
        audio: artists by audio features, NaN where unknown.
        popularity: 0 to 100, NaN where unknown.

    Raises:
        InconsistentInputError: the inputs do not speak of the same artists, or there is no family to choose from.
    """
    told = (("plays", plays), ("playlists", playlists), ("audio", audio), ("popularity", popularity))
    _check_rows(names, labels, told)
    evidence: list[Evidence] = []
    has_company = np.zeros(len(names), dtype=np.bool_)
    for source, contexts in ((BY_NEIGHBOURS, plays), (BY_PLAYLISTS, playlists)):
        if contexts is not None:
            block, known_weight = _company(source, contexts, labels, discount=0.5, doubt=1.0)
            evidence.append(block)
            has_company |= known_weight > 0
    if audio is not None:
        values = audio_values(audio)
        evidence.append(Evidence(BY_SOUND, values, np.zeros((values.shape[1], len(labels.families)))))
        has_company |= values.any(axis=1)
    evidence.append(_company(BY_NAME, name_matrix(names), labels, discount=0.0, doubt=NAME_DOUBT)[0])
    evidence.append(_patterns(names, labels))
    if popularity is not None:
        evidence.append(_popularity(popularity, labels))
    return _answer(tuple(evidence), labels, has_company)


def _check_rows(
    names: Sequence[str],
    labels: Labels,
    told: Sequence[tuple[str, sp.csr_matrix | NDArray[np.float64] | None]],
) -> None:
    if not labels.families or labels.weights.shape[1] != len(labels.families):
        raise InconsistentInputError(
            f"{len(labels.families)} families have {labels.weights.shape[1]} columns of labels"
        )
    for what, given in (("labels", labels.weights), *told):
        if given is not None and (rows := row_count(given)) != len(names):
            raise InconsistentInputError(f"{len(names)} artists have names and {rows} rows are {what}")


def guess_by_company(source: str, contexts: sp.csr_matrix, labels: Labels) -> Inference:
    """The same from one kind of company alone, nothing learnt: for data that may train no model.

    Evidence is weighed as it is by default; those without known company are `unclassified`. How often it is right is
    not looked at either.

    Raises:
        InconsistentInputError: company and labels do not speak of the same artists.
    """
    evidence, known_weight = _company(source, contexts, labels, discount=0.5, doubt=1.0)
    scores = evidence.values @ evidence.default + np.log(known_prior(labels.weights))
    has_company = known_weight > LEAST_COMPANY
    sources = np.where(has_company, source, UNCLASSIFIED).astype(object)
    return Inference(labels.families, softmax(np.asarray(scores, np.float64)), sources, Judged(0, 0.0, 0.0, 0.0))


def _company(
    source: str, contexts: sp.csr_matrix, labels: Labels, *, discount: float, doubt: float
) -> tuple[Evidence, NDArray[np.float32]]:
    scores = context_scores(contexts, labels.weights, discount=discount, doubt=doubt)
    # As fitted on the artists of Last.fm: listeners' mean says most of it, the sum of logarithms the rest.
    one_each = np.eye(len(labels.families))
    weights = (0.5, 0.4) if source != BY_NAME else (0.0, 0.25)
    default = np.vstack([weights[0] * one_each, weights[1] * one_each])
    return Evidence(source, np.hstack([scores.share, scores.lift]), default), scores.known_weight


def _patterns(names: Sequence[str], labels: Labels) -> Evidence:
    """NAME_PATTERNS: with nothing else at hand their families come out as likely as they are judged to be."""
    prior = known_prior(labels.weights)
    values = np.zeros((len(names), len(labels.families)), dtype=np.float32)
    places = {family: place for place, family in enumerate(labels.families)}
    for row, name in enumerate(names):
        normalised = normalise_name(name)
        for pattern, genre, confidence in NAME_PATTERNS:
            if pattern.search(normalised):
                if genre in places:
                    usual = prior[places[genre]]
                    values[row, places[genre]] = np.log(confidence / (1 - confidence) * (1 - usual) / usual)
                break
    return Evidence(BY_NAME, values, np.eye(len(labels.families)))


def _popularity(popularity: NDArray[np.float64], labels: Labels) -> Evidence:
    """How popular, in five steps of which each says what is learnt of it; zeros where it is unknown."""
    steps = np.arange(0.0, 100.0, POPULARITY_STEP)
    step = np.minimum(np.floor(popularity / POPULARITY_STEP) * POPULARITY_STEP, steps[-1])
    values = (step[:, None] == steps).astype(np.float32)
    return Evidence(BY_POPULARITY, values, np.zeros((len(steps), len(labels.families))))


def _answer(evidence: tuple[Evidence, ...], labels: Labels, has_company: NDArray[np.bool_]) -> Inference:
    learnt_from = np.random.default_rng(0).permutation(np.flatnonzero(labels.is_known))[:MOST_LEARNT_FROM]
    base = np.log(known_prior(labels.weights))
    truth = labels.weights[learnt_from].argmax(axis=1)
    held_out = np.zeros((len(learnt_from), len(labels.families)))
    fold = np.arange(len(learnt_from)) % FOLDS
    for own in (fold == number for number in range(min(FOLDS, len(learnt_from)))):
        pool = fit_pool(evidence, learnt_from[~own], truth[~own], base)
        held_out[own] = softmax(pool.scores(evidence, learnt_from[own]))
    guesses = _Guesses(held_out, truth, has_company[learnt_from])
    pool = fit_pool(evidence, learnt_from, truth, base)
    every = np.ones(len(learnt_from), dtype=np.bool_)
    probabilities = guesses.calibrate(softmax(pool.scores(evidence, slice(None))), has_company, every)
    source = _sources(pool, evidence, probabilities, has_company)
    return Inference(labels.families, probabilities, source, _judge(guesses, fold))


@dataclass(frozen=True)
class _Guesses:
    """What is guessed of known artists by weights that were not learnt from them, and their family."""

    probabilities: NDArray[np.float64]
    truth: NDArray[np.int64]
    has_company: NDArray[np.bool_]

    @property
    def is_right(self) -> NDArray[np.bool_]:
        return np.asarray(self.probabilities.argmax(axis=1) == self.truth)

    def calibrate(
        self, probabilities: NDArray[np.float64], has_company: NDArray[np.bool_], learnt_from: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """With the guesses `learnt_from`; those of a name alone are right less often and have a curve of their own."""
        mended = probabilities.copy()
        for kind in (True, False):
            own, like = has_company == kind, learnt_from & (self.has_company == kind)
            if own.any():
                mended[own] = calibrated(probabilities[own], self.probabilities[like].max(axis=1), self.is_right[like])
        return mended


def _sources(
    pool: Pool, evidence: tuple[Evidence, ...], probabilities: NDArray[np.float64], has_company: NDArray[np.bool_]
) -> NDArray[np.object_]:
    said = pool.speaks_for(evidence, slice(None), probabilities.argmax(axis=1))
    sources = np.array([block.source for block in evidence], dtype=object)
    source = sources[said.argmax(axis=1)]
    by_name, by_popularity = (said[:, sources == each].sum(axis=1) for each in (BY_NAME, BY_POPULARITY))
    source[~has_company] = np.where(by_popularity > by_name, BY_POPULARITY, BY_NAME)[~has_company]
    # Rounded: a pattern that is judged to be right half of the time is as sure as that.
    is_sure = np.round(probabilities.max(axis=1), DIGITS) >= LEAST_NAME_CONFIDENCE
    is_telling = is_sure & (by_name + by_popularity >= LEAST_SAID)
    source[~has_company & ~is_telling] = UNCLASSIFIED
    return source


def _judge(guesses: _Guesses, fold: NDArray[np.int64]) -> Judged:
    """By guesses that were neither learnt from nor calibrated with the artist who is guessed."""
    if not len(fold):
        return Judged(0, 0.0, 0.0, 0.0)
    confidence = np.zeros(len(fold))
    for number in range(min(FOLDS, len(fold))):
        own = fold == number
        mended = guesses.calibrate(guesses.probabilities[own], guesses.has_company[own], ~own)
        confidence[own] = mended.max(axis=1)
    error = expected_calibration_error(confidence, guesses.is_right)
    usual = float(np.bincount(guesses.truth).max() / len(fold))
    return Judged(len(fold), float(guesses.is_right.mean()), usual, error)
