"""A table of Spotify tracks with audio features, playlists and genres; read in place, never kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from benches.genres.held_out import World
from benches.processes import BenchError
from ml.genres.audio import audio_values
from ml.genres.inference import Labels
from ml.genres.taxonomy import Taxonomy

FILE = "spotify_songs_32k.csv.gz"
FEATURES = [
    "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness", "liveness",
    "valence", "tempo", "duration_ms",
]  # fmt: skip


@dataclass(frozen=True)
class Songs:
    by_sound: World
    """Sound and names."""
    with_playlists: World
    """The same and playlists, which are named after a genre each."""


def read_songs(path: Path, taxonomy: Taxonomy) -> Songs:
    """Artists, their families by the genres of the playlists in which their tracks stand.

    Raises:
        BenchError: the file is not what it should be.
    """
    try:
        rows = pd.read_csv(path).dropna(subset=["track_artist"])
        names, artist = np.unique(rows["track_artist"].astype(str), return_inverse=True)
        lists, playlist = np.unique(rows["playlist_id"], return_inverse=True)
        families, family = np.unique(taxonomy.families(rows["playlist_genre"].tolist()), return_inverse=True)
        tracks = rows.drop_duplicates(["track_artist", "track_id"]).groupby("track_artist")
        features = tracks[FEATURES].mean().reindex(names).to_numpy(np.float64)
        popularity = tracks["track_popularity"].mean().reindex(names).to_numpy(np.float64)
    except (KeyError, ValueError, OSError) as error:
        raise BenchError(f"{path} is no table of Spotify tracks: {error}") from error
    weights = np.zeros((len(names), len(families)))
    np.add.at(weights, (artist, family), 1.0)
    weights /= weights.sum(axis=1, keepdims=True)
    playlists = sp.csr_matrix((np.ones(len(rows)), (artist, playlist)), shape=(len(names), len(lists)))
    playlists.sum_duplicates()
    playlists.data[:] = 1
    scaled = sp.csr_matrix(audio_values(features)[:, : len(FEATURES)].astype(np.float64))
    by_sound = World(
        "spotify_songs_32k, sound and names",
        names.tolist(),
        Labels(tuple(families.tolist()), weights),
        popularity,
        audio=features,
        nearness=scaled,
    )
    with_playlists = replace(
        by_sound, title="spotify_songs_32k, with playlists", playlists=playlists, nearness=playlists
    )
    return Songs(by_sound, with_playlists)
