"""Last.fm over plain HTTP: scrobbles, tags, charts. What its JSON means is said in lastfm_values.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from pydantic import SecretStr

from tunegenie_assets.sources.services.calls import Caller, Purpose
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    BadResponse,
    NotFound,
    PrivateProfile,
    RateLimited,
    Refused,
    ServerFailure,
)
from tunegenie_assets.sources.services.lastfm_values import (
    attributes_in,
    fields_in,
    number_in,
    total_pages_in,
)
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.transport import Judge, PlainService, raise_for_status, retry_after_s, shown

LASTFM = "lastfm"
API_URL = "https://ws.audioscrobbler.com/2.0/"
CALLS_PER_SECOND = 4.0
PAGE_SIZE = 200
CHART_SIZE = 100

_NOT_FOUND = 6
_PRIVATE = 17
_RATE_LIMITED = 29
_FAILED = frozenset({8, 11, 16})
_CREDENTIALS = frozenset({4, 9, 10, 13, 26})


class LastfmClient:
    """Last.fm on behalf of an app."""

    def __init__(self, caller: Caller, api_key: SecretStr, *, user_agent: str, base_url: str = API_URL) -> None:
        self._service = PlainService(
            LASTFM,
            caller,
            base_url=base_url,
            user_agent=user_agent,
            judge=raise_for_answer,
            secret_params={"api_key": api_key.get_secret_value()},
            calls_per_second=CALLS_PER_SECOND,
        )

    def scrobbles(self, name: str, *, until: datetime, since: datetime | None = None) -> Iterator[Response]:
        """Pages of what `name` scrobbled in [since, until), naive UTC, the latest first.

        `until` holds for all pages, so that what is scrobbled meanwhile moves nothing from page to page.

        Raises:
            PrivateProfile: the listener hides it.
            NotFound: nobody has this name.
            ServiceError: a page could not be had.
        """
        params = {"user": name, "limit": str(PAGE_SIZE), "to": _seconds(until)}
        if since is not None:
            params["from"] = _seconds(since)
        number, pages = 1, 1
        while number <= pages:
            page = self._ask(
                "user.getRecentTracks",
                {**params, "page": str(number)},
                Purpose.PLAYS,
                judge=partial(_raise_for_scrobbles, name=name),
            )
            yield page
            pages = total_pages_in(page.fields().get("recenttracks"))
            number += 1

    def artist_tags(self, artist: str) -> Response:
        """The tags that listeners gave an artist, with counts from 0 to 100."""
        return self._ask("artist.getTopTags", {"artist": artist, "autocorrect": "1"}, Purpose.ENRICHMENT)

    def track_info(self, artist: str, track: str) -> Response:
        """A track with duration, album and tags, as far as Last.fm has them."""
        return self._ask("track.getInfo", {"artist": artist, "track": track, "autocorrect": "1"}, Purpose.ENRICHMENT)

    def chart_tracks(self, *, page: int = 1) -> Response:
        """The tracks that are played most, 100 to a page."""
        return self._ask("chart.getTopTracks", _chart(page), Purpose.CHARTS)

    def chart_artists(self, *, page: int = 1) -> Response:
        """The artists who are played most, 100 to a page."""
        return self._ask("chart.getTopArtists", _chart(page), Purpose.CHARTS)

    def tag_artists(self, tag: str, *, page: int = 1) -> Response:
        """The artists who have a tag most, 100 to a page; none for a tag that nobody uses."""
        return self._ask("tag.getTopArtists", {"tag": tag, **_chart(page)}, Purpose.CHARTS)

    def _ask(self, method: str, params: Mapping[str, str], purpose: Purpose, judge: Judge | None = None) -> Response:
        return self._service.get("", {"method": method, "format": "json", **params}, purpose=purpose, judge=judge)


def raise_for_answer(response: Response, headers: Mapping[str, str]) -> None:
    """Raise what an answer means. Errors come with status 200 too.

    Raises:
        ServiceError: it is not a success.
    """
    told = fields_in(response.json)
    code = number_in(told.get("error"))
    if code is None:
        raise_for_status(response, headers)
        return
    message = shown(str(told.get("message", "")))
    wait = retry_after_s(headers, response.requested_at)
    if code in _FAILED:
        raise ServerFailure(LASTFM, f"failed with error {code}", retry_after_s=wait, response=response)
    if code == _RATE_LIMITED:
        raise RateLimited(LASTFM, wait, response=response)
    if code == _NOT_FOUND:
        raise NotFound(LASTFM, _subject(response), response=response)
    if code == _PRIVATE:
        raise PrivateProfile(response.params.get("user", "the listener"), response=response)
    if code in _CREDENTIALS:
        raise BadCredentials(LASTFM, f"the API key (error {code})", response=response)
    raise Refused(LASTFM, f"error {code}, {message}", response=response)


def _raise_for_scrobbles(response: Response, headers: Mapping[str, str], *, name: str) -> None:
    raise_for_answer(response, headers)
    # Last.fm has been seen to answer with the scrobbles of somebody else.
    whose = attributes_in(fields_in(response.json).get("recenttracks")).get("user")
    if response.json is not None and str(whose).casefold() != name.casefold():
        raise BadResponse(LASTFM, "not of the listener who was asked for", response=response)


def _subject(response: Response) -> str:
    """What was asked for, such as `track Numb by artist Linkin Park`."""
    named = [
        f"{what} {response.params[what]!a}" for what in ("user", "track", "artist", "tag") if what in response.params
    ]
    return " by ".join(named) or response.params.get("method", "that")


def _chart(page: int) -> dict[str, str]:
    return {"limit": str(CHART_SIZE), "page": str(page)}


def _seconds(moment: datetime) -> str:
    return str(int(moment.replace(tzinfo=UTC).timestamp()))
