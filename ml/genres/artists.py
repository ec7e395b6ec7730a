"""A genre for every artist: what somebody tells, else what the company it keeps says, else its name, else nothing.

Evidence is taken in that order and each row says which it was. Who tells what is gathered in gathering.py, guesses are
made in guessing.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ml.genres.confidence import told_confidence
from ml.genres.gathering import CORRECTION, OF_THE_WEB_API, SOURCES, check_unique
from ml.genres.inference import BY_NAME, LEAST_NAME_CONFIDENCE
from ml.genres.name_patterns import NAME_PATTERNS
from ml.genres.names import normalise_name
from ml.genres.taxonomy import OTHER

UNCLASSIFIED = "unclassified"
ARTIST_GENRES_SCHEMA = pa.schema(
    [
        ("artist_id", pa.string()),
        ("artist_name", pa.string()),
        ("primary_genre", pa.string()),
        ("genre_family", pa.string()),
        ("genre_source", pa.string()),
        ("confidence", pa.float64()),
        ("training_genre", pa.string()),
    ]
)
VERDICT = ["artist_id", "primary_genre", "genre_family", "genre_source", "confidence"]


def classify_artists(artists: pa.Table, evidence: pa.Table, guesses: pa.Table, families: Mapping[str, str]) -> pa.Table:
    """ARTIST_GENRES: one row per artist of `artists` (artist_id, artist_name), sorted by artist_id.

    The first source of SOURCES that gives an artist a genre with a family decides: the family with the greatest weight,
    and of it the genre with the greatest weight (of equals the first by name). Then come guesses (INFERRED_GENRES, the
    likeliest), then genres that are in no family, then patterns of
    names. `training_genre` is the same without what came through the Spotify Web API, whose data may train no model.

    Args:
        artists: artist_id, artist_name.
        evidence: GENRE_EVIDENCE.
        guesses: INFERRED_GENRES.
        families: family by genre.

    Raises:
        InconsistentInputError: an artist_id occurs more than once or is missing.
    """
    check_unique(artists)
    told = told_families(evidence, families)
    guessed = _likeliest(guesses)
    by_name = _by_name(artists)
    is_free = ~told["genre_source"].isin(OF_THE_WEB_API)
    found = _decide(told, guessed, by_name)
    free = _decide(told[is_free], guessed[guessed["may_train"]], by_name)
    rows = artists.select(["artist_id", "artist_name"]).to_pandas().sort_values("artist_id").reset_index(drop=True)
    rows["artist_name"] = rows["artist_name"].fillna("")
    rows = rows.merge(found, on="artist_id", how="left")
    training = free.set_index("artist_id")["primary_genre"]
    rows["training_genre"] = rows["artist_id"].map(training)
    nothing = dict.fromkeys(("primary_genre", "genre_family", "genre_source", "training_genre"), UNCLASSIFIED)
    rows = rows.fillna({**nothing, "confidence": 0.0})
    return pa.Table.from_pandas(rows[ARTIST_GENRES_SCHEMA.names], schema=ARTIST_GENRES_SCHEMA, preserve_index=False)


def told_families(evidence: pa.Table, families: Mapping[str, str]) -> pd.DataFrame:
    """VERDICT and the family's `share` of the weight, a row for each artist and source that tells of it.

    Genres that are in no family count only where the source gives no others.
    """
    # In one order, so that sums of floats and with them ties come out alike.
    rows = evidence.to_pandas().sort_values(["artist_id", "source", "genre"])
    rows["family"] = rows["genre"].map(families).fillna(OTHER).astype(object)
    group = ["artist_id", "source"]
    has_family = rows["family"].ne(OTHER).groupby([rows[key] for key in group]).transform("any")
    rows = rows[rows["family"].ne(OTHER) | ~has_family.astype(bool)]
    rows["of_family"] = rows.groupby([*group, "family"])["weight"].transform("sum")
    rows["of_source"] = rows.groupby(group)["weight"].transform("sum")
    rows = rows.sort_values(
        [*group, "of_family", "family", "weight", "genre"], ascending=[True, True, False, True, False, True]
    ).drop_duplicates(group)
    verdicts = rows.rename(columns={"genre": "primary_genre", "family": "genre_family", "source": "genre_source"})
    verdicts["confidence"] = 0.0
    for source in verdicts["genre_source"].unique():
        own = verdicts["genre_source"] == source
        weights = (verdicts.loc[own, column].to_numpy(np.float64) for column in ("of_family", "of_source"))
        verdicts.loc[own, "confidence"] = told_confidence(source, *weights)
    # A word that is in no family says nothing of the family.
    is_other = verdicts["genre_family"].eq(OTHER) & verdicts["genre_source"].ne(CORRECTION)
    verdicts.loc[is_other, "confidence"] = 0.0
    return verdicts.assign(share=verdicts["of_family"] / verdicts["of_source"])[[*VERDICT, "share"]]


def _likeliest(guesses: pa.Table) -> pd.DataFrame:
    """VERDICT and may_train: of each artist the likeliest family of each kind of guess."""
    rows = guesses.to_pandas().sort_values(["artist_id", "weight", "family"], ascending=[True, False, True])
    rows = rows.drop_duplicates(["artist_id", "source"])
    return rows.rename(
        columns={"genre": "primary_genre", "family": "genre_family", "source": "genre_source", "weight": "confidence"}
    )[[*VERDICT, "may_train"]]


def _by_name(artists: pa.Table) -> pd.DataFrame:
    """VERDICT of those whose name alone is telling enough."""
    rows: list[tuple[Any, ...]] = []
    for artist_id, name in zip(artists["artist_id"].to_pylist(), artists["artist_name"].to_pylist(), strict=True):
        normalised = normalise_name(name or "")
        for pattern, genre, confidence in NAME_PATTERNS:
            if pattern.search(normalised):
                if confidence >= LEAST_NAME_CONFIDENCE:
                    rows.append((artist_id, genre, genre, BY_NAME, confidence))
                break
    return pd.DataFrame(rows, columns=VERDICT)


def _decide(told: pd.DataFrame, guessed: pd.DataFrame, by_name: pd.DataFrame) -> pd.DataFrame:
    """VERDICT of every artist that anything is known of, by the first evidence in order."""
    in_family = told["genre_family"].ne(OTHER) | told["genre_source"].eq(CORRECTION)
    parts = [
        told[in_family].assign(order=_ranks(told[in_family])),
        guessed.assign(order=float(len(SOURCES)) - guessed["confidence"]),
        told[~in_family].assign(order=len(SOURCES) + 1.0 + _ranks(told[~in_family])),
        by_name.assign(order=3.0 * len(SOURCES)),
    ]
    rows = pd.concat([part[[*VERDICT, "order"]] for part in parts if len(part)] or [told.assign(order=0.0)])
    return rows.sort_values(["artist_id", "order"], kind="stable").drop_duplicates("artist_id")[VERDICT]


def _ranks(told: pd.DataFrame) -> NDArray[np.float64]:
    ranks = {source: float(rank) for rank, source in enumerate(SOURCES)}
    return np.array([ranks[source] for source in told["genre_source"]], dtype=np.float64)
