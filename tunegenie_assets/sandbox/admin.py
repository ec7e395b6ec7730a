"""The handles of whoever runs the stand-in, over HTTP: the clock, the faults, the journal, taking back a consent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.faults import FaultPlan
from tunegenie_assets.sandbox.gateway import ADMIN
from tunegenie_assets.sandbox.journal import RequestJournal
from tunegenie_assets.sandbox.world import World


@dataclass(frozen=True)
class Admin:
    world: World
    clock: SandboxClock
    journal: RequestJournal
    replace_faults: Callable[[FaultPlan], None]

    def routes(self) -> list[Route]:
        return [
            Route(f"{ADMIN}/journal", self.show_journal, methods=["GET"]),
            Route(f"{ADMIN}/clock", self.move_clock, methods=["POST"]),
            Route(f"{ADMIN}/faults", self.plan_faults, methods=["POST"]),
            Route(f"{ADMIN}/revoke", self.revoke, methods=["POST"]),
        ]

    async def show_journal(self, request: Request) -> Response:
        prefix = request.query_params.get("path", "/")
        return JSONResponse({"requests": [entry.as_json() for entry in self.journal.calls(prefix)]})

    async def move_clock(self, request: Request) -> Response:
        """`{"set": "2026-11-01T12:00:00Z"}` or `{"advance_seconds": 60}`."""
        try:
            asked = await request.json()
            if "set" in asked:
                self.clock.set(datetime.fromisoformat(asked["set"]))
            else:
                self.clock.advance(timedelta(seconds=asked["advance_seconds"]))
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": f"expected set, a time with a zone, or advance_seconds: {error}"}, 400)
        return JSONResponse({"now": self.clock.now().isoformat()})

    async def plan_faults(self, request: Request) -> Response:
        try:
            plan = FaultPlan.from_json(await request.body())
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        self.replace_faults(plan)
        return JSONResponse({"rules": len(plan.rules)})

    async def revoke(self, request: Request) -> Response:
        """`{"listener_id": …}`: the listener removes the app."""
        try:
            listener_id = (await request.json())["listener_id"]
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": f"expected listener_id: {error}"}, 400)
        if listener_id not in self.world.accounts:
            return JSONResponse({"error": f"no account of {listener_id!a}"}, 404)
        self.world.grants.revoke(listener_id)
        return JSONResponse({"revoked": listener_id})
