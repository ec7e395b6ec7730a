"""Genres grouped by how listeners combine them, named by their strongest members, and a place for each on a map.

Genres are alike that keep the same company (company.py), whether or not they are heard together themselves. Groups come
from Ward's method, how many there are says the silhouette, and shuffled listening whether there are any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components

from ml.genres.artists import UNCLASSIFIED
from ml.genres.company import Company, Floats, Listening, company_of, listening_of
from ml.genres.mapping import places_on_map
from ml.genres.taxonomy import OTHER

GENRE_CLUSTERS_SCHEMA = pa.schema(
    [
        ("genre", pa.string()),
        ("genre_cluster", pa.string()),
        ("strength", pa.float64()),
        ("is_strongest", pa.bool_()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("plays", pa.int64()),
        ("days", pa.int64()),
    ]
)
MOST_CLUSTERS = 15
SHUFFLES = 9
"""Of the listening, and a division must be clearer than that of each: without any pattern one in ten would be."""
FAINT = 0.2
"""An attraction that is hardly more than chance: a fifth more meetings."""
MOST_NAMES = 3
UNDIVIDED = "all genres"
"""The name of the cluster where listening shows no more than chance would."""
LEAST_OF_STRONGEST = 1 / 3
"""A member names the cluster with the strongest if it has this share of its strength."""
NOWHERE = -1
DIGITS = 6
"""Of what is stored: more would differ with the number of threads of linear algebra."""

Positions = NDArray[np.int64]
_NO_GENRES = pa.array([UNCLASSIFIED, OTHER])


@dataclass(frozen=True)
class GenreClusters:
    """One row per genre that has a cluster, and how clearly the clusters are told apart."""

    table: pa.Table
    silhouette: float
    """Mean over the genres that form clusters, as they are heard: 1 is as clear as can be; 0 for a single cluster."""

    @property
    def count(self) -> int:
        return len(self.table["genre_cluster"].unique())


@dataclass(frozen=True)
class _Grouping:
    """The common genres: vectors of length 1, the cluster of each, and how clear it is there."""

    profiles: Floats
    cluster: Positions
    silhouette: float


def cluster_genres(rows: pa.Table) -> GenreClusters:
    """GENRE_CLUSTERS of the genres in rows of `context`, `genre` and `plays`, whatever the order of the rows.

    Genres that are heard too rarely to form a cluster join the one whose company they keep. Those that no common genre
    attracts more than chance has it have no row, and neither have `unclassified` and `other`.
    """
    is_none = pc.call_function("is_in", [rows["genre"]], pc.SetLookupOptions(_NO_GENRES))
    listening = listening_of(rows.filter(pc.call_function("invert", [is_none])))
    common = listening.common
    if len(common) == 0:
        return GenreClusters(GENRE_CLUSTERS_SCHEMA.empty_table(), 0.0)
    company = company_of(listening, common)
    formed = _formed(company, common, clearer_than=_clearest_by_chance(listening, common))
    cluster, closeness = _joined(company, common, formed)
    strength = _strength(company.weight * closeness, cluster)
    names, strongest = _names(listening.genres, strength, cluster)
    x, y = places_on_map(_distances(formed.profiles), company.attraction, common)
    has_one = np.flatnonzero(cluster != NOWHERE)
    columns = [
        [listening.genres[genre] for genre in has_one],
        [names[cluster[genre]] for genre in has_one],
        np.round(strength, DIGITS)[has_one],
        strongest[has_one],
        x[has_one],
        y[has_one],
        np.asarray(listening.plays.sum(axis=1)).ravel()[has_one],
        listening.contexts[has_one],
    ]
    arrays = [pa.array(column).cast(kind) for column, kind in zip(columns, GENRE_CLUSTERS_SCHEMA.types, strict=True)]
    return GenreClusters(pa.table(arrays, schema=GENRE_CLUSTERS_SCHEMA), round(formed.silhouette, DIGITS))


def _clearest_by_chance(listening: Listening, common: Positions) -> float:
    """The best silhouette of several shuffles, which draw the same lots for the same listening."""
    chance = np.random.default_rng(0)
    silhouettes = [0.0]
    for _ in range(SHUFFLES):
        company = company_of(listening.shuffled(chance), common)
        silhouettes.append(_formed(company, common, clearer_than=0.0).silhouette)
    return max(silhouettes)


def _formed(company: Company, common: Positions, *, clearer_than: float) -> _Grouping:
    """Clusters of the common genres; those that no chain of meetings joins share none."""
    groups, group = connected_components(sp.csr_matrix(company.meets[common]), directed=False)
    profiles = _profiles(company.attraction[common])
    weight = company.weight[common] / company.weight[common].sum()
    cluster, silhouette = np.full(len(common), NOWHERE, dtype=np.int64), 0.0
    for each in range(groups):
        members = np.flatnonzero(group == each)
        division, clear = _divided(_distances(profiles[members]), weight[members], clearer_than)
        cluster[members] = division + cluster.max() + 1
        silhouette += clear * float(weight[members].sum())
    return _Grouping(profiles, cluster, silhouette)


def _profiles(attraction: Floats) -> Floats:
    """The company of each common genre as a vector of length 1.

    A genre is as near to itself as to its best companion, else two that meet nobody but each other would have nothing
    in common. And a direction is its own, lest the faintest company decide where there is no other.
    """
    profiles = np.hstack([attraction + np.diag(attraction.max(axis=1)), FAINT * np.eye(len(attraction))])
    return profiles / _length(profiles)


def _length(vectors: Floats) -> Floats:
    """Of each row, as a column."""
    return np.asarray(np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float64)


def _distances(profiles: Floats) -> Floats:
    """Between vectors of length 1, rounded so that threads of linear algebra do not show in what is nearest."""
    squares: Floats = np.maximum(2 - 2 * np.round(profiles @ profiles.T, 9), 0)
    return np.asarray(np.sqrt(squares).round(9), dtype=np.float64)


def _divided(distances: Floats, weight: Floats, clearer_than: float) -> tuple[Positions, float]:
    """The division with the best mean silhouette, the coarsest of equals; all together, at 0, where none is clear.

    Genres weigh as they are heard: of the rarer ones each has by chance somebody whom it resembles.
    """
    count = len(distances)
    best, clearest = np.zeros(count, dtype=np.int64), clearer_than
    if count < 3:
        return best, 0.0
    tree = linkage(distances[np.triu_indices(count, 1)], "ward")
    for clusters in range(2, max(2, min(MOST_CLUSTERS, count // 2)) + 1):
        division = fcluster(tree, clusters, "maxclust").astype(np.int64) - 1
        silhouette = float(np.average(_silhouettes(distances, division), weights=weight))
        if silhouette > clearest + 1e-6:
            clearest, best = silhouette, division
    return best, clearest if best.any() else 0.0


def _silhouettes(distances: Floats, division: Positions) -> Floats:
    """How much nearer each is to its own cluster than to the next one, -1 to 1; 0 alone in one (Rousseeuw 1987)."""
    sizes = np.bincount(division)
    if len(sizes) < 2:
        return np.zeros(len(division))
    sums = distances @ np.eye(len(sizes))[division]
    here = np.arange(len(division)), division
    own = sums[here] / np.maximum(sizes[division] - 1, 1)
    means = sums / sizes
    means[here] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    is_told = (sizes[division] > 1) & (larger > 0)
    return np.where(is_told, (other - own) / np.where(is_told, larger, 1), 0)


def _joined(company: Company, common: Positions, formed: _Grouping) -> tuple[Positions, Floats]:
    """The cluster of every genre, NOWHERE without company, and how close it is to the middle of its cluster, 0 to 1."""
    weights = company.weight[common]
    middles = (np.eye(int(formed.cluster.max()) + 1)[formed.cluster] * weights[:, None]).T @ formed.profiles
    middles /= _length(middles)
    profiles = np.zeros((len(company.attraction), formed.profiles.shape[1]))
    profiles[:, : len(common)] = company.attraction / np.hypot(_length(company.attraction), FAINT)
    profiles[common] = formed.profiles
    closeness = np.round(profiles @ middles.T, 9)
    cluster = closeness.argmax(axis=1).astype(np.int64)
    cluster[closeness.max(axis=1) == 0] = NOWHERE
    cluster[common] = formed.cluster
    return cluster, closeness[np.arange(len(cluster)), np.maximum(cluster, 0)]


def _strength(strength: Floats, cluster: Positions) -> Floats:
    """As a share of its cluster's."""
    inside = cluster != NOWHERE
    totals = np.bincount(cluster[inside], weights=strength[inside])
    return np.where(inside, strength / totals[np.maximum(cluster, 0)], 0)


def _names(genres: list[str], strength: Floats, cluster: Positions) -> tuple[list[str], NDArray[np.bool_]]:
    """Each cluster's name, and which genres it is made of."""
    names: list[str] = []
    strongest = np.zeros(len(genres), dtype=bool)
    for each in range(int(cluster.max()) + 1):
        members = np.flatnonzero(cluster == each)
        order = members[np.lexsort((members, -np.round(strength[members], DIGITS)))][:MOST_NAMES]
        chosen = order[strength[order] >= LEAST_OF_STRONGEST * strength[order[0]]]
        strongest[chosen] = True
        names.append(", ".join(genres[genre] for genre in chosen))
    # A single one is no division: named after its strongest, these would look like all there is.
    is_undivided = len(names) == 1 and np.count_nonzero(cluster == 0) > MOST_NAMES
    return [UNDIVIDED] if is_undivided else names, strongest
