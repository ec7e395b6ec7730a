"""HetRec 2011 Last.fm-2K: who listens to which artist, and the tags that people gave; read in place, never kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from benches.genres.held_out import World
from benches.processes import BenchError
from ml.genres.inference import Labels
from ml.genres.taxonomy import OTHER, Taxonomy

FILE = "hetrec2011_lastfm_2k.zip"


def read_hetrec(path: Path, taxonomy: Taxonomy) -> World:
    """Artists whom somebody listens to; a tag weighs as many as there are users who gave it.

    Raises:
        BenchError: the file is not what it should be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            artists = _table(archive, "artists.dat", "utf-8").drop_duplicates("id")
            tags = _table(archive, "tags.dat", "latin-1")
            tagged = _table(archive, "user_taggedartists.dat", "utf-8")
            played = _table(archive, "user_artists.dat", "utf-8")
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BenchError(f"{path} is no HetRec Last.fm-2K: {error}") from error
    ids, artist = np.unique(played["artistID"], return_inverse=True)
    users, user = np.unique(played["userID"], return_inverse=True)
    plays = sp.csr_matrix((np.ones(len(played)), (artist, user)), shape=(len(ids), len(users)))
    names = artists.set_index("id")["name"].reindex(ids).fillna("").astype(str).tolist()
    tags["family"] = taxonomy.families([str(tag) for tag in tags["tagValue"]])
    told = tagged.merge(tags, on="tagID")
    told = told[told["family"].ne(OTHER) & told["artistID"].isin(ids)]
    families, family = np.unique(told["family"], return_inverse=True)
    weights = np.zeros((len(ids), len(families)))
    np.add.at(weights, (np.searchsorted(ids, told["artistID"]), family), 1.0)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
    popularity = np.bincount(artist).astype(np.float64)
    labels = Labels(tuple(families.tolist()), weights)
    return World("HetRec Last.fm-2K", names, labels, popularity, plays=plays, nearness=plays)


def _table(archive: zipfile.ZipFile, name: str, encoding: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(archive.read(name)), sep="\t", encoding=encoding, quoting=3)
