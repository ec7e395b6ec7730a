"""How much of a real listener's time gets a family with a catalogue alone: no service asked, no network.

Artists that the catalogue has are known; of the others those say it that are heard about the same time, and names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benches.genres.held_out import World
from benches.processes import BenchError
from ml.genres.inference import Labels, infer_families
from ml.genres.listening import listening_contexts
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


@dataclass(frozen=True)
class Heard:
    """The artists of the catalogue and those that one listener heard."""

    world: World
    """Known are those of the catalogue; of these the ones that were heard may be hidden."""
    time_share: NDArray[np.float64]
    """Of the listening time, by artist."""


def read_archive(path: Path, catalogue: World) -> Heard:
    """What one listener heard, artists by days, weeks and months.

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
    nobody_else = np.zeros(len(heard), dtype=np.int64)
    plays = listening_contexts(rows, nobody_else, heard["day"].to_numpy(), len(names))
    time = np.bincount(rows, weights=heard["ms_played"], minlength=len(names))
    times_heard = np.diff(plays.indptr).astype(np.float64)
    labels = Labels(catalogue.labels.families, weights)
    title = "A real archive's artists that the catalogue knows, by when they are heard"
    world = World(title, names, labels, times_heard, plays=plays, nearness=plays, may_hide=times_heard > 0)
    return Heard(world, time / time.sum())


def time_by_evidence(heard: Heard) -> Mapping[str, float]:
    """Shares of the listening time by where the family of the artist comes from; together they are 1."""
    world, time = heard.world, heard.time_share
    found = infer_families(world.names, world.labels, plays=world.plays)
    is_listed = world.labels.is_known
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
