"""The files that the listener imports: five sources that overlap in time, and later exports of two of them.

What each source makes of a play is in observe_spotify.py and observe_scrobblers.py; here are only the periods.
"""

from __future__ import annotations

import numpy as np

from benches.merge.catalogue import Catalogue
from benches.merge.names import as_spotify_writes, respelled
from benches.merge.observe_scrobblers import (
    imported_listens,
    lastfm_export,
    lastfm_scrobbles,
    listens_by_month,
    live_listens,
    maloja_scrobbles,
)
from benches.merge.observe_spotify import account_data, extended_history, in_files
from benches.merge.records import ExportFile
from benches.merge.truth import BEGIN, DAY, YEAR, YEARS, Plays
from ml.listeners.exports.fields import ACCOUNT_FOLDER
from ml.listeners.exports.files import CSV, JSON_ARRAY, JSON_LINES, object_around

END = BEGIN + YEARS * YEAR
FAR_FUTURE = END + 10 * YEAR
"""Sessions pushed back at the end of the period run over it."""
FILES_PER_HISTORY = 8
LASTFM_CORRECTED = 0.05
LASTFM_CORRECTED_SINCE = 0.01


def observe(seed: int, catalogue: Catalogue, plays: Plays) -> tuple[ExportFile, ...]:
    """Seven files of five sources; the same seed gives the same files."""
    spotify, lastfm, listenbrainz, maloja = (np.random.default_rng([seed, number]) for number in range(1, 5))
    return (
        *_extended_archives(spotify, catalogue, plays),
        _account_archive(catalogue, plays),
        *_lastfm_exports(lastfm, catalogue, plays),
        _listenbrainz_archive(listenbrainz, catalogue, plays),
        _maloja_export(maloja, catalogue, plays),
    )


def _extended_archives(rng: np.random.Generator, catalogue: Catalogue, plays: Plays) -> list[ExportFile]:
    """Years 1 to 3, and a later archive of years 3 and 4."""
    history = extended_history(rng, catalogue, plays)
    size = len(history) // FILES_PER_HISTORY + 1
    periods = {"spotify_2018.zip": (0, BEGIN + 3 * YEAR), "spotify_2019.zip": (BEGIN + 2 * YEAR, FAR_FUTURE)}
    return [
        ExportFile(name, "spotify_extended_history", JSON_ARRAY, in_files(rng, history.between(*period), size))
        for name, period in periods.items()
    ]


def _account_archive(catalogue: Catalogue, plays: Plays) -> ExportFile:
    """The last year, in Spotify's account data."""
    records = account_data(catalogue, plays, END - YEAR)
    members = ((f"{ACCOUNT_FOLDER}/StreamingHistory_music_0.json", records),)
    return ExportFile("account_data.zip", "spotify_account_history", JSON_ARRAY, members)


def _lastfm_exports(rng: np.random.Generator, catalogue: Catalogue, plays: Plays) -> list[ExportFile]:
    """Since year 2; exported half a year before the end and again at the end, when some names had been corrected."""
    play, second = lastfm_scrobbles(rng, catalogue, plays, BEGIN + YEAR)
    names = respelled(rng, as_spotify_writes(catalogue), LASTFM_CORRECTED)
    later_names = respelled(rng, names, LASTFM_CORRECTED_SINCE)
    exports = {"recenttracks-1.csv": (END - YEAR // 2, names), "recenttracks-2.csv": (FAR_FUTURE, later_names)}
    files: list[ExportFile] = []
    for name, (end, spelling) in exports.items():
        until = second * 1000 < end
        records = lastfm_export(rng, catalogue, plays, spelling, (play[until], second[until]))
        files.append(ExportFile(name, "lastfm_scrobbles", CSV, ((name, records),)))
    return files


def _listenbrainz_archive(rng: np.random.Generator, catalogue: Catalogue, plays: Plays) -> ExportFile:
    """Live listens of years 3 and 4, and a Spotify archive imported there, which overlaps them by two months."""
    live = live_listens(rng, catalogue, plays, BEGIN + 2 * YEAR)
    imported = imported_listens(rng, catalogue, plays, BEGIN + YEAR, BEGIN + 2 * YEAR + 60 * DAY)
    return ExportFile("listenbrainz.zip", "listenbrainz_listens", JSON_LINES, listens_by_month(imported, live))


def _maloja_export(rng: np.random.Generator, catalogue: Catalogue, plays: Plays) -> ExportFile:
    """From the middle of year 2 into year 4, so that for three months all five sources hear the same plays."""
    records = maloja_scrobbles(rng, catalogue, plays, BEGIN + 3 * YEAR // 2, BEGIN + 13 * YEAR // 4)
    layout = object_around({"maloja": {"export_time": 1551400000}}, "scrobbles")
    return ExportFile("maloja_export.json", "maloja_scrobbles", layout, (("maloja_export.json", records),))
