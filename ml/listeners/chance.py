"""Chance without state: every random number is a hash of who, when and what it is for.

So a number does not depend on which numbers were drawn before it, and neither do plays on which days or listeners are
simulated beside them. Numbers are drawn for whole arrays; what is drawn is decided by the modules beside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Keys = NDArray[np.uint64]
"""64 bits for each thing that chance is asked about."""
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# As an array: numpy lets arrays wrap around and warns of numbers that do.
_PURPOSES = np.arange(64, dtype=np.uint64) * _GOLDEN
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S11, _S27, _S30, _S31, _S40 = (np.uint64(bits) for bits in (11, 27, 30, 31, 40))
_LOW_24 = np.uint64(0xFFFFFF)
_UNIT_24 = 2.0**-24
_UNIT_53 = 2.0**-53


class Draw(IntEnum):
    """What a number is for: two draws from one key are independent because their purposes differ."""

    # Of a listener.
    HOME = auto()
    NAME = auto()
    JOINED = auto()
    TASTE = auto()
    TRAIT = auto()
    PLATFORM = auto()
    PHASE = auto()
    VACATION = auto()
    FAVOURITE = auto()
    # Of a day of a listener.
    DAY = auto()
    MOOD = auto()
    SESSIONS = auto()
    # Of a session.
    SESSION = auto()
    LENGTH = auto()
    HOUR = auto()
    DEVICE = auto()
    LOOK_BACK = auto()
    # Of a play.
    PLAY = auto()
    KIND = auto()
    PLACE = auto()
    FLOW = auto()
    REGIME = auto()
    ENDING = auto()
    EARLY = auto()
    PAUSE = auto()
    # Of a find.
    FIND = auto()
    GENRE = auto()
    TRACK = auto()


def keys_of(seed: int, names: Iterable[str]) -> Keys:
    """A key for each name, shape (names,), different for each seed."""
    digests = [
        hashlib.blake2b(name.encode(), digest_size=8, salt=seed.to_bytes(16, "little")).digest() for name in names
    ]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def derived(keys: Keys, purpose: Draw, *numbers: Integers | int) -> Keys:
    """Keys of things that belong to the things of `keys`, such as the third session of a day; arrays broadcast."""
    mixed = _mix(keys + _PURPOSES[purpose])
    for number in numbers:
        mixed = _mix(mixed + _GOLDEN * np.atleast_1d(np.asarray(number)).astype(np.uint64))
    return mixed


def uniform(keys: Keys, purpose: Draw) -> Floats:
    """Numbers in [0, 1), one for each key."""
    bits = _mix(keys + _PURPOSES[purpose]) >> _S11
    return np.multiply(bits.view(np.int64), _UNIT_53, dtype=np.float64)


def two_uniforms(keys: Keys, purpose: Draw) -> tuple[Floats, Floats]:
    """Two independent numbers in [0, 1) for each key at the price of one; they have 24 bits each."""
    bits = _mix(keys + _PURPOSES[purpose])
    high, low = (bits >> _S40).view(np.int64), (bits & _LOW_24).view(np.int64)
    return np.multiply(high, _UNIT_24, dtype=np.float64), np.multiply(low, _UNIT_24, dtype=np.float64)


def normal(uniforms: Floats) -> Floats:
    """The standard normal numbers that have these uniform ones for probabilities, within 5 standard deviations."""
    return ndtri(np.clip(uniforms, 3e-7, 1 - 3e-7))


def zipf_rank(size: Integers | int, uniforms: Floats, exponent: float) -> Integers:
    """Zero-based ranks below `size`, by the continuous approximation of Zipf's law; `exponent` is not 1."""
    power = 1.0 - exponent
    rank = (((size + 1.0) ** power - 1.0) * uniforms + 1.0) ** (1.0 / power)
    return np.minimum(rank.astype(np.int64) - 1, np.asarray(size) - 1)


def _mix(bits: Keys) -> Keys:
    """The finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit of the result depends on every bit."""
    bits = bits ^ (bits >> _S30)
    bits *= _FIRST
    bits ^= bits >> _S27
    bits *= _SECOND
    bits ^= bits >> _S31
    return bits
