"""How much of a real listener's time gets a family with a catalogue alone: no service asked, no network.

Artists that the catalogue has are known; of the others those say it that are heard on the same days, and names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd
import scipy.sparse as sp

from benches.genres.held_out import World
from benches.processes import BenchError
from ml.genres.inference import Inference, Labels, infer_families
from ml.genres.names import normalise_name
from tunegenie_assets.schemas.histories import SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.landing import Landing
from tunegenie_assets.sources.parsed import ParsedArchives

FILE = "listener_a_spotify_extended.zip"
CATALOGUE = "catalogue"
SURE = 0.5
MUSIC = """
select master_metadata_album_artist_name as artist, cast(ts as date) as day, cast(sum(ms_played) as double) as ms_played
from (select distinct ts, ms_played, spotify_track_uri, master_metadata_album_artist_name from records)
where master_metadata_album_artist_name is not null and ms_played > 0
group by artist, day order by artist, day
"""


def time_by_evidence(path: Path, catalogue: World) -> Mapping[str, float]:
    """Shares of the listening time by where the family of the artist comes from; together they are 1.

    Raises:
        BenchError: the file holds no extended history.
    """
    heard = _heard(path)
    heard["name"] = [normalise_name(name) for name in heard["artist"]]
    listed = {normalise_name(name): place for place, name in reversed(list(enumerate(catalogue.names)))}
    names = sorted({*heard["name"], *listed})
    rows = np.searchsorted(names, heard["name"].tolist())
    weights = np.zeros((len(names), len(catalogue.labels.families)))
    for row, name in enumerate(names):
        if name in listed:
            weights[row] = catalogue.labels.weights[listed[name]]
    days, day = np.unique(heard["day"], return_inverse=True)
    plays = sp.csr_matrix((np.ones(len(heard)), (rows, day)), shape=(len(names), len(days)))
    plays.sum_duplicates()
    found = infer_families(names, Labels(catalogue.labels.families, weights), plays=plays)
    time = np.bincount(rows, weights=heard["ms_played"], minlength=len(names))
    return _shares(found, weights.any(axis=1), time / time.sum())


def _shares(found: Inference, is_listed: np.ndarray, time: np.ndarray) -> dict[str, float]:
    source = np.where(is_listed, CATALOGUE, found.source)
    shares = {str(each): float(time[source == each].sum()) for each in np.unique(source) if time[source == each].any()}
    sure = ~is_listed & found.is_classified & (found.confidence >= SURE)
    return {**shares, f"inferred at {SURE:g} or more": float(time[sure].sum())}


def _heard(path: Path) -> pd.DataFrame:
    """Artist, day and milliseconds of the music of an extended history; nothing of it is kept."""
    with TemporaryDirectory(prefix="tunegenie-bench-") as folder:
        landing = Landing(Path(folder) / "landing")
        try:
            landed = landing.land_archive(path, listener_id="archive", timezone=None, now=datetime.now(UTC))
            parsed = (store := ParsedArchives(Path(folder) / "parsed")).ensure(landing, landed)
            records = store.read_window(SPOTIFY_EXTENDED_HISTORY.name, [parsed], date.min, date.max)
        except SourceError as error:
            raise BenchError(str(error)) from error
        with duckdb.connect() as connection:
            connection.register("records", records)
            heard = connection.execute(MUSIC).df()
    if heard.empty:
        raise BenchError(f"{path} holds no extended history of Spotify's")
    return heard
