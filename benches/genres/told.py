"""How often the family that somebody tells of an artist is the right one, beside the confidence it is told with.

Two witnesses are needed: one half of Last.fm's users beside the other, and a catalogue and the names of its playlists
beside all of Last.fm's tags. The curves of ml/genres/confidence.py were drawn by these very files.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from benches.genres import hetrec, songs
from benches.processes import BenchError
from ml.genres.artists import told_families
from ml.genres.calibration import expected_calibration_error
from ml.genres.evidence import LASTFM
from ml.genres.gathering import CATALOGUE, GENRE_EVIDENCE_SCHEMA, PLAYLIST_NAMES
from ml.genres.names import normalise_name
from ml.genres.taxonomy import OTHER, Taxonomy


@dataclass(frozen=True)
class Told:
    """What one witness tells of the artists whom another knows too."""

    witness: str
    confidence: NDArray[np.float64]
    is_right: NDArray[np.bool_]

    @property
    def figures(self) -> Mapping[str, float]:
        error = expected_calibration_error(self.confidence, self.is_right)
        return {f"{self.witness}_right": float(self.is_right.mean()), f"{self.witness}_calibration_error": error}


def what_is_told(folder: Path, taxonomy: Taxonomy) -> list[Told]:
    """Every witness of whom the files in the folder have another.

    Raises:
        BenchError: a file is not what it should be.
    """
    path = folder / hetrec.FILE
    try:
        with zipfile.ZipFile(path) as archive:
            artists = hetrec.read_table(archive, "artists.dat", "utf-8").drop_duplicates("id")
            tags = hetrec.read_table(archive, "tags.dat", "latin-1")
            tagged = hetrec.read_table(archive, "user_taggedartists.dat", "utf-8").merge(tags, on="tagID")
        tagged = tagged.merge(artists.rename(columns={"id": "artistID"})[["artistID", "name"]], on="artistID")
        rows = pd.read_csv(folder / songs.FILE).dropna(subset=["track_artist"])
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise BenchError(f"{path} and {folder / songs.FILE} are not what they should be: {error}") from error
    tagged = pd.DataFrame({"name": tagged["name"], "genre": tagged["tagValue"], "user": tagged["userID"]})
    of_one_half = np.random.default_rng(0).random(tagged["user"].max() + 1)[tagged["user"]] < 0.5
    tracks = rows.drop_duplicates(["track_artist", "track_id", "playlist_genre"])
    lists = rows.drop_duplicates(["track_artist", "playlist_id"])
    witnesses = (
        (LASTFM, tagged[of_one_half], tagged[~of_one_half]),
        (CATALOGUE, tracks.rename(columns={"track_artist": "name", "playlist_genre": "genre"}), tagged),
        (PLAYLIST_NAMES, lists.rename(columns={"track_artist": "name", "playlist_name": "genre"}), tagged),
    )
    return [_beside(source, said, truth, taxonomy) for source, said, truth in witnesses]


def _beside(source: str, said: pd.DataFrame, truth: pd.DataFrame, taxonomy: Taxonomy) -> Told:
    one, other = (_families(source, rows, taxonomy) for rows in (said, truth))
    both = one.join(other, rsuffix="_of_other", how="inner")
    is_right = both["genre_family"] == both["genre_family_of_other"]
    return Told(source, both["confidence"].to_numpy(np.float64), is_right.to_numpy(bool))


def _families(source: str, rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Family and confidence by normalised name, of artists of whom a genre with a family is told."""
    frame = pd.DataFrame({"artist_id": rows["name"].astype(str), "genre": rows["genre"].astype(str)})
    spelt = {name: normalise_name(name) for name in frame["artist_id"].unique()}
    frame["artist_id"] = frame["artist_id"].map(spelt)
    frame = frame.groupby(["artist_id", "genre"], as_index=False).size().rename(columns={"size": "weight"})
    families = {genre: taxonomy.match(genre).family for genre in frame["genre"].unique()}
    frame = frame[frame["genre"].map(families).ne(OTHER)].assign(artist_name="", source=source)
    evidence = pa.Table.from_pandas(frame[GENRE_EVIDENCE_SCHEMA.names], GENRE_EVIDENCE_SCHEMA, preserve_index=False)
    return told_families(evidence, families).set_index("artist_id")[["genre_family", "confidence"]]
