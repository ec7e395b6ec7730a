"""SQL for “what should I listen to” and “something like …”: the recommender's tables, by what a question asks of them.

Two ways lead to a track: the model's recommendations, and what lies near the tracks a listener plays most in such
hours. A mood puts them in order by how they sound. Each row says why it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ml.assistant.compiling import CannotCompileError, Compiled
from ml.assistant.lists import conditions
from ml.assistant.query import Intent, Kind, SemanticQuery, Value

DEFAULT_ROWS = 10
MOODS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "calm": {"energy": 0.25, "valence": 0.45, "acousticness": 0.7},
        "rainy": {"energy": 0.3, "valence": 0.3, "acousticness": 0.65},
        "sad": {"energy": 0.3, "valence": 0.15, "acousticness": 0.6},
        "happy": {"energy": 0.7, "valence": 0.9, "danceability": 0.7},
        "energetic": {"energy": 0.9, "valence": 0.6, "danceability": 0.65},
        "party": {"energy": 0.8, "valence": 0.7, "danceability": 0.85},
        "focus": {"energy": 0.35, "instrumentalness": 0.8, "speechiness": 0.04},
        "sleep": {"energy": 0.1, "acousticness": 0.9, "instrumentalness": 0.7},
        "angry": {"energy": 0.95, "valence": 0.25, "acousticness": 0.05},
        "romantic": {"energy": 0.4, "valence": 0.5, "acousticness": 0.55},
    }
)
"""How a mood sounds, as audio features from 0 to 1: a convention of this project, not a measurement."""

_ITEM = {
    "artist": "tracks.artist_id",
    "artist__primary_genre": "artists.primary_genre",
    "artist__genre_family": "artists.genre_family",
    "track__release_year": "tracks.release_year",
    "track__release_decade": "tracks.release_year - mod(tracks.release_year, 10)",
}
"""What the tracks that are suggested can be asked by."""
_PLAY = {
    "play__time_of_day": "plays.time_of_day_category",
    "play__local_hour": "plays.local_hour",
    "date__is_weekend": "plays.is_weekend",
}
"""What the plays can be asked by that favourites are counted in."""
_FAVOURITES = 50

_OF_LISTENER = """
with favourites as (
    select plays.{item}, count(*) as plays
    from gold.fct_counted_plays as plays
    where plays.listener_id = ? {when}
    group by plays.{item}
    order by plays desc, plays.{item}
    limit {favourites}
),
heard as (
    select distinct {heard} from gold.fct_counted_plays where listener_id = ?
),
"""
"""What both kinds of suggestions begin with: favourites in such hours, and what needs no suggesting."""
_TRACKS = """
found as (
    select track_id, 2.0 - rank * 0.01 as closeness, reason
    from recommender.recommendations
    where listener_id = ?
    union all
    select near.neighbour_id as track_id, near.similarity as closeness,
           'like ' || played.track_name || ' by ' || played.artist_name || ', which you play' as reason
    from recommender.track_neighbours as near
    inner join favourites on near.track_id = favourites.track_id
    inner join gold.dim_track as played on near.track_id = played.track_id
),
best as (
    select track_id, closeness, reason,
           row_number() over (partition by track_id order by closeness desc, reason) as place
    from found
)
select tracks.track_name as song, tracks.artist_name as artist, artists.primary_genre as genre, {because} as because
from best
inner join gold.dim_track as tracks on best.track_id = tracks.track_id
inner join gold.dim_artist as artists on tracks.artist_id = artists.artist_id
left join heard on tracks.recording_key = heard.recording_key
where best.place = 1 and heard.recording_key is null {which}
qualify row_number() over (partition by tracks.artist_id order by {order}) <= 2
    and row_number() over (partition by tracks.recording_key order by {order}) = 1
