"""Writing a playlist to an account exactly once, although a call may be carried out and still answer with an error.

A playlist of ours carries a mark in its description; what is not known is looked up before anything is sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from tunegenie_assets.sources.services.accounts import SPOTIFY
from tunegenie_assets.sources.services.errors import BadResponse, ServerFailure
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.spotify import PLAYLIST_WRITE_SIZE, SpotifyClient, playlist_content

_MARK = re.compile(r"\[tunegenie:([0-9a-f]{12})\]")
_DIGITS = 12
_LONGEST_DESCRIPTION = 300
_TRIES = 3


@dataclass(frozen=True)
class PushResult:
    """What became of a push."""

    playlist_id: str
    outcome: Literal["created", "replaced", "unchanged"]
    items: int

    @property
    def url(self) -> str:
        return f"https://open.spotify.com/playlist/{self.playlist_id}"


@dataclass(frozen=True)
class _Playlist:
    playlist_id: str
    content_hash: str
    """In its mark."""


def push_playlist(client: SpotifyClient, name: str, uris: Sequence[str], description: str) -> PushResult:
    """Make the account's playlist `name` hold these tracks in this order, as a new one or in place of our last.

    Playlists that the listener made are left alone, whatever their name.

    Raises:
        ServiceError: Spotify refused, or kept failing; another push goes on where this one ended.
    """
    content_hash = hashlib.sha256("\n".join([name, *uris]).encode()).hexdigest()[:_DIGITS]
    described = _described(description, content_hash)
    ours = _find(client, name)
    if ours is None:
        playlist_id = _create(client, name, described)
        _fill(client, playlist_id, list(uris))
        return PushResult(playlist_id, "created", len(uris))
    changed = _fill(client, ours.playlist_id, list(uris))
    if ours.content_hash != content_hash:
        client.describe_playlist(ours.playlist_id, described)
        changed = True
    return PushResult(ours.playlist_id, "replaced" if changed else "unchanged", len(uris))


def _described(description: str, content_hash: str) -> str:
    mark = f"[tunegenie:{content_hash}]"
    # Spotify refuses line breaks.
    text = " ".join(description.split())[: _LONGEST_DESCRIPTION - len(mark) - 1]
    return f"{text} {mark}".strip()


def _find(client: SpotifyClient, name: str) -> _Playlist | None:
    """Our playlist of this name. Others' that the account follows may carry a mark too."""
    owner_id = client.me().fields().get("id")
    for page in client.playlists():
        for item in page.items():
            mark = _MARK.search(str(item.get("description") or ""))
            owner = item.get("owner")
            is_own = isinstance(owner, dict) and cast("dict[str, object]", owner).get("id") == owner_id
            if mark and is_own and item.get("name") == name:
                return _Playlist(_id(item, page), mark[1])
    return None


def _create(client: SpotifyClient, name: str, description: str, tries: int = _TRIES) -> str:
    """The id of a new playlist; after a failure that may have made one it is looked for first."""
    try:
        response = client.create_playlist(name, description)
        return _id(response.fields(), response)
    except (ServerFailure, BadResponse):
        made = _find(client, name)
        if made is not None:
            return made.playlist_id
        if tries == 1:
            raise
        return _create(client, name, description, tries - 1)


def _fill(client: SpotifyClient, playlist_id: str, uris: list[str], tries: int = _TRIES) -> bool:
    """Make the playlist hold `uris`; False when it did. After a failure it goes on from what is there."""
    held = list(_held(client, playlist_id))
    if held == uris:
        return False
    try:
        _write(client, playlist_id, uris, held)
    except (ServerFailure, BadResponse):
        if tries == 1:
            raise
        _fill(client, playlist_id, uris, tries - 1)
    return True


def _write(client: SpotifyClient, playlist_id: str, uris: list[str], held: list[str]) -> None:
    done = len(held)
    if not held or uris[:done] != held:
        done = PLAYLIST_WRITE_SIZE
        client.replace_playlist_items(playlist_id, uris[:done])
    for start in range(done, len(uris), PLAYLIST_WRITE_SIZE):
        client.add_playlist_items(playlist_id, uris[start : start + PLAYLIST_WRITE_SIZE])


def _held(client: SpotifyClient, playlist_id: str) -> Iterator[str]:
    """The addresses of what the playlist holds; an item that is gone has none."""
    for page in client.playlist_items(playlist_id):
        for item in page.items():
            content = playlist_content(item)
            yield str(content.get("uri")) if content else ""


def _id(item: dict[str, object], response: Response) -> str:
    playlist_id = item.get("id")
    if not isinstance(playlist_id, str):
        raise BadResponse(SPOTIFY, "a playlist without an id", response=response)
    return playlist_id
