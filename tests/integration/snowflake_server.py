"""A stand-in for Snowflake on a loopback port: fakesnow's HTTP server, which Snowflake's real clients talk to.

It shows the shape of the SQL and the course of a write. Types, cost and authentication of the service it does not show.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fakesnow.server import app
from fakesnow.transforms.stage import LOCAL_BUCKET_PATH

from tests.integration.snowflake_shims import repaired

HOST = "127.0.0.1"
NETWORK_TIMEOUT_SECONDS = 5
"""fakesnow answers a statement it does not know with status 500, and the connector repeats that without end."""


@contextmanager
def snowflake_server(statements: list[str] | None = None) -> Generator[dict[str, object]]:
    """Run the server while the block runs; yields what the connector needs to reach it.

    Every statement that a client sends is added to `statements`.
    """
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # Listening before the server runs: a client that comes early waits in the queue.
    with socket.create_server((HOST, 0)) as listener, repaired([] if statements is None else statements):
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="fakesnow", daemon=True)
        thread.start()
        try:
            yield {
                "host": HOST,
                "port": listener.getsockname()[1],
                "protocol": "http",
                "network_timeout": NETWORK_TIMEOUT_SECONDS,
                "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
            }
        finally:
            server.should_exit = True
            thread.join()
            shutil.rmtree(LOCAL_BUCKET_PATH, ignore_errors=True)
