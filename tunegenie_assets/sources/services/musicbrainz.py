"""MusicBrainz: genres of artists, which artist an id of Spotify is, recordings. Answers hardly change: keep them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import RateLimited
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.transport import PlainService, raise_for_status, retry_after_s

MUSICBRAINZ = "musicbrainz"
API_URL = "https://musicbrainz.org/ws/2/"
CALLS_PER_SECOND = 1.0
SEARCH_SIZE = 5


class MusicBrainzClient:
    """MusicBrainz; `user_agent` names the program and a contact, without which it refuses."""

    def __init__(self, caller: Caller, *, user_agent: str, base_url: str = API_URL) -> None:
        self._service = PlainService(
            MUSICBRAINZ,
            caller,
            base_url=base_url,
            user_agent=user_agent,
            judge=_raise_for_answer,
            calls_per_second=CALLS_PER_SECOND,
            # Artists that were merged answer from their new address.
            follows_redirects=True,
        )

    def artist(self, mbid: str) -> Response:
        """An artist with genres and tags."""
        return self._get(f"artist/{quote(mbid, safe='')}", {"inc": "genres tags"})

    def recording(self, mbid: str) -> Response:
        """A recording with its length in milliseconds and its ISRCs."""
        return self._get(f"recording/{quote(mbid, safe='')}", {"inc": "isrcs"})

    def artist_of_spotify_id(self, spotify_id: str) -> Response:
        """The page of a Spotify artist with its relations to artists; NotFound when nobody linked it."""
        return self._get("url", {"resource": f"https://open.spotify.com/artist/{spotify_id}", "inc": "artist-rels"})

    def search_artist(self, name: str) -> Response:
        """The artists whose name is most like this."""
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return self._get("artist", {"query": f'artist:"{quoted}"', "limit": str(SEARCH_SIZE)})

    def _get(self, path: str, params: Mapping[str, str]) -> Response:
        return self._service.get(path, {**params, "fmt": "json"}, purpose=Purpose.ENRICHMENT)


def _raise_for_answer(response: Response, headers: Mapping[str, str]) -> None:
    # Its way of saying that an address asks too often.
    if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise RateLimited(MUSICBRAINZ, retry_after_s(headers, response.requested_at), response=response)
    raise_for_status(response, headers)
