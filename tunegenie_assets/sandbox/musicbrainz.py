"""Small lookups of MusicBrainz: artists with genres and tags, whose an address of Spotify is, searches, recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tunegenie_assets.sandbox.derived import derived_mbid
from tunegenie_assets.sandbox.world import Artist, World

Json = dict[str, Any]
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SPOTIFY_ARTIST = re.compile(r"https://open\.spotify\.com/artist/([0-9A-Za-z]{22})")
_QUOTED_ARTIST = re.compile(r'artist:"((?:[^"\\]|\\.)*)"')
_NAMELESS_AGENTS = ("python-requests", "python-urllib", "curl", "mozilla")
"""Agents that name a library and neither a program nor a contact. MusicBrainz merely lets these wait the longest."""


@dataclass(frozen=True)
class MusicBrainz:
    world: World

    def routes(self) -> list[Route]:
        return [
            Route("/ws/2/artist/{mbid}", self.artist, methods=["GET"]),
            Route("/ws/2/artist", self.search, methods=["GET"]),
            Route("/ws/2/recording/{mbid}", self.recording, methods=["GET"]),
            Route("/ws/2/url", self.address, methods=["GET"]),
        ]

    async def artist(self, request: Request) -> Response:
        if (refusal := _refusal(request)) is not None:
            return refusal
        mbid = request.path_params["mbid"]
        if not _MBID.fullmatch(mbid):
            return _error(400, "Invalid mbid.")
        found = next((artist for artist in self.world.artists.values() if artist.mbid == mbid), None)
        if found is None:
            return _error(404, "Not Found")
        return JSONResponse({**_artist(found), **self._included(found, _included_in(request))})

    async def recording(self, request: Request) -> Response:
        if (refusal := _refusal(request)) is not None:
            return refusal
        mbid = request.path_params["mbid"]
        if not _MBID.fullmatch(mbid):
            return _error(400, "Invalid mbid.")
        found = next((track for track in self.world.tracks.values() if track.mbid == mbid), None)
        if found is None:
            return _error(404, "Not Found")
        document: Json = {"id": mbid, "title": found.name, "length": found.duration_ms, "disambiguation": ""}
        if "isrcs" in _included_in(request):
            document["isrcs"] = [found.isrc] if found.isrc else []
        return JSONResponse(document)

    async def address(self, request: Request) -> Response:
        if (refusal := _refusal(request)) is not None:
            return refusal
        resource = request.query_params.get("resource", "")
        found = _SPOTIFY_ARTIST.fullmatch(resource)
        artist = self.world.artists.get(found[1]) if found else None
        if artist is None or artist.mbid is None:
            return _error(404, "Not Found")
        document: Json = {"id": derived_mbid("url", resource), "resource": resource}
        if "artist-rels" in _included_in(request):
            relation = {"type": "free streaming", "target-type": "artist", "direction": "backward", "ended": False}
            document["relations"] = [{**relation, "artist": _artist(artist)}]
        return JSONResponse(document)

    async def search(self, request: Request) -> Response:
        """The artists whose name is or holds the one that is asked for; the best has a score of 100."""
        if (refusal := _refusal(request)) is not None:
            return refusal
        query = request.query_params.get("query", "")
        quoted = _QUOTED_ARTIST.search(query)
        name = (re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else query).strip().casefold()
        if not name:
            return _error(400, "Missing required parameter: query")
        known = [artist for artist in self.world.artists.values() if artist.mbid and name in artist.name.casefold()]
        known.sort(key=lambda artist: (len(artist.name), artist.name))
        limit, offset = (
            _number(request.query_params, name, default) for name, default in (("limit", 25), ("offset", 0))
        )
        rows = [
            {**_artist(artist), "score": 100 if artist.name.casefold() == name else 70, "tags": self._tags(artist)}
            for artist in known[offset : offset + min(limit, 100)]
        ]
        return JSONResponse({"count": len(known), "offset": offset, "artists": rows})

    def _included(self, artist: Artist, included: list[str]) -> Json:
        genres = [
            {"id": derived_mbid("genre", tag["name"]), "disambiguation": "", **tag}
            for tag in self._tags(artist)
            if tag["name"] in artist.genres
        ]
        return {name: rows for name, rows in (("genres", genres), ("tags", self._tags(artist))) if name in included}

    def _tags(self, artist: Artist) -> list[Json]:
        """Votes, by name; fewer people tag here than at Last.fm."""
        tags = self.world.artist_tags.get(artist.artist_id, [])
        return sorted(
            ({"name": tag.name, "count": 1 + tag.count // 20} for tag in tags), key=lambda tag: str(tag["name"])
        )


def _artist(artist: Artist) -> Json:
    return {"id": artist.mbid, "name": artist.name, "sort-name": artist.name, "type": "Group", "disambiguation": ""}


def _included_in(request: Request) -> list[str]:
    return request.query_params.get("inc", "").replace("+", " ").split()


def _refusal(request: Request) -> Response | None:
    agent = request.headers.get("user-agent", "").casefold()
    if not agent or agent.startswith(_NAMELESS_AGENTS):
        return _error(403, "Your User-Agent must name the application and a contact.")
    wants_json = request.query_params.get("fmt") == "json" or "json" in request.headers.get("accept", "")
    return None if wants_json else _error(406, "Only JSON is served here: fmt=json")


def _error(status: int, message: str) -> Response:
    document = {"error": message, "help": "For usage, please see: https://musicbrainz.org/development/mmd"}
    return JSONResponse(document, status)


def _number(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else default
