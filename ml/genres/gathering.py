"""All that anybody says of the genres of artists: one row per artist, genre and source, each with its weight.

Services are read in evidence.py. Here the catalogue, playlists named after a genre and corrections made by hand join
them, and names become artists. What follows from it is in artists.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.arrow import encode
from ml.errors import InconsistentInputError
from ml.genres.evidence import LASTFM, MUSICBRAINZ, SPOTIFY
from ml.genres.names import normalise_genre, normalise_name
from ml.genres.taxonomy import OTHER, Taxonomy, spelling

CORRECTION, CATALOGUE, PLAYLIST_NAMES = "correction", "catalogue", "playlist_names"
SIMULATION = "simulation"
"""The invented catalogue, for invented artists only: a real one may be called the same."""
SOURCES = (CORRECTION, SPOTIFY, LASTFM, MUSICBRAINZ, CATALOGUE, SIMULATION, PLAYLIST_NAMES)
"""The first that knows a genre of an artist decides."""
OF_THE_WEB_API = frozenset({SPOTIFY, PLAYLIST_NAMES})
"""What came through the Spotify Web API may train no model."""
NOT_TOLD = ("", "unclassified")
"""What is no genre: nothing, and our own word for it."""
_NOT = frozenset({"anti", "kein", "keine", "no", "non", "not", "ohne", "sans", "sin", "without"})
GENRE_EVIDENCE_SCHEMA = pa.schema(
    [
        ("artist_id", pa.string()),
        ("artist_name", pa.string()),
        ("genre", pa.string()),
        ("weight", pa.float64()),
        ("source", pa.string()),
    ]
)


def gather_evidence(
    artists: pa.Table,
    services: pa.Table,
    catalogue: pa.Table,
    *,
    playlists: pa.Table,
    corrections: pa.Table,
    taxonomy: Taxonomy,
) -> pa.Table:
    """GENRE_EVIDENCE of the artists, who are known by normalised name; sorted by artist, source and genre.

    Args:
        artists: artist_id, artist_name, is_invented.
        services: NAMED_EVIDENCE.
        catalogue: artist_name, genre, origin; each row weighs one, and nothing without a genre.
        playlists: playlist_id, playlist_name, artist_name; a playlist named after a genre weighs one.
        corrections: artist_name, genre; what a person put down.
        taxonomy: knows which genre a playlist is named after.

    Raises:
        InconsistentInputError: an artist_id occurs more than once or is missing.
    """
    check_unique(artists)
    said = pd.concat(
        [
            _named(services["artist_name"], services["genre"]).assign(
                weight=services["weight"].to_numpy(), source=services["source"].to_pylist()
            ),
            _of_catalogue(catalogue),
            _of_playlists(playlists, taxonomy),
            _named(corrections["artist_name"], corrections["genre"]).assign(weight=1.0, source=CORRECTION),
        ]
    )
    said = said[(said["name"] != "") & ~said["genre"].isin(NOT_TOLD)]
    known = artists.select(["artist_id", "artist_name", "is_invented"]).to_pandas()
    known["name"] = [normalise_name(name or "") for name in known["artist_name"]]
    rows = known.merge(said, on="name")
    rows = rows[(rows["source"] != SIMULATION) | rows["is_invented"]]
    keys = ["artist_id", "artist_name", "source", "genre"]
    rows = rows.groupby(keys, as_index=False)["weight"].sum().sort_values(["artist_id", "source", "genre"])
    return pa.Table.from_pandas(rows[GENRE_EVIDENCE_SCHEMA.names], schema=GENRE_EVIDENCE_SCHEMA, preserve_index=False)


def corrections_amiss(corrections: pa.Table, artists: pa.Table, taxonomy: Taxonomy) -> list[str]:
    """What is wrong with corrections, a sentence each: nobody is called so, no such genre, or two at once."""
    known = {normalise_name(name) for name in artists["artist_name"].to_pylist() if name}
    families: dict[str, set[str]] = {}
    amiss: list[str] = []
    for artist, genre in zip(corrections["artist_name"].to_pylist(), corrections["genre"].to_pylist(), strict=True):
        name, word = normalise_name(artist or ""), normalise_genre(genre or "")
        family = taxonomy.match(word).family
        if name not in known:
            amiss.append(f"nobody is called {artist!r}")
        elif word in NOT_TOLD or family == OTHER:
            amiss.append(f"{artist!r} is given {genre!r}, which is no known genre")
        families.setdefault(name, set()).add(family)
    amiss += [f"{name!r} is given several families" for name, told in families.items() if len(told) > 1]
    return amiss


def check_unique(artists: pa.Table) -> None:
    """Refuses artists that could not be told apart.

    Raises:
        InconsistentInputError: an artist_id occurs more than once or is missing.
    """
    _, codes = encode(artists["artist_id"])
    if len(codes) and (codes.min() < 0 or len(np.unique(codes)) != len(codes)):
        raise InconsistentInputError("artists must have one row per artist_id, and every row an artist_id")


def _named(artist_names: pa.ChunkedArray, genres: pa.ChunkedArray) -> pd.DataFrame:
    """Normalised names and genres, empty where there is none; worked out once for each spelling."""
    names, name_codes = encode(artist_names)
    words, genre_codes = encode(genres)
    # Position -1, nothing said, finds the entry appended last.
    spelt = np.array([*(normalise_name(name) for name in names), ""], dtype=object)
    worded = np.array([*(normalise_genre(word) for word in words), ""], dtype=object)
    return pd.DataFrame({"name": spelt[name_codes], "genre": worded[genre_codes]})


def _of_catalogue(catalogue: pa.Table) -> pd.DataFrame:
    rows = _named(catalogue["artist_name"], catalogue["genre"])
    is_invented = np.array([origin == "generated" for origin in catalogue["origin"].to_pylist()], dtype=bool)
    rows["source"] = np.where(is_invented, SIMULATION, CATALOGUE)
    return rows.groupby(["name", "genre", "source"], as_index=False).size().rename(columns={"size": "weight"})


def _of_playlists(playlists: pa.Table, taxonomy: Taxonomy) -> pd.DataFrame:
    rows = _named(playlists["artist_name"], playlists["playlist_name"])
    rows["playlist"] = playlists["playlist_id"].to_pylist()
    rows = rows.drop_duplicates()
    named_after = {title: _genre_in(title, taxonomy) for title in rows["genre"].unique()}
    rows["genre"] = rows["genre"].map(named_after).astype(object)
    return rows.assign(weight=1.0, source=PLAYLIST_NAMES).drop(columns="playlist")


def _genre_in(title: str, taxonomy: Taxonomy) -> str:
    """The genre that a playlist's title names, empty where it names none."""
    match = taxonomy.match(title)
    if match.family == OTHER or _NOT & set(spelling(title).split()):
        return ""
    return match.genre if match.matched_by in {"exact", "alias"} else match.parent
