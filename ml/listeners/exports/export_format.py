"""The names of the formats in which simulated plays can be written.

What each of them tells is in spotify.py and scrobblers.py. Nothing heavy is imported, since `--help` lists the names.
"""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """What a service would have exported."""

    SPOTIFY_EXTENDED = "spotify_extended"
    SPOTIFY_ACCOUNT = "spotify_account"
    LASTFM = "lastfm"
    LISTENBRAINZ = "listenbrainz"
    MALOJA = "maloja"
    KOITO = "koito"
