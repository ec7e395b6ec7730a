"""Small lookups of ListenBrainz: the recording that names mean, and the tags of recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tunegenie_assets.sandbox.derived import derived_mbid
from tunegenie_assets.sandbox.world import Artist, Track, World

Json = dict[str, Any]
LONGEST_QUERY = 250
_RATE_HEADERS = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "29", "X-RateLimit-Reset-In": "10"}


@dataclass(frozen=True)
class ListenBrainz:
    world: World

    def routes(self) -> list[Route]:
        return [
            Route("/1/metadata/lookup/", self.lookup, methods=["GET"]),
            Route("/1/metadata/recording/", self.recordings, methods=["GET"]),
        ]

    async def lookup(self, request: Request) -> Response:
        """The recording, or an empty object when the names mean none that is known."""
        query = request.query_params
        artist, recording = query.get("artist_name", ""), query.get("recording_name", "")
        if not self._knows(request):
            return _error(401, "You need to provide an Authorization header.")
        if not artist or not recording:
            return _error(400, "artist_name and recording_name are required")
        if len(artist) + len(recording) > LONGEST_QUERY:
            return _error(400, f"artist_name and recording_name may have {LONGEST_QUERY} characters together")
        found = self._named(artist.casefold(), recording.casefold())
        if found is None:
            return JSONResponse({}, headers=_RATE_HEADERS)
        document = self._recording(found)
        if query.get("metadata") == "true":
            document["metadata"] = self._metadata(found, query.get("inc", "").replace("+", " ").split())
        return JSONResponse(document, headers=_RATE_HEADERS)

    async def recordings(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, "You need to provide an Authorization header.")
        mbids = request.query_params.get("recording_mbids", "").split(",")
        included = request.query_params.get("inc", "").replace("+", " ").split()
        known = {track.mbid: track for track in self.world.tracks.values() if track.mbid is not None}
        found = {mbid: self._metadata(known[mbid], included) for mbid in mbids if mbid in known}
        return JSONResponse(found, headers=_RATE_HEADERS)

    def _knows(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind == "Token" and token in self.world.listenbrainz_tokens

    def _named(self, artist: str, recording: str) -> Track | None:
        for track in self.world.tracks.values():
            is_named = track.mbid is not None and track.name.casefold() == recording
            if is_named and self._artist(track).name.casefold() == artist:
                return track
        return None

    def _artist(self, track: Track) -> Artist:
        return self.world.artists[track.artist_ids[0]]

    def _recording(self, track: Track) -> Json:
        artist, album = self._artist(track), self.world.albums[track.album_id]
        return {
            "artist_credit_name": artist.name,
            "artist_mbids": [artist.mbid] if artist.mbid else [],
            "recording_mbid": track.mbid,
            "recording_name": track.name,
            "release_mbid": album.mbid,
            "release_name": album.name,
        }

    def _metadata(self, track: Track, included: list[str]) -> Json:
        artist, album = self._artist(track), self.world.albums[track.album_id]
        document: Json = {"recording": {"length": track.duration_ms, "name": track.name, "rels": []}}
        if "artist" in included:
            artists = [{"artist_mbid": artist.mbid, "name": artist.name, "type": "Group"}]
            document["artist"] = {"name": artist.name, "artists": artists}
        if "release" in included:
            document["release"] = {"mbid": album.mbid, "name": album.name, "year": int(album.release_date[:4])}
        if "tag" in included:
            document["tag"] = {"artist": self._tags(artist), "recording": [], "release_group": []}
        return document

    def _tags(self, artist: Artist) -> list[Json]:
        """A tag that is a genre has that genre's id too."""
        rows: list[Json] = []
        for tag in self.world.artist_tags.get(artist.artist_id, []):
            row: Json = {"artist_mbid": artist.mbid, "tag": tag.name, "count": 1 + tag.count // 20}
            if tag.name in artist.genres:
                row["genre_mbid"] = derived_mbid("genre", tag.name)
            rows.append(row)
        return rows


def _error(status: int, message: str) -> Response:
    return JSONResponse({"code": status, "error": message}, status, headers=_RATE_HEADERS)
