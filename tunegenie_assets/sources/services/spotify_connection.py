"""One account's connection to Spotify's Web API: spotipy sends and builds addresses, repeating and judging are ours.

Which calls there are is the business of spotify.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from spotipy import Spotify, SpotifyException

from tunegenie_assets.sources.services.accounts import SPOTIFY, TokenSource
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import BadResponse, Refused, TokenOverlooked, Unauthorized
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.spotify_errors import raise_for_answer
from tunegenie_assets.sources.services.transport import (
    TIMEOUT_S,
    new_session,
    require_json,
    shown,
    to_response,
    typed_failures,
)

Ask = Callable[[Spotify], object]
"""Calls one method of spotipy. What that returns is not used: the answer is taken from the connection."""
# A status that no service sends: with it spotipy repeats nothing, and its errors keep status and headers.
_NEVER_SENT = (599,)


class SpotifyConnection:
    """Not for several threads: the answer to a call is taken from the session."""

    def __init__(self, caller: Caller, tokens: TokenSource, *, base_url: str) -> None:
        self._caller = caller
        self._tokens = tokens
        self._base_url = base_url.rstrip("/") + "/"
        self._answer: requests.Response | None = None
        session = new_session(base_url)
        # The API never redirects, and a token must not follow to another host.
        session.max_redirects = 0
        session.hooks["response"].append(self._keep)
        # Spotipy has no types: those of its defaults would be taken for them.
        make: Any = Spotify
        self._spotipy: Spotify = make(
            auth="", requests_session=session, retries=0, status_forcelist=_NEVER_SENT, requests_timeout=TIMEOUT_S
        )
        self._spotipy.prefix = self._base_url

    def call(
        self,
        ask: Ask,
        *,
        purpose: Purpose,
        scopes: Collection[str] = (),
        replayable: bool = True,
        has_body: bool = True,
    ) -> Response:
        """The response to what `ask` sends; an access token that is rejected is replaced once.

        Without `has_body` a success says nothing.

        Raises:
            ServiceError: it could not be had, or means an error.
        """
        token = self._tokens.access_token(scopes)

        def send() -> Response:
            response = self._once(ask, token, scopes)
            if has_body:
                require_json(response)
            return response

        sent = partial(self._caller.call, service=SPOTIFY, purpose=purpose, replayable=replayable)
        try:
            return sent(send)
        except TokenOverlooked:
            raise
        except Unauthorized:
            token = self._tokens.replaced(token)
            return sent(send)

    def pages(self, ask: Ask, *, purpose: Purpose, scopes: Collection[str] = ()) -> Iterator[Response]:
        """The first page and those that its links lead to.

        Raises:
            BadResponse: what came is no page, or its link leaves the service or leads back.
            ServiceError: a page could not be had.
        """
        followed: set[str] = set()
        response = self.call(ask, purpose=purpose, scopes=scopes)
        yield response
        while (link := self._next(response)) is not None:
            if link in followed:
                raise BadResponse(SPOTIFY, "pages that lead in a circle", response=response)
            followed.add(link)
            response = self.call(partial(_follow, link=link), purpose=purpose, scopes=scopes)
            yield response

    def _once(self, ask: Ask, token: str, scopes: Collection[str]) -> Response:
        self._answer = None
        self._spotipy.set_auth(token)
        requested_at = self._caller.clock()
        with typed_failures(SPOTIFY):
            self._ask(ask)
        if self._answer is None:
            raise BadResponse(SPOTIFY, "none at all")
        response = to_response(
            self._answer,
            service=SPOTIFY,
            base_url=self._base_url,
            requested_at=requested_at,
            secrets=frozenset(),
            hidden=[token],
        )
        raise_for_answer(response, self._answer.headers, scopes)
        return response

    def _ask(self, ask: Ask) -> None:
        try:
            ask(self._spotipy)
        except SpotifyException as error:
            # Without an answer it refused an argument; with one, the answer says more than its exception.
            if self._answer is None:
                raise Refused(SPOTIFY, shown(str(error.msg))) from error
        except (AttributeError, TypeError):
            # It raises AttributeError for an error body like {"error": "text"} and TypeError for an empty answer.
            if self._answer is None:
                raise

    def _keep(self, answer: requests.Response, *_: object, **__: object) -> None:
        self._answer = answer

    def _next(self, response: Response) -> str | None:
        told = response.fields()
        if "next" not in told:
            raise BadResponse(SPOTIFY, "no page of a list", response=response)
        link = told["next"]
        if link is None:
            return None
        if not isinstance(link, str) or urlsplit(link)[:2] != urlsplit(self._base_url)[:2]:
            raise BadResponse(SPOTIFY, "a link to the next page that leaves the service", response=response)
        return link


def _follow(spotify: Spotify, *, link: str) -> object:
    return spotify.next({"next": link})
