"""Checks of what was collected from services: nothing that fails here stops a run, somebody should look at it."""

import dagster as dg

from tunegenie_assets.checks.factories import WARN, no_rows_check
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.schemas.collected import (
    CHARTS,
    PLAYLIST_ITEMS,
    PLAYLISTS,
    RECENTLY_PLAYED,
    RECENTLY_PLAYED_PAGES,
    SAVED_TRACKS,
    TOP_ITEMS,
)
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.schemas.lookups import (
    ALBUMS,
    ARTIST_TAGS,
    ARTISTS,
    AUDIO_FEATURES,
    LASTFM_TRACKS,
    LISTENBRAINZ_RECORDINGS,
    MUSICBRAINZ_ARTISTS,
    MUSICBRAINZ_LINKS,
    MUSICBRAINZ_RECORDINGS,
    TRACKS,
)
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.services.pages import SIMULATED
from tunegenie_assets.sources.services.state import ParkedWork

no_gap_is_open = no_rows_check(
    ["silver", "listening_gaps"],
    "none_is_open",
    """
    select listener_id, missing_from, missing_until
    from silver.listening_gaps
    where is_open
    """,
    description=(
        "No plays are missing: more than 50 between two polls are lost to the poll. Import the listener's extended "
        "history of that time, and poll more often."
    ),
    severity=WARN,
)

pages_readable = no_rows_check(
    ["landing", "page_files"],
    "readable",
    "select source_file, unreadable from landing.page_files where unreadable > 0",
    description="Every page is what its service sends; one that is not is kept in landing.",
    severity=WARN,
)


def waiting(collection: Collection) -> list[ParkedWork]:
    """The parked work, the first to go on first; that of a stand-in, which nobody takes up, does not count."""
    parked = collection.state.parked() if collection.has_state() else []
    return [work for work in parked if work.subject != SIMULATED and not work.subject.startswith(SIMULATED_PREFIX)]


@dg.asset_check(
    asset=list(PAGE_FILES.key),
    name="nothing_waits",
    description=(
        "No work is parked: a service that has a quota or is down for long is left alone until the time it named. The "
        "work then goes on by itself, with the sensor parked_work or the next pass."
    ),
)
def nothing_waits(collection: Collection) -> dg.AssetCheckResult:
    works: dict[str, list[str]] = {}
    for work in waiting(collection):
        why = f"{work.service} until {work.retry_at:%Y-%m-%d %H:%M} UTC ({work.reason})"
        works.setdefault(why, []).append(f"{work.stream} of {work.subject}")
    lines = [f"{why}: {', '.join(which)}" for why, which in works.items()]
    return dg.AssetCheckResult(
        passed=not works,
        severity=WARN,
        description="; ".join(lines) or "no work is parked",
        metadata={"waits_for": dg.MetadataValue.json(works)},
    )


NATURAL_KEYS: dict[Table, tuple[str, ...]] = {
    RECENTLY_PLAYED: ("listener_id", "played_at", "track_uri"),
    RECENTLY_PLAYED_PAGES: ("listener_id", "requested_at"),
    SAVED_TRACKS: ("listener_id", "track_uri"),
    TOP_ITEMS: ("listener_id", "snapshot_date", "kind", "time_range", "rank"),
    PLAYLISTS: ("listener_id", "playlist_id", "snapshot_id"),
    PLAYLIST_ITEMS: ("listener_id", "playlist_id", "snapshot_id", "position"),
    TRACKS: ("track_id",),
    ALBUMS: ("album_id",),
    ARTISTS: ("artist_id",),
    AUDIO_FEATURES: ("track_id",),
    ARTIST_TAGS: ("artist_name", "tag"),
    CHARTS: ("snapshot_date", "kind", "rank"),
    LASTFM_TRACKS: ("asked_artist", "asked_track"),
    LISTENBRAINZ_RECORDINGS: ("asked_artist", "asked_track"),
    MUSICBRAINZ_LINKS: ("asked_by", "asked_for"),
    MUSICBRAINZ_ARTISTS: ("artist_mbid", "genre"),
    MUSICBRAINZ_RECORDINGS: ("recording_mbid", "isrc"),
}
"""What tells the items of a table apart."""


def _items_once(table: Table, key: tuple[str, ...]) -> dg.AssetChecksDefinition:
    columns = ", ".join(key)
    return no_rows_check(
        table.key,
        "every_item_once",
        f"select {columns}, count(*) as times from {'.'.join(table.key)} group by {columns} having count(*) > 1",  # noqa: S608  # names of schemas/
        description="An item that many pages tell of is one row.",
        blocking=True,
    )


items_once = [_items_once(table, key) for table, key in NATURAL_KEYS.items()]

COLLECTED_CHECKS: list[dg.AssetChecksDefinition] = [no_gap_is_open, pages_readable, nothing_waits, *items_once]
