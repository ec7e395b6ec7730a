"""Takes out of a text what nobody but the platform may know: keys, credentials, addresses of people and machines.

Names of listeners stay: whoever is told must know whose login ended or whose file was refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

HIDDEN = "…"
_SHORTEST_SECRET = 6
"""Shorter values, such as a password of three letters, would blot out half of any text."""
# Up to the @, for a password may hold a slash.
_CREDENTIALS_IN_ADDRESS = re.compile(r"(?<=://)[^\s@'\"]+@")
_QUERY_OF_ADDRESS = re.compile(r"(\w+://[^\s?#'\"]*)[?#][^\s'\"]+")
_NAMED = re.compile(
    r"((?:authorization|api[-_ ]?key|access[-_ ]?key(?:[-_ ]?id)?|private[-_ ]?key|"
    r"access[-_ ]?token|refresh[-_ ]?token|client[-_ ]?secret|token|secret|password|passwd|pwd|passphrase)"
    r"(?:['\"]?\s*[:=]\s*['\"]?|\s+['\"]))(?:bearer\s+|basic\s+)?[^\s'\",;&)]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_KNOWN_BY_ITS_BEGIN = re.compile(r"\b(?:AKIA[0-9A-Z]{12,}|xox[a-z]-[\w-]+)")
_PLACE_OF_WEBHOOK = re.compile(r"(hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/)[^\s'\"]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_RUN_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_LONG = re.compile(rf"{_RUN_ID}|[A-Za-z0-9_\-+/=.]{{24,}}")
_ADDRESS_OF_MACHINE = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.])"
)


def readable(text: str) -> str:
    """The text with bytes that are no UTF-8, such as a file's name may hold, spelt out: no channel takes them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without `secrets`, and without what looks like one."""
    for secret in sorted((one for one in secrets if len(one) >= _SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _CREDENTIALS_IN_ADDRESS.sub("", text)
    text = _QUERY_OF_ADDRESS.sub(rf"\1?{HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _KNOWN_BY_ITS_BEGIN.sub(HIDDEN, text)
    text = _PLACE_OF_WEBHOOK.sub(rf"\1{HIDDEN}", text)
    text = _EMAIL.sub(HIDDEN, text)
    text = _LONG.sub(_unless_readable, text)
    return _ADDRESS_OF_MACHINE.sub(_unless_own, text)


def _unless_readable(found: re.Match[str]) -> str:
    """Long names of assets and paths stay, and so do ids of runs; a key mixes letters and digits without a break."""
    text = found[0]
    if re.fullmatch(_RUN_ID, text):
        return text
    pieces = re.split(r"[/._=-]", text)
    is_key = any(len(piece) >= 20 and re.search(r"\d", piece) and re.search(r"[A-Za-z]", piece) for piece in pieces)
    return HIDDEN if is_key else text


def _unless_own(found: re.Match[str]) -> str:
    """Times such as 04:15:00 look like addresses and are none; this machine's own loopback tells nothing."""
    try:
        address = ip_address(found[0])
    except ValueError:
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else HIDDEN