order by {order}
limit {limit}
"""
_ARTISTS = """
found as (
    select near.neighbour_id as artist_id, near.similarity,
           'like ' || played.artist_name || ', whom you play' as reason,
           row_number() over (partition by near.neighbour_id order by near.similarity desc, near.artist_id) as place
    from recommender.artist_neighbours as near
    inner join favourites on near.artist_id = favourites.artist_id
    inner join gold.dim_artist as played on near.artist_id = played.artist_id
)
select artists.artist_name as artist, artists.primary_genre as genre, found.reason as because
from found
inner join gold.dim_artist as artists on found.artist_id = artists.artist_id
left join heard on found.artist_id = heard.artist_id
where found.place = 1 and heard.artist_id is null {which}
order by found.similarity desc, artists.artist_name
limit {limit}
"""
_LIKE_TRACK = """
select tracks.track_name as song, tracks.artist_name as artist, tracks.primary_genre as genre, near.reason as because
from recommender.track_neighbours as near
inner join gold.dim_track as asked on near.track_id = asked.track_id
inner join gold.dim_track as tracks on near.neighbour_id = tracks.track_id
where exists (select 1 from gold.dim_listener where listener_id = ?) and asked.recording_key = ?
qualify row_number() over (partition by tracks.recording_key order by near.rank, near.track_id) = 1
    and near.track_id = min(near.track_id) over ()
order by near.rank
limit {limit}
"""
_LIKE_ARTIST = """
select artists.artist_name as artist, artists.primary_genre as genre, near.reason as because
from recommender.artist_neighbours as near
inner join gold.dim_artist as artists on near.neighbour_id = artists.artist_id
where exists (select 1 from gold.dim_listener where listener_id = ?) and near.artist_id = ?
order by near.rank
limit {limit}
"""


def statement(query: SemanticQuery, listener: str) -> Compiled:
    """The statement of a query that asks what to listen to.

    Raises:
        CannotCompileError: suggestions cannot be asked for in this way.
    """
    limit = query.limit or DEFAULT_ROWS
    if query.intent is Intent.SIMILAR:
        kind = query.about.kind
        if kind not in (Kind.ARTIST, Kind.TRACK):
            raise CannotCompileError(f"what is like an artist or a song is known, not what is like a {kind}")
        text = _LIKE_ARTIST if kind is Kind.ARTIST else _LIKE_TRACK
        return Compiled(text.format(limit=limit).strip(), (listener, query.about.key))
    of_items = tuple(wanted for wanted in query.filters if wanted.dimension not in _PLAY)
    of_plays = tuple(wanted for wanted in query.filters if wanted.dimension in _PLAY)
    when, hours = conditions(of_plays, _PLAY)
    which, values = conditions(of_items, _ITEM)
    if query.kind is Kind.ARTIST:
        sql = _of_listener("artist_id", "artist_id", when) + _ARTISTS.format(which=which, limit=limit)
        return Compiled(sql.strip(), (listener, *hours, listener, *values))
    if query.kind not in (None, Kind.TRACK):
        raise CannotCompileError(f"songs and artists are recommended, not {query.kind}s")
    order, known = _order(query.mood)
    because = f"'sounds {query.mood}; ' || best.reason" if query.mood else "best.reason"
    sql = _of_listener("track_id", "recording_key", when) + _TRACKS.format(
        which=which + known, order=order, because=because, limit=limit
    )
    parameters: tuple[Value, ...] = (listener, *hours, listener, listener, *values)
    return Compiled(sql.strip(), parameters)


def _of_listener(item: str, heard: str, when: str) -> str:
    return _OF_LISTENER.format(item=item, heard=heard, when=when, favourites=_FAVOURITES).rstrip()


def _order(mood: str | None) -> tuple[str, str]:
    """What suggestions are put in order by, and the condition that their sound is known; numbers are this module's."""
    if mood is None:
        return "best.closeness desc, tracks.track_id", ""
    if mood not in MOODS:
        raise CannotCompileError(f"there is no mood {mood!r}, but {', '.join(MOODS)}")
    features = MOODS[mood]
    distance = " + ".join(f"abs(tracks.{feature} - {value})" for feature, value in features.items())
    known = "".join(f"and tracks.{feature} is not null\n" for feature in features)
    return f"({distance}) / {len(features)} - least(best.closeness, 1) * 0.1, tracks.track_id", known
