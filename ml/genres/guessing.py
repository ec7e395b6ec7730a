"""Families for the artists whom nobody tells of, from what listeners heard and which playlists artists stand in.

Puts tables into the shape that inference.py wants and brings its answer back into one. An artist is guessed anew for
each window in which it is heard: from the listening of those who heard it, up to the end of the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.arrow import encode, positions
from ml.genres.evidence import LASTFM, MUSICBRAINZ
from ml.genres.finer import NO_GENRE, likeliest_genres
from ml.genres.gathering import CATALOGUE, CORRECTION
from ml.genres.inference import (
    BY_NEIGHBOURS,
    BY_PLAYLISTS,
    Inference,
    Judged,
    Labels,
    guess_by_company,
    infer_families,
)
from ml.genres.listening import listening_contexts
from ml.genres.name_patterns import PATTERN_GENRES
from ml.genres.taxonomy import OTHER

LEARNT_FROM = (CORRECTION, LASTFM, MUSICBRAINZ, CATALOGUE)
"""The first that knows an artist is its label; nothing that came through the Spotify Web API."""
RATED_BY = ("catalogue", "lastfm")
"""Sources of popularity from which something may be learnt."""
INFERRED_GENRES_SCHEMA = pa.schema(
    [
        ("inferred_on", pa.date32()),
        ("artist_id", pa.string()),
        ("artist_name", pa.string()),
        ("genre", pa.string()),
        ("family", pa.string()),
        ("weight", pa.float64()),
        ("source", pa.string()),
        ("may_train", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Guesses:
    """INFERRED_GENRES, and how well known artists are guessed in the same way."""

    rows: pa.Table
    judged: Judged


@dataclass(frozen=True)
class _Known:
    """Genres of the artists with a label, artists by genres; each row adds up to one, or to nothing."""

    genres: sp.csr_matrix
    names: NDArray[np.object_]
    family: NDArray[np.int64]
    """Of each genre, its position among the families."""
    labels: Labels


def guess_genres(
    heard: pa.Table,
    playlists: pa.Table,
    evidence: pa.Table,
    artists: pa.Table,
    *,
    families: Mapping[str, str],
    first_day: date,
) -> Guesses:
    """Guesses for the artists that were heard from `first_day` on and that have no label.

    Args:
        heard: listener_id, artist_id, play_date, may_train: a row for each artist a listener heard on a UTC day; also
            days before `first_day`, as company.
        playlists: playlist_id, artist_id.
        evidence: GENRE_EVIDENCE.
        artists: artist_id, artist_name, popularity, popularity_source.
        families: family by genre.
        first_day: of the window.

    An artist's rows stand under the last day on which it was heard.
    """
    ids = encode(heard["artist_id"])[0]
    described = artists.to_pandas().set_index("artist_id").reindex(ids)
    names: list[str] = described["artist_name"].fillna("").tolist()
    popularity = described["popularity"].where(described["popularity_source"].isin(RATED_BY)).to_numpy(np.float64)
    known = _known(ids, evidence, families)
    last_heard = _last_heard(heard, ids)
    wanted = (last_heard >= np.datetime64(first_day, "D")) & ~known.labels.is_known
    # Where nobody's genre is known, company says nothing; telling names are looked at in artists.py too.
    if not wanted.any() or not known.labels.is_known.any():
        return Guesses(INFERRED_GENRES_SCHEMA.empty_table(), Judged(0, 0.0, 0.0, 0.0))
    free = _contexts(heard.filter(heard["may_train"]), ids)
    inference = infer_families(names, known.labels, plays=free, popularity=popularity)
    parts = [
        _rows(inference, free, known, wanted, may_train=True),
        *_by_the_web_api(heard, playlists, ids, known, wanted, is_silent=np.diff(free.indptr) == 0),
    ]
    found = pa.concat_tables(parts)
    place = found["artist"].to_numpy()
    columns = {
        "inferred_on": pa.array(last_heard[place].astype("datetime64[D]")),
        "artist_id": pa.array(np.array(ids, dtype=object)[place], pa.string()),
        "artist_name": pa.array(np.array(names, dtype=object)[place], pa.string()),
        "weight": found["probability"],
        **{column: found[column] for column in ("genre", "family", "source", "may_train")},
    }
    rows = pa.table(columns).select(INFERRED_GENRES_SCHEMA.names).cast(INFERRED_GENRES_SCHEMA)
    return Guesses(rows, inference.judged)


def _by_the_web_api(
    heard: pa.Table,
    playlists: pa.Table,
    ids: list[str],
    known: _Known,
    wanted: NDArray[np.bool_],
    *,
    is_silent: NDArray[np.bool_],
) -> Iterator[pa.Table]:
    """What plays and playlists say that may train no model; plays only where the others are silent."""
    if not pc.call_function("all", [heard["may_train"]]).as_py():
        every = _contexts(heard, ids)
        yield _rows(guess_by_company(BY_NEIGHBOURS, every, known.labels), every, known, wanted & is_silent)
    if playlists.num_rows:
        lists = _playlists(playlists, ids)
        yield _rows(guess_by_company(BY_PLAYLISTS, lists, known.labels), lists, known, wanted)


def _known(ids: list[str], evidence: pa.Table, families: Mapping[str, str]) -> _Known:
    rows = evidence.select(["artist_id", "genre", "weight", "source"]).to_pandas()
    rows["family"] = rows["genre"].map(families).fillna(OTHER)
    rows["rank"] = rows["source"].map({source: rank for rank, source in enumerate(LEARNT_FROM)})
    rows = rows[rows["rank"].notna() & rows["family"].ne(OTHER) & rows["artist_id"].isin(ids)]
    rows = rows[rows["rank"] == rows.groupby("artist_id")["rank"].transform("min")]
    genres, first, genre = np.unique(rows["genre"].to_numpy(str), return_index=True, return_inverse=True)
    every = tuple(sorted({*rows["family"], *PATTERN_GENRES}))
    family = np.searchsorted(every, rows["family"].to_numpy(str)[first]) if len(genres) else np.empty(0, np.int64)
    places = np.searchsorted(ids, rows["artist_id"].to_numpy(str))
    weights = sp.csr_matrix((rows["weight"].to_numpy(np.float64), (places, genre)), (len(ids), len(genres)))
    totals = np.asarray(weights.sum(axis=1)).ravel()
    shares = sp.csr_matrix(sp.diags(1 / np.where(totals > 0, totals, 1)) @ weights)
    by_family = sp.csr_matrix((np.ones(len(genres)), (np.arange(len(genres)), family)), (len(genres), len(every)))
    labels = Labels(every, sp.csr_matrix(shares @ by_family).toarray())
    return _Known(shares, genres.astype(object), family, labels)


def _contexts(heard: pa.Table, ids: list[str]) -> sp.csr_matrix:
    _, listener = encode(heard["listener_id"])
    artist = positions(heard["artist_id"], np.array(ids))
    return listening_contexts(artist, listener, heard["play_date"].to_numpy(), len(ids))


def _playlists(playlists: pa.Table, ids: list[str]) -> sp.csr_matrix:
    lists, playlist = encode(playlists["playlist_id"])
    artist = positions(playlists["artist_id"], np.array(ids))
    held = artist >= 0
    ones = np.ones(int(held.sum()), np.float32)
    matrix = sp.csr_matrix((ones, (artist[held], playlist[held])), (len(ids), len(lists)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _last_heard(heard: pa.Table, ids: list[str]) -> NDArray[np.datetime64]:
    last = np.full(len(ids), np.datetime64("0001-01-01", "D"))
    np.maximum.at(
        last, positions(heard["artist_id"], np.array(ids)), heard["play_date"].to_numpy().astype("datetime64[D]")
    )
    return last


def _rows(
    inference: Inference,
    contexts: sp.csr_matrix,
    known: _Known,
    wanted: NDArray[np.bool_],
    *,
    may_train: bool = False,
) -> pa.Table:
    """INFERRED_FAMILIES of those wanted, each with a genre: of the likeliest family the one that its company has."""
    found = inference.table()
    found = found.filter(pa.array(wanted[found["artist"].to_numpy()]))
    artist = found["artist"].to_numpy()
    family = np.array(found["family"].to_pylist(), dtype=object)
    finer = likeliest_genres(contexts, known.genres, known.family, inference.best)[artist]
    is_best = (family == np.array(inference.families, dtype=object)[inference.best[artist]]) & (finer != NO_GENRE)
    genre = family.copy()
    genre[is_best] = known.names[finer[is_best]]
    told = found.append_column("genre", pa.array(genre, pa.string()))
    return told.append_column("may_train", pa.array(np.full(told.num_rows, may_train)))
