"""HetRec 2011 Last.fm-2K: who listens to which artist, and the tags that people gave; read in place, never kept."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from benches.genres.held_out import World
from benches.processes import BenchError
from ml.genres.finer import NO_GENRE, likeliest_genres
from ml.genres.inference import Labels, infer_families
from ml.genres.taxonomy import OTHER, Taxonomy

FILE = "hetrec2011_lastfm_2k.zip"


@dataclass(frozen=True)
class Tagged:
    world: World
    genres: sp.csr_matrix
    """Artists by genres of the taxonomy, weights that add up to one."""
    family_of_genre: NDArray[np.int64]


def read_hetrec(path: Path, taxonomy: Taxonomy) -> Tagged:
    """Artists whom somebody listens to; a tag weighs as many as there are users who gave it.

    Raises:
        BenchError: the file is not what it should be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            artists = read_table(archive, "artists.dat", "utf-8").drop_duplicates("id")
            tags = read_table(archive, "tags.dat", "latin-1")
            tagged = read_table(archive, "user_taggedartists.dat", "utf-8")
            played = read_table(archive, "user_artists.dat", "utf-8")
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BenchError(f"{path} is no HetRec Last.fm-2K: {error}") from error
    ids, artist = np.unique(played["artistID"], return_inverse=True)
    users, user = np.unique(played["userID"], return_inverse=True)
    plays = sp.csr_matrix((np.ones(len(played)), (artist, user)), shape=(len(ids), len(users)))
    names = artists.set_index("id")["name"].reindex(ids).fillna("").astype(str).tolist()
    matches = [taxonomy.match(str(tag)) for tag in tags["tagValue"]]
    tags["genre"], tags["family"] = [match.genre for match in matches], [match.family for match in matches]
    told = tagged.merge(tags, on="tagID")
    told = told[told["family"].ne(OTHER) & told["artistID"].isin(ids)]
    families, family = np.unique(told["family"], return_inverse=True)
    rows = np.searchsorted(ids, told["artistID"])
    weights = np.asarray(_shares(rows, family, (len(ids), len(families))).todense())
    genres, first, genre = np.unique(told["genre"], return_index=True, return_inverse=True)
    labels = Labels(tuple(families.tolist()), weights)
    world = World("HetRec Last.fm-2K", names, labels, np.bincount(artist).astype(float), plays=plays, nearness=plays)
    return Tagged(world, _shares(rows, genre, (len(ids), len(genres))), family[first])


def genre_figures(tagged: Tagged, seeds: range) -> dict[str, float]:
    """How often the genre within the guessed family is the foremost tag of a hidden artist, or any of its tags."""
    truth = np.asarray(tagged.genres.argmax(axis=1)).ravel()
    foremost: list[NDArray[np.bool_]] = []
    any_tag: list[NDArray[np.bool_]] = []
    for seed in seeds:
        seen, hidden = tagged.world.hide(seed)
        family = infer_families(seen.names, seen.labels, plays=seen.nearness).best
        shown = sp.csr_matrix(sp.diags(seen.labels.is_known.astype(float)) @ tagged.genres)
        genre = likeliest_genres(seen.nearness, shown, tagged.family_of_genre, family)[hidden]
        foremost.append(genre == truth[hidden])
        own = tagged.genres[hidden].toarray()
        any_tag.append((genre != NO_GENRE) & (own[np.arange(len(hidden)), genre] > 0))
    return {
        "genre_top1": float(np.concatenate(foremost).mean()),
        "genre_among_tags": float(np.concatenate(any_tag).mean()),
    }


def _shares(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]) -> sp.csr_matrix:
    counts = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    counts.sum_duplicates()
    return sp.csr_matrix(sp.diags(1 / np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)) @ counts)


def read_table(archive: zipfile.ZipFile, name: str, encoding: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(archive.read(name)), sep="\t", encoding=encoding, quoting=3)
