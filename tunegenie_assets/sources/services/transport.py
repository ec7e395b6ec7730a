"""Plain HTTP under every client: a session, requests' failures as typed errors, an answer as a Response.

A service without a library of its own is a PlainService and one small file; what its answers mean is said there.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tunegenie_assets.sources.services.calls import Caller, Throttle
from tunegenie_assets.sources.services.errors import BadResponse, NotFound, RateLimited, Refused, ServerFailure
from tunegenie_assets.sources.services.responses import Purpose, Response

TIMEOUT_S = (5.0, 20.0)
"""To connect, and between two pieces of an answer."""
LONGEST_RETRY_AFTER_S = 7 * 24 * 3600.0
_SHOWN_CHARACTERS = 160
_SHORTEST_SECRET = 6
"""What is shorter would be met by chance, and no service gives such keys."""
# Their debug messages hold access tokens and keys; of spotipy's errors we raise our own.
_LOG_LEVELS = {"spotipy": logging.CRITICAL, "urllib3.connectionpool": logging.INFO}


def new_session(base_url: str) -> requests.Session:
    """A session for one service. On the own machine it knows no proxy, which could not reach it."""
    for name, level in _LOG_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    session = requests.Session()
    session.trust_env = not is_loopback(base_url)
    return session


def is_loopback(url: str) -> bool:
    """Whether the host of the address is a literal loopback address."""
    try:
        return ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


@contextmanager
def typed_failures(service: str) -> Generator[None]:
    """Failures of requests in the block become ServerFailure or BadResponse."""
    # `from None`: the messages of requests hold the address, and that may hold a key.
    try:
        yield
    except requests.ConnectTimeout:
        raise ServerFailure(service, "could not be reached in time", did_nothing=True) from None
    except requests.Timeout:
        raise ServerFailure(service, "did not answer in time") from None
    except requests.exceptions.ChunkedEncodingError:
        raise BadResponse(service, "cut short") from None
    except requests.ConnectionError as error:
        if _never_connected(error):
            raise ServerFailure(service, "could not be reached", did_nothing=True) from None
        raise ServerFailure(service, "broke the connection") from None
    except requests.RequestException as error:
        raise BadResponse(service, type(error).__name__) from None


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def to_response(
    answer: requests.Response,
    *,
    service: str,
    base_url: str,
    requested_at: datetime,
    secrets: frozenset[str],
    hidden: Iterable[str] = (),
) -> Response:
    """The answer with its text; `secrets` are the parameters that are not noted, `hidden` values that no answer may
    repeat.

    Raises:
        BadResponse: it is not UTF-8.
    """
    url = urlsplit(answer.request.url or "")
    try:
        text = answer.content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadResponse(service, "not UTF-8") from None
    # A refusal may repeat the key that it refuses, and is told in logs. Last.fm refuses with status 200.
    for value in hidden:
        if len(value) < _SHORTEST_SECRET:
            continue
        text = text.replace(value, "…")
    return Response(
        service=service,
        method=answer.request.method or "",
        path=url.path.removeprefix(urlsplit(base_url).path.rstrip("/")).lstrip("/"),
        params={name: value for name, value in parse_qsl(url.query, keep_blank_values=True) if name not in secrets},
        requested_at=requested_at,
        status=answer.status_code,
        text=text,
        json=_parsed(text),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """What Retry-After asks for, in seconds from `now`; None when it says nothing that can be read."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return min(float(text), LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return min(max((at - now) / timedelta(seconds=1), 0.0), LONGEST_RETRY_AFTER_S)


def shown(text: str) -> str:
    """The text of a service in one short line."""
    return " ".join(text.split())[:_SHOWN_CHARACTERS]


def raise_for_status(response: Response, headers: Mapping[str, str]) -> None:
    """Raise what a status says at any service.

    Raises:
        ServiceError: it is not 2xx.
    """
    service, status = response.service, response.status
    wait = retry_after_s(headers, response.requested_at)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(service, wait, response=response)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise ServerFailure(service, f"failed with status {status}", retry_after_s=wait, response=response)
    if status == HTTPStatus.NOT_FOUND:
        raise NotFound(service, response.path, response=response)
    if status >= HTTPStatus.BAD_REQUEST:
        raise Refused(service, f"status {status}, {shown(response.text) or 'no reason given'}", response=response)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise BadResponse(service, f"status {status}", response=response)


def require_json(response: Response) -> None:
    """Raises BadResponse when a success says nothing or is cut short."""
    if response.json is None:
        what = "not the JSON that was expected" if response.text else "empty"
        raise BadResponse(response.service, what, response=response)


Judge = Callable[[Response, Mapping[str, str]], None]
"""Raises the ServiceError that a response with its headers means."""


class PlainService:
    """A service that is read with GET."""

    def __init__(
        self,
        name: str,
        caller: Caller,
        *,
        base_url: str,
        user_agent: str,
        judge: Judge = raise_for_status,
        headers: Mapping[str, str] | None = None,
        secret_params: Mapping[str, str] | None = None,
        calls_per_second: float | None = None,
        follows_redirects: bool = False,
    ) -> None:
        self.name = name
        self._caller = caller
        self._base_url = base_url.rstrip("/") + "/"
        self._judge = judge
        self._secrets = dict(secret_params or {})
        # Of a header such as `Authorization: Token …` the last word.
        self._hidden = [*self._secrets.values(), *(value.split()[-1] for value in (headers or {}).values())]
        self._follows_redirects = follows_redirects
        self._session = new_session(base_url)
        self._session.headers.update({"User-Agent": user_agent, "Accept": "application/json", **(headers or {})})
        self._throttle = (
            Throttle(calls_per_second, clock=caller.clock, sleep=caller.sleep) if calls_per_second else None
        )

    def get(self, path: str, params: Mapping[str, str], *, purpose: Purpose, judge: Judge | None = None) -> Response:
        """The response to a request below the address of the service; `judge` in place of the service's own.

        Raises:
            ServiceError: it could not be had, or means an error.
        """

        def send() -> Response:
            if self._throttle:
                self._throttle.wait()
            requested_at = self._caller.clock()
            with typed_failures(self.name):
                answer = self._session.get(
                    self._base_url + path,
                    params={**params, **self._secrets},
                    timeout=TIMEOUT_S,
                    allow_redirects=self._follows_redirects,
                )
            response = to_response(
                answer,
                service=self.name,
                base_url=self._base_url,
                requested_at=requested_at,
                secrets=frozenset(self._secrets),
                hidden=self._hidden,
            )
            (judge or self._judge)(response, answer.headers)
            require_json(response)
            return response

        return self._caller.call(send, service=self.name, purpose=purpose, replayable=True)
