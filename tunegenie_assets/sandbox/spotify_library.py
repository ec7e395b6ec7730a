"""Endpoints of the Web API about what a listener keeps: saved tracks and albums, followed artists and playlists."""

from __future__ import annotations

from collections.abc import Sequence

from tunegenie_assets.sandbox.spotify_calls import ApiError, Call, Endpoint, Json, Reply, is_id
from tunegenie_assets.sandbox.spotify_shapes import with_seconds
from tunegenie_assets.sandbox.world import SavedItem

MOST_URIS = 40
_SCOPES = {
    # What reading and what changing it needs.
    "track": ("user-library-read", "user-library-modify"),
    "album": ("user-library-read", "user-library-modify"),
    "artist": ("user-follow-read", "user-follow-modify"),
    "playlist": ("playlist-read-private", "playlist-modify-public"),
}


def saved_tracks(call: Call) -> Reply:
    tracks = call.world.tracks
    items = _kept(call, call.account.saved_tracks)
    market = call.query.get("market")
    return Reply(
        call.page(
            items,
            lambda item: {
                "added_at": with_seconds(item.added_at),
                "track": call.shapes.track(tracks[item.item_id], market),
            },
        )
    )


def saved_albums(call: Call) -> Reply:
    albums = call.world.albums
    items = _kept(call, call.account.saved_albums)

    def shape(item: SavedItem) -> Json:
        return {"added_at": with_seconds(item.added_at), "album": call.shapes.album(albums[item.item_id])}

    return Reply(call.page(items, shape))


def following(call: Call) -> Reply:
    """Followed artists by id, after a cursor that is an id too."""
    if call.query.get("type") != "artist":
        raise ApiError(400, "Missing parameter type" if "type" not in call.query else "Invalid type")
    limit = call.number("limit", 20, 1, 50)
    ids = sorted(item.item_id for item in _kept(call, call.account.followed_artists))
    rest = [artist_id for artist_id in ids if artist_id > call.query.get("after", "")]
    shown = rest[:limit]
    last = shown[-1] if len(rest) > limit else None
    page = {
        "href": call.link(limit=limit),
        "items": [call.shapes.artist(call.world.artists[artist_id]) for artist_id in shown],
        "limit": limit,
        "next": None if last is None else call.link(after=last, limit=limit),
        "cursors": {"after": last},
        "total": len(ids),
    }
    return Reply({"artists": page})


def contains(call: Call) -> Reply:
    uris = _uris(call)
    for kind, _ in uris:
        call.need(_SCOPES[kind][0])
    return Reply([_is_kept(call, kind, item_id) for kind, item_id in uris])


def save(call: Call) -> Reply:
    for kind, item_id in _writable(call):
        if not _is_kept(call, kind, item_id):
            if kind == "playlist":
                call.account.playlist_ids.append(item_id)
            else:
                _shelf(call, kind).append(SavedItem(item_id, call.now))
    return Reply(None)


def remove(call: Call) -> Reply:
    for kind, item_id in _writable(call):
        if kind == "playlist":
            call.account.playlist_ids[:] = [known for known in call.account.playlist_ids if known != item_id]
        else:
            shelf = _shelf(call, kind)
            shelf[:] = [item for item in shelf if item.item_id != item_id]
    return Reply(None)


def _writable(call: Call) -> list[tuple[str, str]]:
    """What a write is about, all of it checked before any of it is done."""
    uris = _uris(call)
    known = {"track": call.world.tracks, "album": call.world.albums, "artist": call.world.artists}
    for kind, item_id in uris:
        call.need(_SCOPES[kind][1])
        if item_id not in known.get(kind, call.world.playlists):
            raise ApiError(404, f"Non existing id: 'spotify:{kind}:{item_id}'")
    return uris


def _uris(call: Call) -> list[tuple[str, str]]:
    """Kinds and ids of `uris`; of `ids`, which the endpoints had that are gone, the kind that the path tells."""
    texts = [text for text in call.query.get("uris", "").split(",") if text]
    if "ids" in call.query:
        kind = call.path.split("/")[3].removesuffix("s")
        texts = [f"spotify:{kind}:{text}" for text in call.query["ids"].split(",")]
    if not texts:
        raise ApiError(400, "Missing required field: uris")
    if len(texts) > MOST_URIS:
        raise ApiError(400, "Too many uris requested")
    parts = [text.split(":") for text in texts]
    if not all(len(p) == 3 and p[0] == "spotify" and p[1] in _SCOPES and is_id(p[2]) for p in parts):
        raise ApiError(400, "Invalid uri")
    return [(kind, item_id) for _, kind, item_id in parts]


def _is_kept(call: Call, kind: str, item_id: str) -> bool:
    if kind == "playlist":
        return item_id in call.account.playlist_ids
    return any(item.item_id == item_id for item in _kept(call, _shelf(call, kind)))


def _shelf(call: Call, kind: str) -> list[SavedItem]:
    account = call.account
    return {"track": account.saved_tracks, "album": account.saved_albums, "artist": account.followed_artists}[kind]


def _kept(call: Call, items: Sequence[SavedItem]) -> list[SavedItem]:
    """What is there by now, the latest first."""
    return sorted((item for item in items if item.added_at <= call.now), key=lambda item: item.added_at)[::-1]


ENDPOINTS = (
    Endpoint("GET", "/me/tracks", saved_tracks, ("user-library-read",)),
    Endpoint("GET", "/me/albums", saved_albums, ("user-library-read",)),
    Endpoint("GET", "/me/following", following, ("user-follow-read",)),
    Endpoint("GET", "/me/library/contains", contains),
    Endpoint("PUT", "/me/library", save),
    Endpoint("DELETE", "/me/library", remove),
    *(
        endpoint
        for kind in ("tracks", "albums")
        for endpoint in (
            Endpoint("GET", f"/me/{kind}/contains", contains, is_gone=True),
            Endpoint("PUT", f"/me/{kind}", save, is_gone=True),
            Endpoint("DELETE", f"/me/{kind}", remove, is_gone=True),
        )
    ),
)
