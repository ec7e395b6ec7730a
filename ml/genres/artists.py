"""A genre for every artist: what services say, else the catalogue, else the name, else `unclassified`.

Evidence is taken in that order and each row says which it was. The name patterns are few on purpose: a wrong genre
does more harm to the analytics than none. What services say is gathered in evidence.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml.arrow import encode
from ml.errors import InconsistentInputError
from ml.genres.evidence import LASTFM, MUSICBRAINZ, SPOTIFY
from ml.genres.name_patterns import NAME_PATTERNS
from ml.genres.names import normalise_genre, normalise_name

UNCLASSIFIED = "unclassified"
ARTIST_GENRES_SCHEMA = pa.schema(
    [
        ("artist_id", pa.string()),
        ("artist_name", pa.string()),
        ("primary_genre", pa.string()),
        ("genre_source", pa.string()),
        ("confidence", pa.float64()),
        ("training_genre", pa.string()),
    ]
)
Known = dict[str, tuple[str, float]]
"""Genre and confidence by normalised name."""
CATALOGUE = "catalogue"
SIMULATION = "simulation"
"""The invented catalogue, for invented artists only: a real one may be called the same."""
SOURCES = (SPOTIFY, LASTFM, MUSICBRAINZ, CATALOGUE)
"""The first that knows an artist decides."""


def classify_artists(artists: pa.Table, catalogue: pa.Table, evidence: pa.Table) -> pa.Table:
    """ARTIST_GENRES: one row per artist of `artists` (artist_id, artist_name, is_invented), sorted by artist_id.

    An artist is found in `evidence` (GENRE_EVIDENCE) and in the catalogue by normalised name. The first source of
    SOURCES that knows it gives the genre with the greatest weight (of equals the first by name), with its share of that
    source's weight as confidence; a row of the catalogue weighs one, and nothing without a genre. `training_genre` is
    the genre without what the Spotify Web API said, whose data may train no model.

    Raises:
        InconsistentInputError: an artist_id occurs more than once or is missing.
    """
    artists = artists.select(["artist_id", "artist_name", "is_invented"]).sort_by("artist_id").combine_chunks()
    _check_unique(artists)
    names, codes = encode(artists["artist_name"])
    invented = artists["is_invented"].to_numpy().astype(bool)
    is_generated = pc.call_function("equal", [catalogue["origin"], pa.scalar("generated")])
    known = _known_genres(evidence)
    known[CATALOGUE] = _catalogue_genres(catalogue.filter(pc.call_function("invert", [is_generated])))
    known[SIMULATION] = _catalogue_genres(catalogue.filter(is_generated))
    columns = [artists["artist_id"], artists["artist_name"].fill_null("")]
    of_real, of_invented = (_by_name(names, known, sources) for sources in (SOURCES, (*SOURCES, SIMULATION)))
    for real, imagined, kind in zip(of_real, of_invented, ARTIST_GENRES_SCHEMA.types[2:], strict=True):
        values = np.where(invented, imagined[codes], real[codes])
        columns.append(pa.array(values, kind))
    return pa.table(columns, schema=ARTIST_GENRES_SCHEMA)


def _by_name(names: Sequence[str], known: Mapping[str, Known], sources: Sequence[str]) -> list[NDArray[Any]]:
    """For each name genre, source, confidence and the genre to train on; the last entry is for no name."""
    rows = [(*_classify(name, known, sources), _classify(name, known, sources[1:])[0]) for name in names]
    # Position -1, an artist without a name, finds the entry appended last.
    rows.append((UNCLASSIFIED, UNCLASSIFIED, 0.0, UNCLASSIFIED))
    return [np.array(column, dtype=object) for column in zip(*rows, strict=True)]


def _check_unique(artists: pa.Table) -> None:
    _, codes = encode(artists["artist_id"])
    if len(codes) and (codes.min() < 0 or len(np.unique(codes)) != len(codes)):
        raise InconsistentInputError("artists must have one row per artist_id, and every row an artist_id")


def _classify(name: str, known: Mapping[str, Known], sources: Sequence[str]) -> tuple[str, str, float]:
    """Genre, source of the genre, confidence."""
    normalised = normalise_name(name)
    for source in sources:
        if normalised in known[source]:
            genre, confidence = known[source][normalised]
            return genre, source, confidence
    for pattern, genre, confidence in NAME_PATTERNS:
        if pattern.search(normalised):
            return genre, "inferred_name", confidence
    return UNCLASSIFIED, UNCLASSIFIED, 0.0


def _known_genres(evidence: pa.Table) -> dict[str, Known]:
    """By source: of each normalised name the genre with the greatest weight and its share."""
    rows = evidence.to_pandas()
    rows["name"] = [normalise_name(name) for name in rows["artist_name"]]
    return {source: _heaviest(rows[rows["source"] == source]) for source in SOURCES}


def _catalogue_genres(catalogue: pa.Table) -> Known:
    """Normalised artist name to the genre most of its rows carry and the share of the rows that do."""
    names, name_codes = encode(catalogue["artist_name"])
    genres, genre_codes = encode(catalogue["genre"])
    # Several spellings become one name; the mapping runs over distinct spellings, not over rows.
    spelling = pd.Series([normalise_name(name) for name in names], dtype="string")
    wording = pd.Series([normalise_genre(genre) for genre in genres], dtype="string")
    given = (name_codes >= 0) & (genre_codes >= 0)
    rows = pd.DataFrame(
        {
            "name": spelling.iloc[name_codes[given]].to_numpy(),
            "genre": wording.iloc[genre_codes[given]].to_numpy(),
        }
    )
    rows = rows[rows["genre"] != ""]
    return _heaviest(rows.assign(weight=1.0))


def _heaviest(rows: pd.DataFrame) -> Known:
    """Of each name its heaviest genre and the share of the weight; rows are name, genre and weight."""
    weights = rows.groupby(["name", "genre"], as_index=False)["weight"].sum()
    weights["share"] = weights["weight"] / weights.groupby("name")["weight"].transform("sum")
    order = weights.assign(lightness=-weights["weight"]).sort_values(["name", "lightness", "genre"])
    best = order.drop_duplicates("name")
    return {name: (genre, share) for name, genre, share in zip(best["name"], best["genre"], best["share"], strict=True)}
