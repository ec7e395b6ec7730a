"""Endpoints of the Web API about the listener: profile, recent plays, most played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Json, Reply
from tunegenie_assets.sandbox.spotify_shapes import milliseconds
from tunegenie_assets.sandbox.world import Episode, PlayEvent, Track

WINDOW = 50
"""Plays that recently-played reaches back, however it is asked."""
TIME_RANGES = {
    "short_term": timedelta(weeks=4),
    "medium_term": timedelta(days=182),
    "long_term": timedelta(days=365),
}


def me(call: Call) -> Reply:
    account = call.account
    profile: Json = {**call.shapes.user(account), "account_id": account.account_id, "images": []}
    if not call.is_development:
        profile["followers"] = {"href": None, "total": 0}
        if "user-read-private" in call.scopes:
            explicit = {"filter_enabled": False, "filter_locked": False}
            profile |= {"country": account.country, "product": account.product, "explicit_content": explicit}
        if "user-read-email" in call.scopes:
            profile["email"] = f"{account.spotify_id}@example.org"
    return Reply(profile)


def recently_played(call: Call) -> Reply:
    """The newest plays of the window that lie after or before a cursor, which is in milliseconds and exclusive."""
    limit = call.number("limit", 20, 1, WINDOW)
    if "after" in call.query and "before" in call.query:
        raise ApiError(400, "Only one of 'after' or 'before' can be specified")
    after = call.number("after", -1, 0, 10**15)
    before = call.number("before", 10**15, 0, 10**15)
    plays = [play for play in call.account.visible_plays(call.now) if not isinstance(play.item, Episode)][:WINDOW]
    plays = [play for play in plays if after < milliseconds(play.ended_at) < before][:limit]
    return Reply(_cursor_page(call, plays, limit))


def _cursor_page(call: Call, plays: list[PlayEvent], limit: int) -> Json:
    page: Json = {"items": [call.shapes.play(play) for play in plays], "next": None, "cursors": None, "limit": limit}
    page["href"] = call.link(limit=limit)
    if plays:
        newest, oldest = str(milliseconds(plays[0].ended_at)), str(milliseconds(plays[-1].ended_at))
        page["cursors"] = {"after": newest, "before": oldest}
        page["next"] = call.link(after=None, before=oldest, limit=limit)
    return page


def top_tracks(call: Call) -> Reply:
    tracks = call.world.tracks
    ranked = _ranked(track.track_id for track in _played(call))
    return Reply(call.page(ranked, lambda track_id: call.shapes.track(tracks[track_id])))


def top_artists(call: Call) -> Reply:
    artists = call.world.artists
    ranked = _ranked(track.artist_ids[0] for track in _played(call))
    return Reply(call.page(ranked, lambda artist_id: call.shapes.artist(artists[artist_id])))


def _played(call: Call) -> list[Track]:
    name = call.query.get("time_range", "medium_term")
    if name not in TIME_RANGES:
        raise ApiError(400, "Invalid time range")
    since = call.now - TIME_RANGES[name]
    plays = call.account.visible_plays(call.now)
    return [play.item for play in plays if play.ended_at >= since and isinstance(play.item, Track)]


def _ranked(ids: Iterable[str]) -> list[str]:
    """By number of plays; of equals the one played last comes first."""
    return [spotify_id for spotify_id, _ in Counter(ids).most_common()]


ENDPOINTS = (
    Endpoint("GET", "/me", me),
    Endpoint("GET", "/me/player/recently-played", recently_played, ("user-read-recently-played",)),
    Endpoint("GET", "/me/top/tracks", top_tracks, ("user-top-read",)),
    Endpoint("GET", "/me/top/artists", top_artists, ("user-top-read",)),
)
