"""The files that the listener imports: five sources that overlap in time, and later exports of two of them.

What each source makes of a play is in observe_spotify.py and observe_scrobblers.py; here are only the periods, told in
quarters of the whole history: years, where it has four of them.
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

FAR_FUTURE = BEGIN + 14 * YEAR
"""Sessions pushed back at the end of the period run over it."""
FILES_PER_HISTORY = 8
LASTFM_CORRECTED = 0.05
LASTFM_CORRECTED_SINCE = 0.01


def observe(seed: int, catalogue: Catalogue, plays: Plays, years: int = YEARS) -> tuple[ExportFile, ...]:
    """Seven files of five sources, of plays over so many years; the same seed gives the same files."""
    quarter = years * YEAR // 4
    spotify, lastfm, listenbrainz, maloja = (np.random.default_rng([seed, number]) for number in range(1, 5))
    return (
        *_extended_archives(spotify, catalogue, plays, quarter),
        _account_archive(catalogue, plays, quarter),
        *_lastfm_exports(lastfm, catalogue, plays, quarter),
        _listenbrainz_archive(listenbrainz, catalogue, plays, quarter),
        _maloja_export(maloja, catalogue, plays, quarter),
    )


def _extended_archives(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, quarter: int) -> list[ExportFile]:
    """Quarters 1 to 3, and a later archive of quarters 3 and 4."""
    history = extended_history(rng, catalogue, plays)
    size = len(history) // FILES_PER_HISTORY + 1
    periods = {"spotify_2018.zip": (0, BEGIN + 3 * quarter), "spotify_2019.zip": (BEGIN + 2 * quarter, FAR_FUTURE)}
    return [
        ExportFile(name, "spotify_extended_history", JSON_ARRAY, in_files(rng, history.between(*period), size))
        for name, period in periods.items()
    ]


def _account_archive(catalogue: Catalogue, plays: Plays, quarter: int) -> ExportFile:
    """The last quarter, in Spotify's account data."""
    records = account_data(catalogue, plays, BEGIN + 3 * quarter)
    members = ((f"{ACCOUNT_FOLDER}/StreamingHistory_music_0.json", records),)
    return ExportFile("account_data.zip", "spotify_account_history", JSON_ARRAY, members)


def _lastfm_exports(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, quarter: int) -> list[ExportFile]:
    """Since quarter 2; exported half a quarter before the end and again at it, when some names had been corrected."""
    play, second = lastfm_scrobbles(rng, catalogue, plays, BEGIN + quarter)
    names = respelled(rng, as_spotify_writes(catalogue), LASTFM_CORRECTED)
    later_names = respelled(rng, names, LASTFM_CORRECTED_SINCE)
    exports = {"recenttracks-1.csv": (BEGIN + 7 * quarter // 2, names), "recenttracks-2.csv": (FAR_FUTURE, later_names)}
    files: list[ExportFile] = []
    for name, (end, spelling) in exports.items():
        until = second * 1000 < end
        records = lastfm_export(rng, catalogue, plays, spelling, (play[until], second[until]))
        files.append(ExportFile(name, "lastfm_scrobbles", CSV, ((name, records),)))
    return files


def _listenbrainz_archive(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, quarter: int) -> ExportFile:
    """Live listens of quarters 3 and 4, and a Spotify archive imported there, which overlaps them by two months."""
    live = live_listens(rng, catalogue, plays, BEGIN + 2 * quarter)
    imported = imported_listens(rng, catalogue, plays, BEGIN + quarter, BEGIN + 2 * quarter + 60 * DAY)
    return ExportFile("listenbrainz.zip", "listenbrainz_listens", JSON_LINES, listens_by_month(imported, live))


def _maloja_export(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, quarter: int) -> ExportFile:
    """From the middle of quarter 2 into quarter 4, so that for a while all five sources hear the same plays."""
    records = maloja_scrobbles(rng, catalogue, plays, BEGIN + 3 * quarter // 2, BEGIN + 13 * quarter // 4)
    layout = object_around({"maloja": {"export_time": 1551400000}}, "scrobbles")
    return ExportFile("maloja_export.json", "maloja_scrobbles", layout, (("maloja_export.json", records),))
