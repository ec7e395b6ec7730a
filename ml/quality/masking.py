"""Takes out of a sentence what tells of a person: names of listeners, e-mail addresses, addresses of machines."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
# Two colons in a row or seven single ones: a time of day has two, apart.
_IPV6 = re.compile(
    r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])|(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:]*"
)
SOMEBODY = "a listener"


def masked(text: str, listeners: Iterable[str]) -> str:
    """The text without the names of `listeners` and without addresses."""
    # Addresses first, since they may hold a name; longer names first, since one may begin another.
    for address in (_EMAIL, _IPV6, _IPV4):
        text = address.sub("…", text)
    names = sorted({name for name in listeners if name}, key=len, reverse=True)
    if not names:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", SOMEBODY, text)
