"""The genres of artists with their shares, as far as a recommender may learn of them, and the families of these.

An artist has the genres of the source that gives it its training genre: nothing that came through the Spotify Web API,
and of a guess, which rests on plays of any time, the one genre that is known of the artist anyway.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from ml.genres.gathering import OF_THE_WEB_API, SOURCES
from ml.genres.taxonomy import OTHER
from ml.recommender.features import NO_GENRE

GENRE_SHARES_SCHEMA = pa.schema(
    [("artist_id", pa.string()), ("genre", pa.string()), ("family", pa.string()), ("share", pa.float64())]
)


def genre_shares(tracks: pa.Table, evidence: pa.Table, families: Mapping[str, str]) -> pa.Table:
    """GENRE_SHARES of the artists that have a genre, sorted by artist and genre; the shares of an artist sum to 1.

    Args:
        tracks: artist_id, primary_genre; licensed (licence.py), so that the genre is one that may be learnt from.
        evidence: GENRE_EVIDENCE.
        families: family by genre; a genre without one has none here.
    """
    artists = tracks.select(["artist_id", "primary_genre"]).to_pandas().dropna().drop_duplicates("artist_id")
    artists = artists[~artists["primary_genre"].str.strip().str.lower().isin(NO_GENRE)]
    told = _by_deciding_source(artists, evidence)
    alone = artists[~artists["artist_id"].isin(told["artist_id"])].assign(weight=1.0)
    alone = alone.rename(columns={"primary_genre": "genre"})
    rows = pd.concat([told, alone]).sort_values(["artist_id", "genre"])
    rows["share"] = rows["weight"] / rows.groupby("artist_id")["weight"].transform("sum")
    rows["family"] = rows["genre"].map({genre: family for genre, family in families.items() if family != OTHER})
    return pa.Table.from_pandas(rows[GENRE_SHARES_SCHEMA.names], GENRE_SHARES_SCHEMA, preserve_index=False)


def _by_deciding_source(artists: pd.DataFrame, evidence: pa.Table) -> pd.DataFrame:
    """artist_id, genre and weight by the first source that tells the genre which the artist has."""
    order = [source for source in SOURCES if source not in OF_THE_WEB_API]
    said = evidence.select(["artist_id", "genre", "weight", "source"]).to_pandas()
    said = said[said["source"].isin(order) & (said["weight"] > 0)].merge(artists, on="artist_id")
    said["place"] = said["source"].map({source: place for place, source in enumerate(order)})
    agreeing = said[said["genre"] == said["primary_genre"]]
    deciding = agreeing.groupby("artist_id", as_index=False)["place"].min()
    return said.merge(deciding, on=["artist_id", "place"])[["artist_id", "genre", "weight"]]
