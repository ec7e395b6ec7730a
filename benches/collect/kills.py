"""Ending a process with SIGKILL at a line of the collector's own code: the same line in every run of the bench.

Runs in the child. Where a line lies is told by a place: the functions in which the n-th line that runs is the last.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import FrameType
from typing import TYPE_CHECKING

from tunegenie_assets.sources import budget, collecting, storage
from tunegenie_assets.sources.services import accounts, pages, spotify_connection, state, tokens, transport

if TYPE_CHECKING:
    from _typeshed import TraceFunction


@dataclass(frozen=True)
class Place:
    """Functions by the name that Python knows them by, and how many lines of them run in a poll of plays."""

    functions: frozenset[str]
    lines: int


def _names(module: object, *functions: str) -> list[str]:
    return [f"{getattr(module, '__file__', '')}:{function}" for function in functions]


_CALLER = spotify_connection.SpotifyConnection.__name__
PLACES: Mapping[str, Place] = {
    "asked and not landed": Place(
        frozenset(
            [
                *_names(spotify_connection, f"{_CALLER}._once", f"{_CALLER}.call.<locals>.send"),
                *_names(transport, "to_response", "require_json", "_parsed"),
                *_names(collecting, "_page"),
            ]
        ),
        lines=60,
    ),
    "landing": Place(
        frozenset(
            [
                *_names(pages, "PageStore.write", "_as_line"),
                *_names(storage, "store", "make_folder", "_copy"),
            ]
        ),
        lines=120,
    ),
    "landed and not remembered": Place(
        frozenset(
            [
                *_names(collecting, "Collector._land", "Collector._remember"),
                *_names(state, "CollectorState.absorb", "_is_taken"),
            ]
        ),
        lines=1500,
    ),
    "refreshing a token": Place(
        frozenset(
            [
                *_names(accounts, "StoredTokenSource.replaced", "StoredTokenSource._refreshed", "_grant"),
                *_names(accounts, "SpotifyAccounts._ask", "SpotifyAccounts._ask.<locals>.send"),
                *_names(tokens, "TokenStore.save"),
            ]
        ),
        lines=80,
    ),
    "counting a call": Place(
        frozenset(
            [
                *_names(budget, "DailyBudget.spend"),
                *_names(state, "CollectorState.spend_within", "CollectorState.calls_since"),
            ]
        ),
        lines=80,
    ),
}


@dataclass(frozen=True)
class Kill:
    """At the n-th line, from 1, that runs in a place."""

    place: str
    line: int


def random_kills(count: int, random: Random) -> list[Kill]:
    """Each place as often as the others."""
    names = list(PLACES)
    chosen = [names[number % len(names)] for number in range(count)]
    return [Kill(place, random.randint(1, PLACES[place].lines)) for place in chosen]


class Killer:
    """Watches this process from `arm` on and ends it."""

    def __init__(self) -> None:
        self._functions: frozenset[str] = frozenset()
        self._lines_left = 0

    def arm(self, kill: Kill) -> None:
        self._functions = PLACES[kill.place].functions
        self._lines_left = kill.line
        sys.settrace(self._trace)

    def _trace(self, frame: FrameType, event: str, _: object) -> TraceFunction | None:
        code = frame.f_code
        if event == "call":
            return self._trace if f"{code.co_filename}:{code.co_qualname}" in self._functions else None
        if event == "line":
            self._lines_left -= 1
            if not self._lines_left:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._trace
