"""The quota modes of Spotify. What differs between them is decided where it is served."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """The quota mode of the app."""

    DEV2026 = "dev2026"
    """Development mode as new apps have it: fewer endpoints, fields and items a page, and a list of who may call."""
    EXTENDED = "extended"
    """Extended quota, as older apps of businesses have it: nothing was taken away."""
