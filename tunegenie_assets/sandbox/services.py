"""The web application: every service of the stand-in behind the gateway, by path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tunegenie_assets.sandbox.accounts_service import AccountsService
from tunegenie_assets.sandbox.admin import Admin
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.lastfm import Lastfm
from tunegenie_assets.sandbox.listenbrainz import ListenBrainz
from tunegenie_assets.sandbox.musicbrainz import MusicBrainz
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.spotify_calls import Desk, Endpoint
from tunegenie_assets.sandbox.spotify_catalogue import ENDPOINTS as CATALOGUE
from tunegenie_assets.sandbox.spotify_library import ENDPOINTS as LIBRARY
from tunegenie_assets.sandbox.spotify_listening import ENDPOINTS as LISTENING
from tunegenie_assets.sandbox.spotify_playlist_writes import ENDPOINTS as PLAYLIST_WRITES
from tunegenie_assets.sandbox.spotify_playlists import ENDPOINTS as PLAYLISTS
from tunegenie_assets.sandbox.spotify_search import ENDPOINTS as SEARCH
from tunegenie_assets.sandbox.world import World

SPOTIFY_ENDPOINTS = (*LISTENING, *LIBRARY, *PLAYLISTS, *PLAYLIST_WRITES, *CATALOGUE, *SEARCH)


def build_services(world: World, profile: Profile, clock: SandboxClock, base_url: str, admin: Admin) -> Starlette:
    desk = Desk(world, profile, base_url, clock.now)
    routes = [
        *AccountsService(world, clock.now).routes(),
        *_spotify_routes(desk),
        *Lastfm(world, clock.now).routes(),
        *MusicBrainz(world).routes(),
        *ListenBrainz(world).routes(),
        *admin.routes(),
    ]
    app = Starlette(routes=routes)
    # A client that writes a slash at the end gets its answer at once, as at Spotify, and not a redirect.
    app.router.redirect_slashes = False
    return app


def _spotify_routes(desk: Desk) -> list[Route]:
    routes: list[Route] = []
    for endpoint in SPOTIFY_ENDPOINTS:
        routes += [
            Route(f"/v1{endpoint.path}{slash}", _handler(desk, endpoint), methods=[endpoint.method])
            for slash in ("", "/")
        ]
    any_method = ["GET", "POST", "PUT", "DELETE"]
    return [*routes, Route("/v1/{rest:path}", _handler(desk, None), methods=any_method)]


def _handler(desk: Desk, endpoint: Endpoint | None) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        return await desk.answer(endpoint, request)

    return handle
