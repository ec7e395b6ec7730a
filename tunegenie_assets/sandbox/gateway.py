"""What every request passes through, whichever service it is for: limits, faults, the journal.

It knows bytes and statuses only. The services behind it never see a request that was refused or that fails here.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.faults import Fault, FaultPlan
from tunegenie_assets.sandbox.journal import RequestJournal
from tunegenie_assets.sandbox.limits import QUOTA_WINDOW, RATE_WINDOW, SECOND, Limits, RollingLimit

ADMIN = "/__admin"
SPOTIFY_API = "/v1/"
LASTFM = "/2.0/"
MUSICBRAINZ = "/ws/2/"


@dataclass
class Answer:
    """A response, whole."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])

    @staticmethod
    def of_json(status: int, document: object, retry_after: int | None = None) -> Answer:
        headers = [(b"content-type", b"application/json; charset=utf-8")]
        if retry_after is not None:
            headers.append((b"retry-after", str(retry_after).encode()))
        return Answer(status, json.dumps(document).encode(), headers)


class Gateway:
    """The ASGI application around the services."""

    def __init__(
        self, services: ASGIApp, clock: SandboxClock, journal: RequestJournal, limits: Limits, faults: FaultPlan
    ) -> None:
        self._services = services
        self._clock = clock
        self._journal = journal
        self._rate = RollingLimit(limits.rate_per_30_s, RATE_WINDOW)
        self._quota = RollingLimit(limits.quota_per_day, QUOTA_WINDOW, limits.least_quota_wait)
        self._lastfm = RollingLimit(limits.lastfm_per_second, SECOND)
        self._musicbrainz = RollingLimit(limits.musicbrainz_per_second, SECOND)
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith(ADMIN):
            await self._services(scope, receive, send)
            return
        body = await _body(receive)
        scope["state"] = state = {"listener_id": None}
        method, path = scope["method"], scope["path"]
        now = self._clock.now()
        fault = None
        answer = self._refuse(path)
        if answer is None:
            fault = self.faults.strike(method, path)
            answer = await self._answer(scope, body, fault)
        self._journal.add(
            time=now,
            method=method,
            path=path,
            params=_params(scope, body),
            listener_id=state["listener_id"],
            status=None if fault and fault.disconnect_mid_body else answer.status,
            fault=str(fault) if fault else None,
        )
        await _send(answer, send, is_cut=fault is not None and fault.disconnect_mid_body)

    async def _answer(self, scope: Scope, body: bytes, fault: Fault | None) -> Answer:
        if fault is None:
            return await _ask(self._services, scope, body)
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.status is not None:
            return _faulty(fault, fault.status)
        answer = await _ask(self._services, scope, body)
        if fault.commit_then_status is not None:
            return _faulty(fault, fault.commit_then_status)
        if fault.empty_200:
            return Answer(HTTPStatus.OK, b"", answer.headers)
        if fault.body is not None:
            answer.body = fault.body.encode()
        if fault.truncate_json:
            answer.body = answer.body[: len(answer.body) // 2]
        return answer

    def _refuse(self, path: str) -> Answer | None:
        """The answer of a limit that is reached."""
        now = self._clock.now()
        if path.startswith(SPOTIFY_API):
            # The quota counts what the rate limit lets through.
            if (wait := self._rate.refuse(now)) is not None:
                return Answer.of_json(429, {"error": {"status": 429, "message": "API rate limit exceeded"}}, wait)
            if (wait := self._quota.refuse(now)) is not None:
                error = {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
                return Answer.of_json(429, {"error": error}, wait)
        if path.startswith(LASTFM) and self._lastfm.refuse(now) is not None:
            message = "Rate Limit Exceeded - This application has made too many requests in a short period"
            return Answer.of_json(200, {"error": 29, "message": message})
        if path.startswith(MUSICBRAINZ) and (wait := self._musicbrainz.refuse(now)) is not None:
            message = "Your requests are exceeding the allowable rate limit."
            return Answer.of_json(503, {"error": message}, wait)
        return None


async def _ask(services: ASGIApp, scope: Scope, body: bytes) -> Answer:
    """The services' own answer to a request."""
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    await services(scope, replay, collect)
    start = next(message for message in messages if message["type"] == "http.response.start")
    content = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    return Answer(start["status"], content, headers)


def _faulty(fault: Fault, status: int) -> Answer:
    if fault.body is None:
        error: dict[str, object] = {"status": status, "message": _message(status)}
        if fault.reason is not None:
            error["reason"] = fault.reason
        return Answer.of_json(status, {"error": error}, fault.retry_after)
    answer = Answer.of_json(status, None, fault.retry_after)
    answer.body = fault.body.encode()
    return answer


def _message(status: int) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "Server error."
    return "Too many requests" if status == HTTPStatus.TOO_MANY_REQUESTS else HTTPStatus(status).phrase


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _params(scope: Scope, body: bytes) -> dict[str, str]:
    params = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    content_type = dict(scope["headers"]).get(b"content-type", b"")
    if content_type.startswith(b"application/x-www-form-urlencoded"):
        params |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return params


async def _send(answer: Answer, send: Send, *, is_cut: bool) -> None:
    """The answer; one that is cut ends in the middle of its body, and the server then closes the connection."""
    headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if is_cut:
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": answer.body})
