"""The methods of Last.fm and its errors. The form of its rows, with every number a text, is in `lastfm_shapes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tunegenie_assets.sandbox.lastfm_shapes import (
    Json,
    Scrobbled,
    chart_artist,
    chart_track,
    scrobble,
    tag_artist,
    tag_url,
    track_information,
)
from tunegenie_assets.sandbox.spotify_shapes import milliseconds
from tunegenie_assets.sandbox.world import Account, Artist, Episode, PlayEvent, Track, World

T = TypeVar("T")
PAGE_SIZE = 50
LARGEST_PAGE = 200
LONGEST_WAIT_MS = 4 * 60 * 1000
"""A track is scrobbled once half of it was heard, or this much."""

_STATUS_OF_ERROR = {3: 400, 6: 404, 10: 403, 17: 403}


class LastfmError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Ask:
    """One call of a method."""

    world: World
    now: datetime
    params: Mapping[str, str]

    def text(self, name: str) -> str:
        if not self.params.get(name):
            raise LastfmError(6, "Invalid parameters - Your request is missing a required parameter")
        return self.params[name]

    def number(self, name: str, default: int, least: int) -> int:
        text = self.params.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdecimal() or int(text) < least:
            raise LastfmError(6, f"Invalid parameters - {name} is out of bounds")
        return int(text)

    def page(self, items: Sequence[T]) -> tuple[list[T], dict[str, str]]:
        """The items of the page that is asked for, and what `@attr` says of it."""
        size = min(self.number("limit", PAGE_SIZE, 1), LARGEST_PAGE)
        number = self.number("page", 1, 1)
        pages = -(-len(items) // size)
        attributes = {"page": number, "perPage": size, "totalPages": pages, "total": len(items)}
        return list(items[(number - 1) * size : number * size]), {
            name: str(value) for name, value in attributes.items()
        }

    def listed(self, rows: list[Json]) -> object:
        """A list, or the element itself where it is the only one and the world wants that."""
        return rows[0] if self.world.lastfm_single_as_object and len(rows) == 1 else rows

    def artist(self) -> Artist:
        mbid = self.params.get("mbid")
        known = self.world.artists.values()
        if mbid:
            found = next((artist for artist in known if artist.mbid == mbid), None)
        else:
            name = self.text("artist")
            found = next((artist for artist in known if self.means(name, artist.name)), None)
        if found is None:
            raise LastfmError(6, "The artist you supplied could not be found")
        return found

    def means(self, asked: str, name: str) -> bool:
        return asked == name or (self.params.get("autocorrect") == "1" and asked.casefold() == name.casefold())


def recent_tracks(ask: Ask) -> Json:
    """Scrobbles in [from, to), the latest first; what plays now comes on top of the first page of any range."""
    account = _account(ask)
    if account.lastfm_private:
        raise LastfmError(17, "Login: User required to be logged in")
    first, until = ask.number("from", 0, 0), ask.number("to", 10**12, 0)
    plays = [play for play in _scrobbled(account, ask.now) if first <= milliseconds(play.started_at) // 1000 < until]
    rows, attributes = ask.page(plays)
    is_extended = ask.params.get("extended") == "1"
    shapes = [scrobble(_of(ask.world, play), play.started_at, is_extended=is_extended) for play in rows]
    playing = _playing(account, ask.now)
    if playing is not None and attributes["page"] == "1":
        shapes.insert(0, scrobble(_of(ask.world, playing), None, is_extended=is_extended))
    return {"recenttracks": {"track": ask.listed(shapes), "@attr": {"user": account.lastfm_name, **attributes}}}


def artist_top_tags(ask: Ask) -> Json:
    artist = ask.artist()
    tags = ask.world.artist_tags.get(artist.artist_id, [])[:100]
    rows: list[Json] = [{"count": tag.count, "name": tag.name, "url": tag_url(tag.name)} for tag in tags]
    return {"toptags": {"tag": ask.listed(rows), "@attr": {"artist": artist.name}}}


def chart_top_tracks(ask: Ask) -> Json:
    ranked = sorted(ask.world.tracks.values(), key=lambda track: (-track.popularity, track.track_id))
    tracks, attributes = ask.page(ranked)
    rows = [chart_track(track, ask.world.artists[track.artist_ids[0]]) for track in tracks]
    return {"tracks": {"track": ask.listed(rows), "@attr": attributes}}


def chart_top_artists(ask: Ask) -> Json:
    ranked = sorted(ask.world.artists.values(), key=lambda artist: (-artist.popularity, artist.artist_id))
    artists, attributes = ask.page(ranked)
    return {"artists": {"artist": ask.listed([chart_artist(artist) for artist in artists]), "@attr": attributes}}


def tag_top_artists(ask: Ask) -> Json:
    """By the weight of the tag; nobody for a tag that is not in use."""
    wanted = ask.text("tag")
    weights = {
        artist_id: tag.count
        for artist_id, tags in ask.world.artist_tags.items()
        for tag in tags
        if tag.name.casefold() == wanted.casefold()
    }
    ranked = sorted(weights, key=lambda artist_id: (-weights[artist_id], artist_id))
    ids, attributes = ask.page(ranked)
    before = (int(attributes["page"]) - 1) * int(attributes["perPage"])
    rows = [tag_artist(ask.world.artists[artist_id], rank) for rank, artist_id in enumerate(ids, start=before + 1)]
    return {"topartists": {"artist": ask.listed(rows), "@attr": {"tag": wanted, **attributes}}}


def track_info(ask: Ask) -> Json:
    track = _track(ask)
    artist = ask.world.artists[track.artist_ids[0]]
    tags = ask.world.artist_tags.get(artist.artist_id, [])[:5]
    shape = track_information(track, artist, ask.world.albums[track.album_id])
    rows: list[Json] = [{"name": tag.name, "url": tag_url(tag.name)} for tag in tags]
    # What was an empty element of XML is an empty text.
    shape["toptags"] = {"tag": ask.listed(rows)} if rows else ""
    if "username" in ask.params:
        account = ask.world.account_of_lastfm_name(ask.params["username"])
        plays = _scrobbled(account, ask.now) if account else []
        shape |= {"userplaycount": str(sum(play.item == track for play in plays)), "userloved": "0"}
    return {"track": shape}


METHODS: Mapping[str, Callable[[Ask], Json]] = {
    "user.getrecenttracks": recent_tracks,
    "artist.gettoptags": artist_top_tags,
    "chart.gettoptracks": chart_top_tracks,
    "chart.gettopartists": chart_top_artists,
    "tag.gettopartists": tag_top_artists,
    "track.getinfo": track_info,
}


@dataclass(frozen=True)
class Lastfm:
    world: World
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        return [Route(path, self.answer, methods=["GET", "POST"]) for path in ("/2.0", "/2.0/")]

    async def answer(self, request: Request) -> Response:
        params = dict(request.query_params)
        try:
            document = self._document(params)
        except LastfmError as error:
            status = 200 if self.world.lastfm_errors_in_200 else _STATUS_OF_ERROR[error.code]
            if params.get("format") != "json":
                return _xml(f'<lfm status="failed"><error code="{error.code}">{error.message}</error></lfm>', status)
            return JSONResponse({"error": error.code, "message": error.message}, status)
        if params.get("format") != "json":
            return _xml('<lfm status="ok"/>', 200)
        return JSONResponse(document)

    def _document(self, params: Mapping[str, str]) -> Json:
        method = METHODS.get(params.get("method", "").casefold())
        if method is None:
            raise LastfmError(3, "Invalid Method - No method with that name in this package")
        if params.get("api_key") not in self.world.lastfm_api_keys:
            raise LastfmError(10, "Invalid API key - You must be granted a valid key by last.fm")
        return method(Ask(self.world, self.now(), params))


def _account(ask: Ask) -> Account:
    account = ask.world.account_of_lastfm_name(ask.text("user"))
    if account is None:
        raise LastfmError(6, "User not found")
    return account


def _scrobbled(account: Account, now: datetime) -> list[PlayEvent]:
    """Of the plays that the services know those that were long enough for Last.fm, the latest start first."""
    plays = [play for play in account.visible_plays(now) if _counts(play)]
    return sorted(plays, key=lambda play: play.started_at, reverse=True)


def _counts(play: PlayEvent) -> bool:
    if play.item is None or isinstance(play.item, Episode):
        return False
    played_ms = milliseconds(play.ended_at) - milliseconds(play.started_at)
    return played_ms >= min(play.item.duration_ms / 2, LONGEST_WAIT_MS)


def _playing(account: Account, now: datetime) -> PlayEvent | None:
    playing = (play for play in account.plays if play.started_at <= now < play.ended_at and not play.private_session)
    return next((play for play in playing if play.item is not None and not isinstance(play.item, Episode)), None)


def _of(world: World, play: PlayEvent) -> Scrobbled:
    """What the player told Last.fm of a play: names, and the ids that Last.fm found for them."""
    item = play.item
    if isinstance(item, Track):
        artist, album = world.artists[item.artist_ids[0]], world.albums[item.album_id]
        return Scrobbled(item.name, artist.name, album.name, item.mbid, artist.mbid, album.mbid)
    if item is None or isinstance(item, Episode):
        raise ValueError(f"only music is scrobbled, not {item}")
    return Scrobbled(item.name, item.artist_name, item.album_name)


def _track(ask: Ask) -> Track:
    mbid, tracks = ask.params.get("mbid"), ask.world.tracks.values()
    if mbid:
        found = next((track for track in tracks if track.mbid == mbid), None)
    else:
        name, artist = ask.text("track"), ask.text("artist")
        found = next(
            (
                track
                for track in tracks
                if ask.means(name, track.name) and ask.means(artist, ask.world.artists[track.artist_ids[0]].name)
            ),
            None,
        )
    if found is None:
        raise LastfmError(6, "Track not found")
    return found


def _xml(body: str, status: int) -> Response:
    """Without format=json everything is XML; what it holds is nothing that a client of the JSON could use."""
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', status, media_type="text/xml")
