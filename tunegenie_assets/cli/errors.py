"""The error that ends a command with one line and exit code 1."""

from __future__ import annotations

INTERRUPTED = "interrupted; running the same command again continues the work"


class CommandError(Exception):
    """The command could not do what was asked; the message says why and what to do."""
