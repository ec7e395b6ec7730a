"""SQL for what no metric tells: single plays, first and last times, discoveries, forgotten favourites, recommendations.

Every statement names one listener as its first parameter, and all that a question brings is a parameter; both
warehouses understand it. Figures are not worked out here: those are metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ml.assistant.compiling import CannotCompileError, Compiled
from ml.assistant.query import Filter, Intent, Kind, Operator, SemanticQuery, Value
from ml.assistant.vocabulary import LISTENER

DEFAULT_ROWS = 10
FAR_PAST = date(1, 1, 1)
FAR_FUTURE = date(9999, 12, 31)

_COLUMNS = {
    "artist": "plays.artist_id",
    "recording": "plays.recording_key",
    "album": "plays.album_id",
    "track": "plays.track_id",
    "artist__primary_genre": "artists.primary_genre",
    "artist__genre_family": "artists.genre_family",
    "track__release_year": "tracks.release_year",
    "track__release_decade": "tracks.release_year - mod(tracks.release_year, 10)",
    "track__explicit": "tracks.explicit",
    "date__is_weekend": "plays.is_weekend",
    "date__iso_weekday": "dates.iso_weekday",
    "date__month_name": "dates.month_name",
    "date__season": "dates.season",
    "play__time_of_day": "plays.time_of_day_category",
    "play__local_hour": "plays.local_hour",
    "play__skipped": "plays.skipped",
    "play__platform_family": "plays.platform_family",
    "play__source": "plays.source",
}
"""What single plays can be filtered by: dimensions of the metrics, and what they are in these statements."""

_PLAYS = """
from gold.fct_counted_plays as plays
inner join gold.dim_recording as recordings on plays.recording_key = recordings.recording_key
inner join gold.dim_track as tracks on plays.track_id = tracks.track_id
inner join gold.dim_artist as artists on plays.artist_id = artists.artist_id
inner join gold.dim_date as dates on plays.date_key = dates.date_key
where plays.listener_id = ? and plays.date_key >= ? and plays.date_key < ?
"""
_PLAY = """
select plays.local_timestamp as played_at, recordings.recording_name as song, recordings.artist_name as artist,
       cast(plays.ms_heard as double) / 60000 as minutes, plays.date_key as day
