"""The parts of a deployment in several containers; what each does when it starts is in serving.py."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """What a container does."""

    CODE = "code"
    """Serves the definitions, evaluates sensors and works through the runs: the one that touches the warehouse."""
    DAEMON = "daemon"
    """Starts runs by the clock, by sensors and from the queue."""
    WEBSERVER = "webserver"
    """The UI."""
