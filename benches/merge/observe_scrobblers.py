"""What Last.fm, ListenBrainz and Maloja say of the true plays: starts by the device's clock, and names of their own.

A scrobbler hears of a play when it is half over or has run for four minutes. It hears nothing of private sessions.
Times are milliseconds since 1970 unless a name says seconds.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benches.merge.catalogue import Catalogue, Integers
from benches.merge.names import Names, credits_joined, guests_as_artists
from benches.merge.records import Records, names_of
from benches.merge.truth import MINUTE, SECOND, Booleans, Plays
from ml.listeners.exports.fields import lastfm_rows, listenbrainz_file, listenbrainz_rows, maloja_rows, months_of

LASTFM_LOST = 0.02
LASTFM_LATE = 0.005
LASTFM_DOUBLED = 0.002
LISTENBRAINZ_LOST = 0.01
MALOJA_LOST = 0.01
MALOJA_LENGTH_KNOWN = 0.6


def lastfm_scrobbles(
    rng: np.random.Generator, catalogue: Catalogue, plays: Plays, begin: int
) -> tuple[Integers, Integers]:
    """What Last.fm stores since `begin`: true play and second of each scrobble, oldest first.

    Half a percent are stamped up to 30 s late by the program that sent them; two percent never arrived.
    """
    stored = _scrobbled(catalogue, plays) & (plays.start >= begin) & (rng.random(len(plays)) >= LASTFM_LOST)
    play = np.flatnonzero(stored)
    late = np.where(rng.random(len(play)) < LASTFM_LATE, rng.integers(0, 30 * SECOND, len(play)), 0)
    second = _seconds(plays, play, late)
    order = np.argsort(second, kind="stable")
    return play[order], second[order]


def lastfm_export(
    rng: np.random.Generator, catalogue: Catalogue, plays: Plays, names: Names, stored: tuple[Integers, Integers]
) -> Records:
    """The stored scrobbles as the exporting tool writes them, newest first, with doubles where its pages shifted."""
    copies = np.where(rng.random(len(stored[0])) < LASTFM_DOUBLED, 2, 1)
    play, second = (np.repeat(column, copies)[::-1] for column in stored)
    track = plays.track[play]
    artist, title = names_of(names.artist, track), names_of(names.title, track)
    rows = lastfm_rows(second, artist=artist, album=names_of(catalogue.album, track), title=title)
    return Records(rows, play, second, artist, title)


def live_listens(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, begin: int) -> Records:
    """Listens sent to ListenBrainz while they played; only some clients tell the Spotify id."""
    stored = _scrobbled(catalogue, plays) & (plays.start >= begin) & (rng.random(len(plays)) >= LISTENBRAINZ_LOST)
    play = np.flatnonzero(stored)
    return _listens(catalogue, plays, play, _seconds(plays, play), imported=False)


def imported_listens(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, begin: int, end: int) -> Records:
    """Listens that ListenBrainz made of a Spotify archive: stamped with `ts`, the end or the time of sync.

    It keeps one listen of a recording a second: of a loop heard offline, whose plays share the time of sync, the first.
    """
    told = (plays.ms_played >= 30 * SECOND) & ~plays.incognito & (plays.synced >= begin) & (plays.synced < end)
    play = np.flatnonzero(told & (rng.random(len(plays)) >= LISTENBRAINZ_LOST))
    recording = np.asarray(catalogue.recording)[plays.track[play]]
    key = np.stack([plays.synced[play] // SECOND, recording])
    play = play[np.sort(np.unique(key, axis=1, return_index=True)[1])]
    return _listens(catalogue, plays, play, plays.synced[play] // SECOND, imported=True)


def listens_by_month(*parts: Records) -> tuple[tuple[str, Records], ...]:
    """The members of one ListenBrainz archive, one a month, each by time."""
    whole = Records(
        pa.concat_tables([part.rows for part in parts]),
        np.concatenate([part.play for part in parts]),
        np.concatenate([part.stamp for part in parts]),
        pa.concat_arrays([part.artist for part in parts]),
        pa.concat_arrays([part.title for part in parts]),
    )
    whole = whole.take(np.argsort(whole.stamp, kind="stable"))
    months = months_of(whole.stamp)
    return tuple(
        (listenbrainz_file(month), whole.take(np.flatnonzero(months == month))) for month in np.unique(months).tolist()
    )


def maloja_scrobbles(rng: np.random.Generator, catalogue: Catalogue, plays: Plays, begin: int, end: int) -> Records:
    """Plays of 30 s and more that began in [begin, end); no two share a second, the later one is moved."""
    heard = (plays.ms_played >= 30 * SECOND) & ~plays.incognito & (plays.start >= begin) & (plays.start < end)
    play = np.flatnonzero(heard & (rng.random(len(plays)) >= MALOJA_LOST))
    second = _seconds(plays, play)
    order = np.argsort(second, kind="stable")
    play, second = play[order], second[order]
    place = np.arange(len(second))
    second = np.maximum.accumulate(second - place) + place
    track = plays.track[play]
    names = guests_as_artists(catalogue)
    artist, title = names_of(names.artist, track), names_of(names.title, track)
    known = rng.random(len(play)) < MALOJA_LENGTH_KNOWN
    length = catalogue.duration_ms[track] // SECOND
    both = [[a, guest] if guest else [a] for a, guest in zip(catalogue.artist, catalogue.featured, strict=True)]
    artists = pa.array(both, type=pa.list_(pa.string())).take(pa.array(track))
    album = pa.StructArray.from_arrays(
        [pa.array([[a] for a in catalogue.artist]).take(pa.array(track)), names_of(catalogue.album, track)],
        ["artists", "albumtitle"],
    )
    rows = maloja_rows(second, artists=artists, title=title, album=album, length=pa.array(length, mask=~known))
    return Records(rows, play, second, artist, title)


def _listens(catalogue: Catalogue, plays: Plays, play: Integers, second: Integers, *, imported: bool) -> Records:
    track, count = plays.track[play], len(play)
    names = credits_joined(catalogue)
    artist, title = names_of(names.artist, track), names_of(names.title, track)
    told = np.full(count, imported) | (plays.device[play] == 0)
    links = pa.array([f"https://open.spotify.com/track/{i}" for i in catalogue.spotify_id])
    link = links.take(pa.array(track, mask=~told))
    constant = np.zeros(count, dtype=np.int64)
    client = "ListenBrainz Archive Importer" if imported else "listenbrainz"
    info = {
        "music_service": names_of(("spotify.com",), constant),
        "submission_client": names_of((client,), constant),
        "spotify_id": link,
        "origin_url": link,
        "duration_ms": pa.array(catalogue.duration_ms[track], mask=np.full(count, imported)),
        "ms_played": pa.array(plays.ms_played[play], mask=np.full(count, not imported)),
    }
    msid = names_of(tuple(f"00000000-0000-4000-8000-{n:012d}" for n in catalogue.recording), track)
    album = names_of(catalogue.album, track)
    rows = listenbrainz_rows(second, artist=artist, title=title, album=album, msid=msid, info=info)
    return Records(rows, play, second, artist, title)


def _scrobbled(catalogue: Catalogue, plays: Plays) -> Booleans:
    duration = catalogue.duration_ms[plays.track]
    far_enough = (2 * plays.ms_played >= duration) | (plays.ms_played >= 4 * MINUTE)
    return (duration > 30 * SECOND) & far_enough & ~plays.incognito


def _seconds(plays: Plays, play: Integers, late: Integers | int = 0) -> Integers:
    """Start of the plays in seconds, by the clock of the device."""
    return (plays.start[play] + plays.skew[play] + late) // SECOND
