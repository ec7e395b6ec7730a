"""Last.fm over plain HTTP: scrobbles, tags, charts, and the quirks of its JSON.

The JSON was made from XML: every number is text, a list of one may be its element, nothing may be "" in place of {}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from pydantic import SecretStr

from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    BadResponse,
    NotFound,
    PrivateProfile,
    RateLimited,
    Refused,
    ServerFailure,
)
from tunegenie_assets.sources.services.responses import Purpose, Response
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
            pages = as_number(_attributes_in(page.json).get("totalPages")) or 0
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

    def _ask(self, method: str, params: Mapping[str, str], purpose: Purpose, judge: Judge | None = None) -> Response:
        return self._service.get("", {"method": method, "format": "json", **params}, purpose=purpose, judge=judge)


def raise_for_answer(response: Response, headers: Mapping[str, str]) -> None:
    """Raise what an answer means. Errors come with status 200 too.

    Raises:
        ServiceError: it is not a success.
    """
    told = as_object(response.json)
    code = as_number(told.get("error"))
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
        raise PrivateProfile(response=response)
    if code in _CREDENTIALS:
        raise BadCredentials(LASTFM, f"the API key (error {code})", response=response)
    raise Refused(LASTFM, f"error {code}, {message}", response=response)


def _raise_for_scrobbles(response: Response, headers: Mapping[str, str], *, name: str) -> None:
    raise_for_answer(response, headers)
    attributes = _attributes_in(response.json)
    if as_number(attributes.get("totalPages")) is None:
        raise BadResponse(LASTFM, "no count of its pages", response=response)
    # Last.fm has been seen to answer with the scrobbles of somebody else.
    if str(attributes.get("user")).casefold() != name.casefold():
        raise BadResponse(LASTFM, "not of the listener who was asked for", response=response)


def _subject(response: Response) -> str:
    """What was asked for, such as `track Numb by artist Linkin Park`; who a listener is there stays out of messages."""
    if "user" in response.params:
        return "listener of the name that TUNEGENIE_LASTFM_NAMES gives"
    named = [f"{what} {response.params[what]!a}" for what in ("track", "artist", "tag") if what in response.params]
    return " by ".join(named) or response.params.get("method", "that")


def _chart(page: int) -> dict[str, str]:
    return {"limit": str(CHART_SIZE), "page": str(page)}


def _seconds(moment: datetime) -> str:
    return str(int(moment.replace(tzinfo=UTC).timestamp()))


def as_list(value: object) -> list[dict[str, Any]]:
    """The objects of a list, of a list of one, or of nothing."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, Any]", item) for item in values if isinstance(item, dict)]


def as_object(value: object) -> dict[str, Any]:
    """The object, or an empty one for "" and null."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_in(value: object) -> str | None:
    """The text of an element: as it is, under `#text`, or under `name` where more was asked for; None for none."""
    if isinstance(value, str):
        return value or None
    element = as_object(value)
    return element.get("#text") or element.get("name") or None


def as_number(value: object) -> int | None:
    """The whole number that a text or a number says."""
    try:
        return int(value) if isinstance(value, (str, int)) else None
    except ValueError:
        return None


def scrobbles_in(page: object) -> list[dict[str, Any]]:
    """The scrobbles of a page of recent tracks, given as JSON. What is playing now has no date and is none."""
    rows = as_list(as_object(as_object(page).get("recenttracks")).get("track"))
    return [row for row in rows if as_number(as_object(row.get("date")).get("uts")) is not None]


def tags_in(page: object) -> list[dict[str, Any]]:
    """The tags of an artist, given the page as JSON; none for one that nobody knows."""
    return as_list(as_object(as_object(page).get("toptags")).get("tag"))


def _attributes_in(page: object) -> dict[str, Any]:
    """Whose scrobbles a page holds, and of how many pages it is one."""
    return as_object(as_object(as_object(page).get("recenttracks")).get("@attr"))
