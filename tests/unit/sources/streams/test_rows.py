"""What is null in a page, against the columns that must not be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sources.collector import Bench
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.schemas.collected import CHARTS, PLAYLISTS, SAVED_TRACKS, TOP_ITEMS
from tunegenie_assets.schemas.lookups import ARTIST_TAGS, ARTISTS
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.streams.spotify_library import BEGAN

PLAYLIST = {"id": "p", "snapshot_id": "s", "name": "n", "owner": {"id": "o"}, "items": {"total": 1}}
PLACE = {"name": "a", "listeners": "1", "playcount": "2", "artist": {"name": "b"}}
ONE_PAGE = {"@attr": {"page": "1", "perPage": "100"}}


def rows(bench: Bench, table: Table, body: object, **request: str) -> list[dict[str, Any]]:
    """Of the table that the page makes, which the warehouse would take."""
    bench.land(table.name, body, **request)
    bench.collector.catch_up()
    collection = Collection(landing_root=str(bench.connected.folder / "landing"), state_path=str(bench.state_path))
    whole = collection.whole(table)
    assert [name for name in table.required_columns if whole[name].null_count] == []
    return whole.to_pylist()


@pytest.mark.parametrize("odd", [{"name": None}, {"owner": None}, {"owner": {}}])
def test_a_playlist_without_a_name_or_an_owner(bench: Bench, odd: dict[str, Any]) -> None:
    found = rows(bench, PLAYLISTS, {"items": [PLAYLIST | odd, PLAYLIST | {"id": "q"}]})
    assert [row["playlist_id"] for row in found] == ["p", "q"]


@pytest.mark.parametrize("odd", [{"snapshot_id": None}, {"id": None}])
def test_a_playlist_that_cannot_be_told_apart_is_unreadable(bench: Bench, odd: dict[str, Any]) -> None:
    assert len(rows(bench, PLAYLISTS, {"items": [PLAYLIST | odd, PLAYLIST | {"id": "q"}]})) == 1
    assert len(bench.state.unreadable()) == 1


def test_a_top_item_without_an_id_is_left_out(bench: Bench) -> None:
    page = {"items": [{"id": None, "name": "x"}, {"id": "a", "name": None}, None], "offset": 0}
    [row] = rows(bench, TOP_ITEMS, page, path="me/top/tracks", time_range="short_term")
    assert (row["rank"], row["item_id"]) == (2, "a")


def test_a_saved_track_without_an_address_is_unreadable(bench: Bench) -> None:
    added_at = "2026-01-01T00:00:00Z"
    nameless = {"uri": "u", "artists": [{"name": None}, {}], "album": None}
    tracks = [nameless, {"uri": None}, {}]
    page = {"items": [{"added_at": added_at, "track": track} for track in tracks], "next": None}
    [row] = rows(bench, SAVED_TRACKS, page, **{BEGAN: "2026-01-01T00:00:00"})
    assert (row["track_uri"], row["artist_names"]) == ("u", None)


@pytest.mark.parametrize(
    ("odd", "names"),
    [({"listeners": ""}, ["a"]), ({"playcount": None}, ["a"]), ({"artist": ""}, ["a"]), ({"name": ""}, [])],
)
def test_a_place_in_a_chart_that_lacks_something(bench: Bench, odd: dict[str, Any], names: list[str]) -> None:
    found = rows(bench, CHARTS, {"tracks": {"track": [PLACE | odd], **ONE_PAGE}})
    assert [row["name"] for row in found] == names


def test_a_tag_without_a_name_or_a_count(bench: Bench) -> None:
    tags = [{"name": "", "count": ""}, {"name": None, "count": 1}, {"name": "Pop", "count": ""}]
    found = rows(bench, ARTIST_TAGS, {"toptags": {"tag": tags}}, asked_for="Cher")
    assert [(row["tag"], row["count"]) for row in found] == [("pop", None)]


def test_genres_that_are_null(bench: Bench) -> None:
    page = {"id": "a", "name": None, "genres": [None, "pop"], "followers": None}
    [row] = rows(bench, ARTISTS, page, path="artists/a")
    assert row["genres"] == '["pop"]'


@pytest.mark.parametrize("artists", [[{"id": "a"}], [{"id": "a", "name": None}], None])
def test_a_play_of_an_artist_without_a_name_stops_no_lookup(bench: Bench, artists: object) -> None:
    track = {"uri": "u", "id": None, "name": "n", "duration_ms": 1, "artists": artists}
    bench.land("spotify_recently_played", {"items": [{"played_at": "2026-03-01T10:00:00Z", "track": track}]})
    bench.collector.catch_up()
    outcomes = bench.collect("enrichment")
    assert {outcome.problem for outcome in outcomes.values()} == {None}
