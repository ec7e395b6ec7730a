"""Checks of views and of tables that follow from others row by row: as many rows as what they are made of, and of it.

Nothing here blocks: where it matters for figures, a check of what follows blocks already (conservation.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from tunegenie_assets.checks.factories import completeness_check, no_rows_check
from tunegenie_assets.schemas.collected import LISTENING

_LISTENS = " + ".join(f"(select count(*) from {'.'.join(table.key)})" for table in LISTENING)  # noqa: S608  # as below

MADE_OF: Mapping[tuple[str, str], str] = {
    **{("bronze", table.name): f"(select count(*) from {'.'.join(table.key)})" for table in LISTENING},  # noqa: S608  # names of schemas/
    ("bronze", "synthetic_plays"): "(select count(*) from synthetic.plays)",
    ("bronze", "catalogue_tracks"): "(select count(*) from raw.catalogue_tracks)",
    ("bronze", "playlist_states"): "(select count(*) from raw.spotify_playlists)",
    ("bronze", "playlist_tracks"): "(select count(*) from raw.spotify_playlist_items)",
    ("bronze", "lastfm_listeners"): (
        "(select count(listeners) from raw.lastfm_tracks) + (select count(listeners) from raw.lastfm_charts)"
    ),
    ("bronze", "looked_up_tracks"): (
        "(select count(track_name) from raw.lastfm_tracks)"
        " + (select count(recording_mbid) from raw.listenbrainz_recordings)"
    ),
    ("bronze", "spotify_described_tracks"): (
        "(select count(track_name) from raw.spotify_tracks) + (select count(track_id) from raw.spotify_saved_tracks)"
        " + (select count(track_id) from raw.spotify_recently_played)"
    ),
    ("silver", "unmerged_records"): f"{_LISTENS} + (select count(*) from synthetic.plays)",  # noqa: S608  # as above
    ("silver", "local_plays"): "(select count(*) from silver.plays)",
    ("gold", "fct_counted_plays"): "(select count(*) from gold.fct_plays where counts_as_play)",
    ("gold", "fct_described_plays"): "(select count(*) from gold.fct_plays where counts_as_play)",
}
"""The views, each with how many rows it must have."""


def _as_many_rows(view: tuple[str, str], expected: str) -> dg.AssetChecksDefinition:
    return no_rows_check(
        view,
        "every_row_typed" if view[0] == "bronze" else "every_row_kept",
        f"""
        select found, expected
        from (
            select (select count(*) from {".".join(view)}) as found, {expected} as expected
        ) as counted
        where found != expected
        """,  # noqa: S608  # names are constants of this module
        description="The view has as many rows as what it is made of: nothing is dropped, nothing doubled.",
    )


def _made_of(asset: Sequence[str], name: str, column: str, source: str, description: str) -> dg.AssetChecksDefinition:
    return no_rows_check(
        asset,
        name,
        f"""
        select distinct made.{column}
        from {".".join(asset)} as made
        left join {source} as source on made.{column} = source.{column}
        where source.{column} is null
        """,  # noqa: S608  # names are constants of this module
        description=description,
        # Not every source is upstream of what is checked: in a new home it would not be there yet.
        additional_deps=[source.split(".")],
    )


as_many_rows = [_as_many_rows(view, expected) for view, expected in MADE_OF.items()]

made_of_others = [
    _made_of(
        ["silver", "playlist_artists"],
        "names_follow_playlists",
        "playlist_id",
        "silver.playlist_features",
        "Every playlist that tells of an artist is one whose features are known.",
    ),
    _made_of(
        ["gold", "unwanted_tracks"],
        "said_by_listeners",
        "listener_id",
        "landing.exclusions",
        "Nothing is unwanted that no listener excluded.",
    ),
    _made_of(
        ["gold", "sampled_artist_days"],
        "made_of_plays",
        "artist_id",
        "gold.dim_artist",
        "Every artist of the sample is known.",
    ),
    _made_of(
        ["recommender", "item_features"],
        "features_of_known_rows",
        "track_id",
        "gold.dim_track",
        "Every track with features is known.",
    ),
    _made_of(
        ["recommender", "listener_features"],
        "features_of_known_rows",
        "listener_id",
        "gold.dim_listener",
        "Every listener with features is known.",
    ),
]

people_rely_on = completeness_check(
    ["gold", "fct_plays"],
    ["track_id", "recording_key", "artist_id", "session_id", "local_timestamp", "date_key", "ms_heard"],
    # A scrobble has no length, and with no catalogue none comes from elsewhere.
    rows="plays whose source tells how long was heard",
    where="source not in ('lastfm_scrobbles', 'listenbrainz_listens', 'maloja_scrobbles', 'koito_listens')",
    name="people_rely_on",
)

VIEW_CHECKS: list[dg.AssetChecksDefinition] = [*as_many_rows, *made_of_others, people_rely_on]
"""Checks of what follows from other tables row by row."""
