"""Endpoints of the Web API that read playlists. Those that write them are in `spotify_playlist_writes`."""

from __future__ import annotations

from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Json, Reply
from tunegenie_assets.sandbox.world import SPOTIFY, Playlist

_FIRST_PAGE = 100
"""Items that a whole playlist comes with."""


def own_playlists(call: Call) -> Reply:
    """Those that the listener owns and those that they follow."""
    playlists = [call.world.playlists[playlist_id] for playlist_id in call.account.playlist_ids]
    return Reply(call.page(playlists, call.shapes.simple_playlist))


def playlists_of(call: Call) -> Reply:
    owner_id = call.path_params["owner"]
    playlists = [item for item in call.world.playlists.values() if item.owner_id == owner_id and item.public]
    return Reply(call.page(playlists, call.shapes.simple_playlist))


def profile_of(call: Call) -> Reply:
    account = call.world.account_of_spotify_id(call.path_params["owner"])
    if account is None:
        raise ApiError(404, "Resource not found")
    return Reply({**call.shapes.user(account), "images": [], "followers": {"href": None, "total": 0}})


def playlist(call: Call) -> Reply:
    return Reply(whole_playlist(call, find_playlist(call)))


def playlist_items(call: Call) -> Reply:
    found = find_playlist(call)
    if not shows_contents(call, found):
        raise ApiError(403, "Forbidden")
    most = 100 if call.path.endswith("/tracks") else 50
    return Reply(call.page(found.items, call.shapes.playlist_item, most=most))


def find_playlist(call: Call) -> Playlist:
    """The playlist in the path; what Spotify itself publishes is no longer there for apps in development."""
    found = call.world.playlists.get(call.path_id())
    if found is None or (call.is_development and found.owner_id == SPOTIFY):
        raise ApiError(404, "Resource not found")
    return found


def is_own(call: Call, found: Playlist) -> bool:
    return found.collaborative or (call.maybe_account is not None and found.owner_id == call.maybe_account.spotify_id)


def shows_contents(call: Call, found: Playlist) -> bool:
    """In development mode only what the listener owns or takes part in."""
    return not call.is_development or is_own(call, found)


def whole_playlist(call: Call, found: Playlist) -> Json:
    """With the first page of its items, as far as they may be seen."""
    shape: Json = {**call.shapes.simple_playlist(found), "followers": {"href": None, "total": 0}}
    del shape["items"], shape["tracks"]
    if call.is_development:
        del shape["followers"]
    if not shows_contents(call, found):
        return shape
    own = call.at(f"/v1/playlists/{found.playlist_id}/items")
    items = own.page_at(found.items, call.shapes.playlist_item, _FIRST_PAGE, 0)
    return {**shape, "items": items} if call.is_development else {**shape, "items": items, "tracks": items}


ENDPOINTS = (
    Endpoint("GET", "/me/playlists", own_playlists, ("playlist-read-private",)),
    Endpoint("GET", "/playlists/{id}", playlist),
    Endpoint("GET", "/playlists/{id}/items", playlist_items, ("playlist-read-private",)),
    Endpoint("GET", "/playlists/{id}/tracks", playlist_items, ("playlist-read-private",), is_gone=True),
    Endpoint("GET", "/users/{owner}", profile_of, is_gone=True),
    Endpoint("GET", "/users/{owner}/playlists", playlists_of, is_gone=True),
)
