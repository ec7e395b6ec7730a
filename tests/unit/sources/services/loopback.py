"""A scripted HTTP server on this machine, and the time, chance and budget that a Caller is given in tests."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import TracebackType
from typing import Self, cast
from urllib.parse import parse_qs, urlsplit

from tunegenie_assets.sources.services.calls import Budget, Caller, Patience
from tunegenie_assets.sources.services.responses import Purpose

NOW = datetime(2026, 3, 1, 12)


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: datetime = NOW
    sleeps: list[float] = field(default_factory=list[float])

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Ledger:
    """A budget that remembers what was spent."""

    spent: list[tuple[str, Purpose]] = field(default_factory=list[tuple[str, Purpose]])

    def spend(self, service: str, purpose: Purpose, now: datetime) -> None:  # noqa: ARG002 - the protocol of budgets
        self.spent.append((service, purpose))


def a_caller(
    time: Time | None = None, budget: Budget | None = None, patience: Patience | None = None, seed: int = 0
) -> Caller:
    time = time or Time()
    return Caller(
        clock=time.clock,
        sleep=time.sleep,
        random=Random(seed),
        budget=budget or Ledger(),
        patience=patience,
    )


@dataclass(frozen=True)
class Answer:
    """What the server does with one request."""

    status: int = 200
    json: object = None
    text: str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cut: bool = False
    """End in the middle of the body."""
    drop: bool = False
    """End without an answer."""

    @property
    def body(self) -> bytes:
        if self.text is None:
            return json.dumps(self.json).encode()
        return self.text.encode() if isinstance(self.text, str) else self.text


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body).items()}


class Loopback:
    """Gives the answers in order, the last one for ever."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self.answers = deque(answers)
        self.seen: list[Seen] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_answer(self) -> Answer:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    loopback: Loopback


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        loopback = cast("_Server", self.server).loopback
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        loopback.seen.append(
            Seen(self.command, url.path, parse_qs(url.query, keep_blank_values=True), dict(self.headers), body)
        )
        answer = loopback.next_answer()
        if answer.drop:
            return
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + (10 if answer.cut else 0)))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        pass
