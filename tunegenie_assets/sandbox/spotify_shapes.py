"""The JSON objects of the Web API, in the form that each quota mode gives them.

Which of them a request gets is not decided here.
"""

from __future__ import annotations

import hashlib
import html
from datetime import UTC, datetime
from typing import Any

from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.world import (
    Account,
    Album,
    Artist,
    DevelopmentGenres,
    Episode,
    LocalFile,
    Playable,
    PlayEvent,
    Playlist,
    PlaylistItem,
    Track,
    World,
)

Json = dict[str, Any]
MARKETS = ["AU", "BR", "DE", "ES", "FR", "GB", "IN", "MX", "SE", "US"]
_DATE_PRECISION = {4: "year", 7: "month", 10: "day"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shapes:
    """Writes the objects of one world for one profile; `base_url` is the host of every `href`."""

    def __init__(self, world: World, profile: Profile, base_url: str) -> None:
        self._world = world
        self._is_development = profile is Profile.DEV2026
        self.base_url = base_url

    def reference(self, kind: str, spotify_id: str) -> Json:
        """What every object with an id has."""
        plural = "users" if kind == "user" else f"{kind}s"
        return {
            "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{spotify_id}"},
            "href": f"{self.base_url}/v1/{plural}/{spotify_id}",
            "id": spotify_id,
            "type": kind,
            "uri": f"spotify:{kind}:{spotify_id}",
        }

    def simple_artist(self, artist_id: str) -> Json:
        return {**self.reference("artist", artist_id), "name": self._world.artists[artist_id].name}

    def artist(self, artist: Artist) -> Json:
        shape = {**self.simple_artist(artist.artist_id), "images": _images(artist.artist_id)}
        if not self._is_development:
            followers = {"href": None, "total": artist.followers}
            return {**shape, "genres": list(artist.genres), "followers": followers, "popularity": artist.popularity}
        match self._world.development_genres:
            case DevelopmentGenres.ABSENT:
                return shape
            case DevelopmentGenres.NULL:
                return {**shape, "genres": None}
            case DevelopmentGenres.EMPTY:
                return {**shape, "genres": []}
            case DevelopmentGenres.LISTED:
                return {**shape, "genres": list(artist.genres)}

    def simple_album(self, album: Album) -> Json:
        shape = {
            **self.reference("album", album.album_id),
            "album_type": album.album_type,
            "total_tracks": len(album.track_ids),
            "images": _images(album.album_id),
            "name": album.name,
            "release_date": album.release_date,
            "release_date_precision": _DATE_PRECISION[len(album.release_date)],
            "artists": [self.simple_artist(artist_id) for artist_id in album.artist_ids],
        }
        return shape if self._is_development else {**shape, "available_markets": MARKETS}

    def album(self, album: Album) -> Json:
        """Without its tracks, which come in pages."""
        shape = {
            **self.simple_album(album),
            "copyrights": [{"text": f"{album.release_date[:4]} {album.label}", "type": "P"}],
            "external_ids": {"upc": album.upc} if album.upc else {},
        }
        if self._is_development:
            return shape
        popularity = max((self._world.tracks[track_id].popularity for track_id in album.track_ids), default=0)
        return {**shape, "genres": [], "label": album.label, "popularity": popularity}

    def simple_track(self, track: Track, market: str | None = None) -> Json:
        shape = {
            **self.reference("track", track.track_id),
            "artists": [self.simple_artist(artist_id) for artist_id in track.artist_ids],
            "disc_number": track.disc_number,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            "is_local": False,
            "name": track.name,
            "track_number": track.track_number,
        }
        if market is not None:
            shape["is_playable"] = True
        if self._is_development:
            return shape
        if market is None:
            shape["available_markets"] = MARKETS
        return {**shape, "preview_url": None}

    def track(self, track: Track, market: str | None = None) -> Json:
        shape = {
            **self.simple_track(track, market),
            "album": self.simple_album(self._world.albums[track.album_id]),
            "external_ids": {"isrc": track.isrc} if track.isrc else {},
        }
        return shape if self._is_development else {**shape, "popularity": track.popularity}

    def playable(self, item: Playable | None) -> Json | None:
        match item:
            case None:
                return None
            case Track():
                return self.track(item)
            case Episode():
                return self._episode(item)
            case LocalFile():
                return _local_file(item, is_development=self._is_development)

    def play(self, play: PlayEvent) -> Json:
        return {
            "track": self.playable(play.item),
            "played_at": with_milliseconds(play.ended_at),
            "context": None if play.context is None else self._context(play.context),
        }

    def user(self, account: Account) -> Json:
        """The public part of a profile."""
        return {**self.reference("user", account.spotify_id), "display_name": account.display_name}

    def owner(self, spotify_id: str) -> Json:
        account = self._world.account_of_spotify_id(spotify_id)
        name = account.display_name if account else spotify_id
        return {**self.reference("user", spotify_id), "display_name": name}

    def simple_playlist(self, playlist: Playlist) -> Json:
        """As in a list of playlists: how many items there are, and not which."""
        items_url = f"{self.base_url}/v1/playlists/{playlist.playlist_id}/items"
        contents = {"href": items_url, "total": len(playlist.items)}
        return {
            **self.reference("playlist", playlist.playlist_id),
            "collaborative": playlist.collaborative,
            # Descriptions come back with the characters of HTML written as entities.
            "description": html.escape(playlist.description, quote=True).replace("/", "&#x2F;"),
            "images": _images(playlist.playlist_id) if playlist.items else None,
            "name": playlist.name,
            "owner": self.owner(playlist.owner_id),
            "public": playlist.public,
            "snapshot_id": playlist.snapshot_id,
            "items": contents,
            "tracks": None if self._is_development else contents,
        }

    def playlist_item(self, item: PlaylistItem) -> Json:
        playable = self.playable(item.item)
        shape: Json = {
            "added_at": with_seconds(item.added_at),
            "added_by": self.reference("user", item.added_by),
            "is_local": isinstance(item.item, LocalFile),
            "primary_color": None,
            "video_thumbnail": {"url": None},
            "item": playable,
        }
        return shape if self._is_development else {**shape, "track": playable}

    def audio_features(self, track: Track) -> Json | None:
        if track.audio_features is None:
            return None
        return {
            **track.audio_features,
            "duration_ms": track.duration_ms,
            "id": track.track_id,
            "uri": track.uri,
            "track_href": f"{self.base_url}/v1/tracks/{track.track_id}",
            "analysis_url": f"{self.base_url}/v1/audio-analysis/{track.track_id}",
            "type": "audio_features",
        }

    def _episode(self, episode: Episode) -> Json:
        return {
            **self.reference("episode", episode.episode_id),
            "description": "",
            "duration_ms": episode.duration_ms,
            "explicit": False,
            "images": _images(episode.episode_id),
            "is_externally_hosted": False,
            "is_playable": True,
            "languages": ["en"],
            "name": episode.name,
            "release_date": episode.release_date,
            "release_date_precision": _DATE_PRECISION[len(episode.release_date)],
            "show": {"name": episode.show_name, "type": "show"},
        }

    def _context(self, uri: str) -> Json:
        if uri.endswith(":collection"):
            # A listener's saved tracks.
            address = "https://open.spotify.com/collection/tracks"
            href = f"{self.base_url}/v1/me/tracks"
            return {"type": "collection", "href": href, "external_urls": {"spotify": address}, "uri": uri}
        kind, spotify_id = uri.split(":")[1:]
        reference = self.reference(kind, spotify_id)
        return {name: reference[name] for name in ("type", "href", "external_urls", "uri")}


def milliseconds(moment: datetime) -> int:
    """Since 1970; what is finer than a millisecond is cut off, as in `played_at`."""
    return (moment - _EPOCH) // (datetime.resolution * 1000)


def with_milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def with_seconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local_file(file: LocalFile, *, is_development: bool) -> Json:
    nameless = {"external_urls": {}, "href": None, "id": None}
    shape = {
        **nameless,
        "album": {**nameless, "album_type": None, "artists": [], "images": [], "name": file.album_name}
        | {"release_date": None, "release_date_precision": None, "type": "album", "uri": None},
        "artists": [{**nameless, "name": file.artist_name, "type": "artist", "uri": None}],
        "disc_number": 0,
        "duration_ms": file.duration_ms,
        "explicit": False,
        "external_ids": {},
        "is_local": True,
        "name": file.name,
        "track_number": 0,
        "type": "track",
        "uri": file.uri,
    }
    return shape if is_development else {**shape, "available_markets": [], "popularity": 0, "preview_url": None}


def _images(spotify_id: str) -> list[Json]:
    name = hashlib.sha256(spotify_id.encode()).hexdigest()[:40]
    return [{"url": f"https://i.scdn.co/image/{name}{size}", "height": size, "width": size} for size in (640, 300, 64)]
