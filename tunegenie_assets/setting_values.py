"""Which addresses, names and keys the settings of the services may hold; each check raises ValueError and says why.

The settings themselves and their defaults are in settings.py.
"""

from __future__ import annotations

import base64
import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

REDIRECT_ADDRESS = "http://127.0.0.1:8888/callback"
FERNET_KEY_BYTES = 32


def checked_redirect_address(value: str) -> str:
    """Where Spotify sends a listener back to."""
    url = _split(value)
    if url is not None and url.hostname == "localhost":
        raise ValueError(f"Spotify refuses `localhost`; write the address as {REDIRECT_ADDRESS}")
    if url is None or not _is_private(url):
        raise ValueError(f"expected an address such as {REDIRECT_ADDRESS}, or one that begins with https://")
    return value


def checked_service_address(value: str) -> str:
    """Where a service is reached."""
    url = _split(value)
    if url is None or not _is_private(url):
        raise ValueError("expected an address that begins with https://, or with http://127.0.0.1")
    return value


def checked_fernet_key(value: SecretStr | None) -> SecretStr | None:
    """Said here, where the setting's name is known, and not when the first token is read."""
    if value is not None and not _is_fernet_key(value.get_secret_value()):
        raise ValueError(f"expected a Fernet key: {FERNET_KEY_BYTES} bytes in URL-safe base64")
    return value


def checked_contact(value: str) -> str:
    """It stands in parentheses in a header."""
    if value and not re.fullmatch(r"(https?://|[^\s()@]+@)[^\s()@]+", value, re.ASCII):
        raise ValueError("expected an e-mail address or the address of a page, such as me@example.org")
    if not (value.isascii() and value.isprintable()):
        raise ValueError("expected letters of ASCII only")
    return value


def checked_names(value: str) -> str:
    """Listeners and their names at Last.fm."""
    names_by_listener(value)
    return value


def names_by_listener(text: str) -> dict[str, str]:
    """`ada=ada_fm,bob=bobfm` as a mapping; raises ValueError when it is not written so."""
    names: dict[str, str] = {}
    for pair in (part for part in text.split(",") if part.strip()):
        listener, _, name = (part.strip() for part in pair.partition("="))
        if not (listener and name) or "=" in name:
            raise ValueError("expected listeners and their names at Last.fm such as ada=ada_fm,bob=bobfm")
        if listener in names:
            raise ValueError(f"the listener {listener} stands there twice")
        names[listener] = name
    return names


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None when it is none."""
    try:
        url = urlsplit(address)
        is_whole = url.port != 0 and bool(url.hostname)
    except ValueError:
        return None
    return url if is_whole and address.isprintable() and " " not in address else None


def _is_private(url: SplitResult) -> bool:
    """Whether nobody on the way can read what is sent there: tokens and keys are."""
    if url.scheme != "http":
        return url.scheme == "https"
    try:
        return ip_address(url.hostname or "").is_loopback
    except ValueError:
        return False


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == FERNET_KEY_BYTES
    except ValueError:
        return False
