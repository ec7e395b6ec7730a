"""ListenBrainz: ids and tags of recordings by their names. Answers hardly change: keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import SecretStr

from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import BadCredentials, RateLimited
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.transport import PlainService, raise_for_status, retry_after_s

LISTENBRAINZ = "listenbrainz"
API_URL = "https://api.listenbrainz.org/1/"
CALLS_PER_SECOND = 1.0
_LONGEST_NAMES = 250
"""Of artist and recording together; longer ones are refused."""


class ListenBrainzClient:
    """ListenBrainz, with the token of somebody's account where its lookups want one."""

    def __init__(
        self, caller: Caller, *, user_agent: str, token: SecretStr | None = None, base_url: str = API_URL
    ) -> None:
        self._service = PlainService(
            LISTENBRAINZ,
            caller,
            base_url=base_url,
            user_agent=user_agent,
            judge=_raise_for_answer,
            headers={"Authorization": f"Token {token.get_secret_value()}"} if token else None,
            calls_per_second=CALLS_PER_SECOND,
        )

    def lookup(self, artist: str, recording: str) -> Response:
        """The recording that is most likely meant, with its tags; {} when there is none."""
        artist = artist[: _LONGEST_NAMES // 2]
        params = {
            "artist_name": artist,
            "recording_name": recording[: _LONGEST_NAMES - len(artist)],
            "metadata": "true",
            "inc": "artist tag",
        }
        return self._service.get("metadata/lookup/", params, purpose=Purpose.ENRICHMENT)

    def recordings(self, mbids: Sequence[str]) -> Response:
        """The tags of recordings, of their artists and release groups."""
        params = {"recording_mbids": ",".join(mbids), "inc": "tag"}
        return self._service.get("metadata/recording/", params, purpose=Purpose.ENRICHMENT)


def _raise_for_answer(response: Response, headers: Mapping[str, str]) -> None:
    if response.status == HTTPStatus.UNAUTHORIZED:
        raise BadCredentials(LISTENBRAINZ, "the user token", response=response)
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        resets_in = {"Retry-After": headers.get("X-RateLimit-Reset-In", headers.get("Retry-After", ""))}
        raise RateLimited(LISTENBRAINZ, retry_after_s(resets_in, response.requested_at), response=response)
    raise_for_status(response, headers)