"""
_HEARD = """from gold.fct_counted_plays as plays
inner join gold.dim_recording as recordings on plays.recording_key = recordings.recording_key
inner join gold.dim_artist as artists on plays.artist_id = artists.artist_id
where plays.listener_id = ?
"""
_DISCOVERED = {
    Kind.ARTIST: ("artists.artist_name as artist", "plays.artist_id, artists.artist_name", "artists.artist_name"),
    Kind.TRACK: (
        "recordings.recording_name as song, recordings.artist_name as artist",
        "plays.recording_key, recordings.recording_name, recordings.artist_name",
        "recordings.recording_name",
    ),
}
"""Of each kind: what is shown, what makes one of them, and their name."""
_DISCOVERY_COLUMNS = {
    "artist": "plays.artist_id",
    "artist__primary_genre": "artists.primary_genre",
    "artist__genre_family": "artists.genre_family",
}
_FORGOTTEN = """
select found.track_name as song, found.artist_name as artist, found.plays as plays, found.last_date as last_heard
from gold.forgotten_favourites as found
inner join gold.dim_track as tracks on found.track_id = tracks.track_id
inner join gold.dim_artist as artists on tracks.artist_id = artists.artist_id
where found.listener_id = ?
"""
_FORGOTTEN_COLUMNS = {
    "artist": "tracks.artist_id",
    "artist__primary_genre": "artists.primary_genre",
    "artist__genre_family": "artists.genre_family",
    "track__release_year": "tracks.release_year",
    "track__release_decade": "tracks.release_year - mod(tracks.release_year, 10)",
}


def statement(query: SemanticQuery, listener: str) -> Compiled:
    """The statement of a query whose intent lists things.

    Raises:
        CannotCompileError: such a list cannot be filtered in this way.
    """
    match query.intent:
        case Intent.LIST | Intent.FIRST | Intent.LAST:
            return _plays(query, listener)
        case Intent.DISCOVERED:
            return _discovered(query, listener)
        case Intent.FORGOTTEN:
            return _forgotten(query, listener)
        case _:
            raise CannotCompileError(f"a question of intent {query.intent} is no list")


def _plays(query: SemanticQuery, listener: str) -> Compiled:
    """Single plays: newest first, but oldest first for what was heard first; equals by their id."""
    which, values = conditions(query.filters, _COLUMNS)
    forward = query.intent is Intent.FIRST or any(not order.descending for order in query.order)
    direction = "" if forward else " desc"
    count = 1 if query.intent in (Intent.FIRST, Intent.LAST) else query.limit or DEFAULT_ROWS
    sql = f"{_PLAY}{_PLAYS}{which}order by plays.started_at{direction}, plays.play_id{direction}\nlimit {count}"
    return Compiled(sql.strip(), (listener, *_dates(query), *values))


def _discovered(query: SemanticQuery, listener: str) -> Compiled:
    """Whose first play is within the window, those played most since first."""
    kind = query.kind or Kind.ARTIST
    if kind not in _DISCOVERED:
        raise CannotCompileError(f"what is heard for the first time is an artist or a song, not a {kind}")
    shown, group, name = _DISCOVERED[kind]
    which, values = conditions(query.filters, _DISCOVERY_COLUMNS)
    sql = (
        f"select {shown}, min(plays.date_key) as first_heard, count(*) as plays\n{_HEARD}{which}group by {group}\n"
        f"having min(plays.date_key) >= ? and min(plays.date_key) < ?\n"
        f"order by count(*) desc, {name}, min(plays.date_key)\nlimit {query.limit or DEFAULT_ROWS}"
    )
    return Compiled(sql, (listener, *values, *_dates(query)))


def _forgotten(query: SemanticQuery, listener: str) -> Compiled:
    """Of a window: what was played before it and not within it, most played first; else the favourites of gold."""
    if query.window.start is not None:
        return _not_played(query, listener)
    if query.kind not in (None, Kind.TRACK):
        raise CannotCompileError(
            f"forgotten favourites are songs, not {query.kind}s; name a time to ask about {query.kind}s"
        )
    which, values = conditions(query.filters, _FORGOTTEN_COLUMNS)
    sql = f"{_FORGOTTEN}{which}order by found.place\nlimit {query.limit or DEFAULT_ROWS}"
    return Compiled(sql.strip(), (listener, *values))


def _not_played(query: SemanticQuery, listener: str) -> Compiled:
    kind = query.kind or Kind.TRACK
    if kind not in _DISCOVERED:
        raise CannotCompileError(f"what is not heard for long is an artist or a song, not a {kind}")
    shown, group, name = _DISCOVERED[kind]
    which, values = conditions(query.filters, _DISCOVERY_COLUMNS)
    start, end = _dates(query)
    sql = (
        f"select {shown}, max(plays.date_key) as last_heard, count(*) as plays\n{_HEARD}{which}"
        f"and plays.date_key < ?\ngroup by {group}\n"
        f"having max(plays.date_key) < ?\n"
        f"order by count(*) desc, {name}, max(plays.date_key)\nlimit {query.limit or DEFAULT_ROWS}"
    )
    return Compiled(sql, (listener, *values, end, start))


def _dates(query: SemanticQuery) -> tuple[Value, Value]:
    return (query.window.start or FAR_PAST).isoformat(), (query.window.end or FAR_FUTURE).isoformat()


def conditions(filters: tuple[Filter, ...], columns: Mapping[str, str]) -> tuple[str, list[Value]]:
    """`and` conditions with their values; column names come from this module alone."""
    lines: list[str] = []
    values: list[Value] = []
    for wanted in filters:
        if wanted.dimension not in columns or wanted.dimension.startswith(LISTENER):
            raise CannotCompileError(f"such a list cannot be asked by {wanted.dimension}")
        column = columns[wanted.dimension]
        match wanted.operator:
            case Operator.KNOWN:
                lines.append(f"and {column} is not null\n")
            case Operator.IN | Operator.NOT_IN:
                lines.append(f"and {column} {wanted.operator} ({', '.join('?' * len(wanted.values))})\n")
            case Operator.AT_LEAST | Operator.AT_MOST:
                lines.append(f"and {column} {wanted.operator} ?\n")
        values.extend(wanted.values)
    return "".join(lines), values
