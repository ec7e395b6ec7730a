"""The stand-in as a running server: one world on 127.0.0.1, in a thread of its own.

It stands for Spotify's accounts service and Web API, Last.fm, MusicBrainz and ListenBrainz.
"""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from tunegenie_assets.sandbox.accounts_service import SCOPES
from tunegenie_assets.sandbox.admin import Admin
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.faults import FaultPlan
from tunegenie_assets.sandbox.gateway import Gateway
from tunegenie_assets.sandbox.grants import Consent
from tunegenie_assets.sandbox.journal import RequestJournal
from tunegenie_assets.sandbox.limits import Limits
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.services import build_services
from tunegenie_assets.sandbox.world import World

_NO_LIMITS = Limits()


class Sandbox:
    """Context manager; the server of one world. It listens from its making on and answers once it is entered."""

    def __init__(
        self,
        world: World,
        *,
        profile: Profile = Profile.DEV2026,
        clock: SandboxClock | None = None,
        faults: FaultPlan | None = None,
        limits: Limits = _NO_LIMITS,
        port: int = 0,
    ) -> None:
        self.world = world
        self.profile = profile
        self.clock = clock or SandboxClock()
        self.journal = RequestJournal()
        self._socket = _listen(port)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        admin = Admin(world, self.clock, self.journal, self._replace_faults)
        services = build_services(world, profile, self.clock, self.base_url, admin)
        self._gateway = Gateway(services, self.clock, self.journal, limits, faults or FaultPlan())
        config = uvicorn.Config(
            self._gateway,
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            # A connection that a fault cuts would be logged as an error of the server.
            log_level="critical",
            access_log=False,
            server_header=False,
            # It would tell the real time, whatever the clock of the sandbox says.
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="sandbox", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Clients keep connections open between requests; nobody waits for those.
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    @property
    def faults(self) -> FaultPlan:
        return self._gateway.faults

    @faults.setter
    def faults(self, plan: FaultPlan) -> None:
        self._gateway.faults = plan

    @property
    def accounts_url(self) -> str:
        """Base of /authorize and /api/token."""
        return self.base_url

    @property
    def spotify_api_url(self) -> str:
        return f"{self.base_url}/v1/"

    @property
    def lastfm_url(self) -> str:
        return f"{self.base_url}/2.0/"

    @property
    def musicbrainz_url(self) -> str:
        return f"{self.base_url}/ws/2/"

    @property
    def listenbrainz_url(self) -> str:
        return f"{self.base_url}/1/"

    def access_token(self, listener_id: str, scopes: frozenset[str] = SCOPES) -> str:
        """A token as if the listener had just consented to `scopes`, without the way through the browser."""
        now = self.clock.now()
        return self.world.grants.tokens_for(Consent(listener_id, scopes, now), now).access_token

    def _replace_faults(self, plan: FaultPlan) -> None:
        self.faults = plan


def _listen(port: int) -> socket.socket:
    """Connections that come before the server runs wait in the queue of the socket."""
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    # Without it every second answer on a connection waits 40 ms for an acknowledgement (measured); asyncio sets it
    # only for sockets that name their protocol. Linux hands it on to accepted connections.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
