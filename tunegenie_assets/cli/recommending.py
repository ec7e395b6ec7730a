"""`tunegenie recommend` and `tunegenie similar`: what the recommender in use says, read from where it was left."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ml.errors import ModelFileError
from ml.recommender.cold_listener import UnknownNameError, recommend_to_stranger
from ml.recommender.nearest import Embeddings
from ml.recommender.recordings import one_per_recording
from tunegenie_assets.assets.recommendations import learnt_embeddings
from tunegenie_assets.cli import display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.stats import NOTHING_BUILT
from tunegenie_assets.resources.model_store import MODEL, NoModelError
from tunegenie_assets.wiring import build_model_store

NOTHING_TRAINED = "nothing has been recommended yet; run tunegenie train"
NEAREST_NAMES = 3
LONGEST_SHOWN = 80
TRACKS = """
select track_id, track_name, artist_id, artist_name, primary_genre, release_year, origin, recording_key,
       spotify_track_id
from gold.dim_track
"""
_SIMILAR_TRACKS = """
select asked.track_name as asked, asked.artist_name as asked_artist, near.rank as rank,
       like_it.track_name as track_name, like_it.artist_name as artist_name, like_it.primary_genre as primary_genre,
       near.similarity as similarity, near.reason as reason
from recommender.track_neighbours as near
inner join gold.dim_track as asked on near.track_id = asked.track_id
inner join gold.dim_track as like_it on near.neighbour_id = like_it.track_id
where near.track_id = ? and near.rank <= ?
order by near.rank
"""
_TRACKS_NAMED = """
select tracks.track_id as track_id, tracks.track_name as track_name, tracks.artist_name as artist_name,
       coalesce(tracks.popularity, -1) as popularity
from gold.dim_track as tracks
inner join (select distinct track_id from recommender.track_neighbours) as known on tracks.track_id = known.track_id
where tracks.track_id = ? or lower(tracks.track_name) = lower(?)
order by popularity desc, tracks.track_id
"""
_SIMILAR_ARTISTS = """
select asked.artist_name as asked, near.rank as rank, like_it.artist_name as artist_name,
       like_it.primary_genre as primary_genre, near.similarity as similarity, near.reason as reason
from recommender.artist_neighbours as near
inner join gold.dim_artist as asked on near.artist_id = asked.artist_id
inner join gold.dim_artist as like_it on near.neighbour_id = like_it.artist_id
where (near.artist_id = ? or lower(asked.artist_name) = lower(?)) and near.rank <= ?
order by near.artist_id, near.rank
"""


def recommend(
    *, listener: str | None, artists: Sequence[str], genres: Sequence[str], count: int, as_json: bool
) -> None:
    """What is recommended to a listener, or to somebody new who names artists or genres.

    Raises:
        CommandError: nothing has been trained, nothing is recommended to them, or a name is not known.
    """
    out, _ = display.consoles(as_json=as_json)
    platform = _trained()
    if artists or genres:
        rows = _to_stranger(platform, artists, genres, count)
    else:
        rows = summaries.recommendations_for(platform.warehouse, listener)[:count]
    if not rows:
        who = "somebody new" if artists or genres else listener or "anybody"
        raise CommandError(f"nothing is recommended to {who}: {_why_nothing(platform, listener)}")
    if as_json:
        display.print_json({"command": "recommend", "listener": rows[0]["listener_id"], "recommendations": rows})
        return
    out.print(display.recommendation_table(rows))


def similar(*, named: str, is_artist: bool, count: int, as_json: bool) -> None:
    """The tracks most like one, by its name or id, or the artists most like one.

    Raises:
        CommandError: nothing has been trained, or no track or artist of that name is known.
    """
    out, _ = display.consoles(as_json=as_json)
    platform = _trained()
    if is_artist:
        rows = platform.warehouse.query(_SIMILAR_ARTISTS, [named, named, count]).to_pylist()
        who = rows[0]["asked"] if rows else named
    else:
        found = platform.warehouse.query(_TRACKS_NAMED, [named, named]).to_pylist()
        rows = platform.warehouse.query(_SIMILAR_TRACKS, [found[0]["track_id"], count]).to_pylist() if found else []
        who = f"{rows[0]['asked']} by {rows[0]['asked_artist']}" if rows else named
    if not rows:
        raise CommandError(_not_known(platform, named, is_artist=is_artist))
    if as_json:
        display.print_json({"command": "similar", "asked": who, "similar": rows})
        return
    columns = ["artist_name", "primary_genre"] if is_artist else ["track_name", "artist_name", "primary_genre"]
    titles = ["artist", "genre"] if is_artist else ["track", "artist", "genre"]
    shown = [
        (row["rank"], *(row[name] for name in columns), round(row["similarity"], 2), row["reason"]) for row in rows
    ]
    out.print(display.table(f"Like {who}", ["", *titles, "alike", "because"], shown))


def _trained() -> Platform:
    platform = Platform.open()
    if not platform.has_in_silver("plays", "counted_plays"):
        raise CommandError(NOTHING_BUILT)
    try:
        build_model_store(platform.settings).current(MODEL)
    except NoModelError as error:
        raise CommandError(NOTHING_TRAINED) from error
    return platform


def _to_stranger(platform: Platform, artists: Sequence[str], genres: Sequence[str], count: int) -> list[dict[str, Any]]:
    try:
        table = recommend_to_stranger(
            _embeddings(platform),
            platform.warehouse.query("select listener_id, track_id, weight from recommender.interactions"),
            one_per_recording(platform.warehouse.query(TRACKS)),
            artist_ids=artists,
            genres=genres,
            n=count,
            is_simulated=_is_all_invented(platform),
        )
    except UnknownNameError as error:
        raise CommandError(str(error)) from error
    return [{"listener_id": "somebody new", **row} for row in table.to_pylist()]


def _embeddings(platform: Platform) -> Embeddings:
    try:
        return learnt_embeddings(build_model_store(platform.settings))
    except (NoModelError, ModelFileError) as error:
        raise CommandError(f"{error}; run tunegenie train") from error


def _is_all_invented(platform: Platform) -> bool:
    """Where there are simulated listeners only, somebody new is one too, and may be shown invented tracks."""
    [row] = platform.warehouse.query(
        "select count(*) as people from gold.dim_listener where not is_simulated"
    ).to_pylist()
    return not row["people"]


def _why_nothing(platform: Platform, listener: str | None) -> str:
    known: list[str] = platform.warehouse.query("select listener_id from gold.dim_listener order by listener_id")[
        "listener_id"
    ].to_pylist()
    if listener is not None and listener not in known:
        near = difflib.get_close_matches(listener, known, NEAREST_NAMES) or known[:NEAREST_NAMES]
        return f"there is no such listener, but for example {', '.join(near)}"
    return summaries.NO_NEW_TRACKS


def _not_known(platform: Platform, named: str, *, is_artist: bool) -> str:
    kind, column = ("artist", "artist_name") if is_artist else ("track", "track_name")
    names: pa.Table = platform.warehouse.query(
        f"""
        select distinct tracks.{column} as name
        from recommender.track_neighbours as near
        inner join gold.dim_track as tracks on near.track_id = tracks.track_id
        """  # noqa: S608  # one of two names
    )
    spelt = {name.casefold(): name for name in names["name"].to_pylist() if name}
    near = [spelt[name] for name in difflib.get_close_matches(named.casefold(), spelt, NEAREST_NAMES)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"no {kind} {named[:LONGEST_SHOWN]!r} has neighbours{hint}"
