"""Ids and numbers that the simulator does not have, derived from what it has: the same in every run."""

from __future__ import annotations

import hashlib
import string
import uuid
from datetime import timedelta

_BASE62 = string.digits + string.ascii_letters
_ID_LENGTH = 22
_ALPHANUMERIC = string.digits + string.ascii_uppercase


def derived_number(below: int, *parts: str) -> int:
    """From 0 to `below` - 1."""
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()) % below


def derived_id(*parts: str) -> str:
    """An id of the shape of Spotify's: 22 letters and digits."""
    return _written(derived_number(62**_ID_LENGTH, *parts), _BASE62, _ID_LENGTH)


def derived_mbid(*parts: str) -> str:
    """An id of the shape of MusicBrainz': a UUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)))


def derived_hex(digits: int, *parts: str) -> str:
    return _written(derived_number(16**digits, *parts), string.hexdigits[:16], digits)


def derived_isrc(release_date: str, *parts: str) -> str:
    """A country, a registrant, a year and a number, as the standard has it; no country is called QZ."""
    registrant = _written(derived_number(36**3, "registrant", *parts), _ALPHANUMERIC, 3)
    return f"QZ{registrant}{release_date[2:4]}{derived_number(100_000, 'isrc', *parts):05d}"


def derived_days(most: int, *parts: str) -> timedelta:
    """Between nothing and `most` days, to the second."""
    return timedelta(seconds=derived_number(most * 86_400, *parts))


def _written(number: int, alphabet: str, length: int) -> str:
    digits: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, len(alphabet))
        digits.append(alphabet[digit])
    return "".join(reversed(digits))
