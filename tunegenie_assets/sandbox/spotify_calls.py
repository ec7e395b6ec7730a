"""What every endpoint of the Web API shares: who may call it, its errors and its pages.

An endpoint is a function from a `Call` to a `Reply`; the modules `spotify_*` hold tables of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.spotify_shapes import Shapes
from tunegenie_assets.sandbox.world import Account, World

Json = dict[str, Any]
T = TypeVar("T")

LARGEST_OFFSET = 100_000
NO_PREMIUM = "Active premium subscription required for the owner of the app."
NOT_REGISTERED = "User not registered in the Developer Dashboard"


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Reply:
    document: object
    status: int = 200


@dataclass(frozen=True)
class Call:
    """One request that has a valid token and the scopes that its endpoint needs."""

    world: World
    profile: Profile
    shapes: Shapes
    now: datetime
    method: str
    path: str
    """Without a trailing slash."""
    path_params: dict[str, Any]
    query: dict[str, str]
    body: bytes
    scopes: frozenset[str]
    maybe_account: Account | None

    @property
    def account(self) -> Account:
        """Whose token it is; an app's own token is not enough."""
        if self.maybe_account is None:
            raise ApiError(401, "Valid user authentication required")
        return self.maybe_account

    @property
    def is_development(self) -> bool:
        return self.profile is Profile.DEV2026

    def path_id(self) -> str:
        """The id in the path; Spotify's ids have 22 letters and digits."""
        found = str(self.path_params["id"])
        if not is_id(found):
            raise ApiError(400, "invalid id")
        return found

    def need(self, *scopes: str) -> None:
        if not self.scopes.issuperset(scopes):
            raise ApiError(403, "Insufficient client scope")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.query.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ApiError(400, f"Invalid {name}")
        return value

    def at(self, path: str) -> Call:
        """The same caller at another address, without parameters."""
        return replace(self, path=path, query={})

    def link(self, **changed: str | int | None) -> str:
        """This request's address with other parameters; None leaves one out."""
        query = {name: value for name, value in {**self.query, **changed}.items() if value is not None}
        return f"{self.shapes.base_url}{self.path}" + (f"?{urlencode(query)}" if query else "")

    def page(
        self, items: Sequence[T], shape: Callable[[T], object], *, default: int = 20, least: int = 1, most: int = 50
    ) -> Json:
        """One page of `items` as limit and offset ask for it."""
        limit = self.number("limit", default, least, most)
        offset = self.number("offset", 0, 0, LARGEST_OFFSET)
        return self.page_at(items, shape, limit, offset)

    def page_at(self, items: Sequence[T], shape: Callable[[T], object], limit: int, offset: int) -> Json:
        has_next = offset + limit < len(items) and limit > 0
        return {
            "href": self.link(limit=limit, offset=offset),
            "items": [shape(item) for item in items[offset : offset + limit]],
            "limit": limit,
            "next": self.link(limit=limit, offset=offset + limit) if has_next else None,
            "offset": offset,
            "previous": self.link(limit=limit, offset=max(0, offset - limit)) if offset else None,
            "total": len(items),
        }


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    answer: Callable[[Call], Reply]
    scopes: tuple[str, ...] = ()
    is_gone: bool = False
    """Whether new apps in development mode have lost it."""
    gone_status: int = 403
    """What they get instead: 403 or 404, as observed."""


@dataclass(frozen=True)
class Desk:
    """Checks a request as the Web API does and passes it to its endpoint."""

    world: World
    profile: Profile
    base_url: str
    now: Callable[[], datetime]

    async def answer(self, endpoint: Endpoint | None, request: Request) -> Response:
        try:
            reply = self._reply(endpoint, self._call(request, await request.body()))
        except ApiError as error:
            if error.message == NO_PREMIUM:
                return PlainTextResponse(error.message, error.status)
            return JSONResponse({"error": {"status": error.status, "message": error.message}}, error.status)
        if reply.document is None:
            return Response(status_code=reply.status)
        return JSONResponse(reply.document, reply.status)

    @staticmethod
    def _reply(endpoint: Endpoint | None, call: Call) -> Reply:
        if endpoint is None:
            raise ApiError(404, "Service not found")
        if endpoint.is_gone and call.is_development:
            raise ApiError(endpoint.gone_status, "Forbidden" if endpoint.gone_status == 403 else "Not Found")
        call.need(*endpoint.scopes)
        return endpoint.answer(call)

    def _call(self, request: Request, body: bytes) -> Call:
        now = self.now()
        listener_id, scopes = self._authenticate(request.headers.get("authorization"), now)
        request.state.listener_id = listener_id
        account = None if listener_id is None else self.world.accounts[listener_id]
        if self.profile is Profile.DEV2026:
            if not self.world.app.has_premium_owner:
                raise ApiError(403, NO_PREMIUM)
            if account is not None and not account.on_allow_list:
                raise ApiError(403, NOT_REGISTERED)
        return Call(
            world=self.world,
            profile=self.profile,
            shapes=Shapes(self.world, self.profile, self.base_url),
            now=now,
            method=request.method,
            path=request.url.path.rstrip("/"),
            path_params=request.path_params,
            query=dict(request.query_params),
            body=body,
            scopes=scopes,
            maybe_account=account,
        )

    def _authenticate(self, header: str | None, now: datetime) -> tuple[str | None, frozenset[str]]:
        if not header:
            raise ApiError(401, "No token provided")
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer":
            raise ApiError(400, "Only valid bearer authentication supported")
        found = self.world.grants.consent_of(token)
        if found is None:
            raise ApiError(401, "Invalid access token")
        consent, expires_at = found
        if now >= expires_at:
            raise ApiError(401, "The access token expired")
        return consent.listener_id, consent.scopes


def is_id(text: str) -> bool:
    return len(text) == 22 and text.isascii() and text.isalnum()
