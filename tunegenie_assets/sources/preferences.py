"""What listeners say about their history: exclusions, time zones over time, travelling. Append-only, below landing.

Layout below the root, beside the archives:
    preferences/<listener_id>/<kind>/<time>-<n>.json   one statement; the kinds are exclusions, zones and travel
Nothing is overwritten: a statement is withdrawn by a later one, and what is in force follows from all of them.
What an exclusion matches is decided by the dbt models; all times are naive UTC.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.sources.errors import InvalidRequestError, LandingError
from tunegenie_assets.sources.landing import check_listener_id, check_timezone
from tunegenie_assets.sources.storage import location, make_folder, store

_REFERENCE = re.compile(r"(?:spotify:|https?://open\.spotify\.com/(?:intl-[a-z]+/)?)(\w+)[:/]([^?#/]*)/?(?:[?#].*)?")
_SPOTIFY_ID = re.compile(r"[A-Za-z0-9]{22}")


@dataclass(frozen=True)
class Exclusion:
    """Plays of one listener that do not count: those that match every part given."""

    listener_id: str
    artist_name: str | None
    track_name: str | None
    track_id: str | None
    playlist_name: str | None
    first_date: date | None
    """First local date; None from the beginning."""
    last_date: date | None
    """Last local date, included; None without an end."""
    excluded_at: datetime

    @property
    def exclusion_id(self) -> str:
        """Eight hex digits, equal for the same exclusion however its names are capitalised and spaced."""
        names = [_folded(name) for name in (self.artist_name, self.track_name, self.playlist_name)]
        dates = [str(day) if day else None for day in (self.first_date, self.last_date)]
        content = json.dumps([self.listener_id, *names, self.track_id, *dates])
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    @property
    def subject(self) -> Hashable:
        return self.exclusion_id


@dataclass(frozen=True)
class ListenerZone:
    """The time zone of a listener from a local date on; without a date from the beginning."""

    listener_id: str
    timezone: str
    first_date: date | None
    given_at: datetime

    @property
    def subject(self) -> Hashable:
        return self.listener_id, self.first_date


@dataclass(frozen=True)
class Traveller:
    """A listener whose clock is that of the country in which each play was heard."""

    listener_id: str
    chosen_at: datetime

    @property
    def subject(self) -> Hashable:
        return self.listener_id


class _Preference(Protocol):
    @property
    def listener_id(self) -> str: ...

    @property
    def subject(self) -> Hashable:
        """What it is about: of two statements with one subject the later counts."""
        ...


P = TypeVar("P", bound=_Preference)


@dataclass(frozen=True)
class Statement(Generic[P]):
    """A preference that a listener expressed, or withdrew."""

    preference: P
    withdrawn: bool = False


def in_force(statements: Iterable[Statement[P]]) -> list[P]:
    """What counts after these statements, which are in the order in which they were made; so is the result."""
    current: dict[Hashable, P] = {}
    for statement in statements:
        # Said again, it moves to the end.
        current.pop(statement.preference.subject, None)
        if not statement.withdrawn:
            current[statement.preference.subject] = statement.preference
    return list(current.values())


def make_exclusion(
    listener_id: str,
    *,
    artist: str | None = None,
    track: str | None = None,
    playlist: str | None = None,
    first_date: date | None = None,
    last_date: date | None = None,
    now: datetime,
) -> Exclusion:
    """The exclusion that a listener describes; `track` is a name, or a Spotify URI or address of a track.

    Raises:
        InvalidRequestError: nothing is described, the dates are the wrong way round, or a part cannot be used.
    """
    check_listener_id(listener_id)
    if first_date and last_date and last_date < first_date:
        raise InvalidRequestError(f"the last date {last_date} lies before the first date {first_date}")
    track_id = spotify_id_in(track, "track") if track is not None else None
    exclusion = Exclusion(
        listener_id=listener_id,
        artist_name=_name("artist", artist),
        track_name=_name("track", track) if track_id is None else None,
        track_id=track_id,
        playlist_name=_name("playlist", playlist),
        first_date=first_date,
        last_date=last_date,
        excluded_at=now,
    )
    if not any((artist, track, playlist, first_date, last_date)):
        raise InvalidRequestError("an exclusion needs an artist, a track, a playlist, a first or a last date")
    return exclusion


def spotify_id_in(text: str, kind: str) -> str | None:
    """The id in such as `spotify:track:…` or `https://open.spotify.com/track/…`; None for a name.

    Raises:
        InvalidRequestError: it refers to something of another kind on Spotify, or to nothing.
    """
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        return None
    found_kind, spotify_id = found.groups()
    if found_kind != kind or not _SPOTIFY_ID.fullmatch(spotify_id):
        raise InvalidRequestError(f"{kind} {text!a}: expected spotify:{kind}: and an id of 22 letters and digits")
    return spotify_id


_READ_EXCLUSION = TypeAdapter(Statement[Exclusion])
_READ_ZONE = TypeAdapter(Statement[ListenerZone])
_READ_TRAVELLER = TypeAdapter(Statement[Traveller])


class PreferenceStore:
    """The statements below `root`, the root of landing."""

    def __init__(self, root: UPath | Path | str) -> None:
        self._root = location(root)

    def exclusions(self) -> list[Exclusion]:
        """Those in force, by listener and time."""
        return in_force(self._statements("exclusions", _READ_EXCLUSION))

    def zones(self) -> list[ListenerZone]:
        """Those in force, by listener and time of saying."""
        return in_force(self._statements("zones", _READ_ZONE))

    def travellers(self) -> list[Traveller]:
        """Who follows their travels, by listener."""
        return in_force(self._statements("travel", _READ_TRAVELLER))

    def exclude(self, exclusion: Exclusion) -> Exclusion:
        """Put it in force; returns the one that is: this, or an earlier one that says the same."""
        for known in self.exclusions():
            if known.exclusion_id == exclusion.exclusion_id:
                return known
        self._append("exclusions", _READ_EXCLUSION, Statement(exclusion), exclusion.excluded_at)
        return exclusion

    def take_back(self, exclusion_id: str, now: datetime) -> Exclusion | None:
        """Withdraw an exclusion and return it; None when none in force has this id."""
        for exclusion in self.exclusions():
            if exclusion.exclusion_id == exclusion_id:
                self._append("exclusions", _READ_EXCLUSION, Statement(exclusion, withdrawn=True), now)
                return exclusion
        return None

    def set_zone(self, listener_id: str, timezone: str, first_date: date | None, now: datetime) -> ListenerZone:
        """The zone of a listener from a local date on, until the next; replaces an earlier one for the same date.

        Raises:
            InvalidRequestError: the listener's name or the zone is not valid.
        """
        zone = ListenerZone(check_listener_id(listener_id), check_timezone(timezone), first_date, now)
        self._append("zones", _READ_ZONE, Statement(zone), now)
        return zone

    def withdraw_zone(self, listener_id: str, first_date: date | None, now: datetime) -> ListenerZone | None:
        """Withdraw the zone from this date on and return it; None when there is none."""
        for zone in self.zones():
            if (zone.listener_id, zone.first_date) == (listener_id, first_date):
                self._append("zones", _READ_ZONE, Statement(zone, withdrawn=True), now)
                return zone
        return None

    def set_travelling(self, listener_id: str, *, follows: bool, now: datetime) -> bool:
        """Follow the listener's travels or not; False when that was so already.

        Raises:
            InvalidRequestError: the listener's name is not valid.
        """
        check_listener_id(listener_id)
        if follows == any(traveller.listener_id == listener_id for traveller in self.travellers()):
            return False
        statement = Statement(Traveller(listener_id, now), withdrawn=not follows)
        self._append("travel", _READ_TRAVELLER, statement, now)
        return True

    def _statements(self, kind: str, reader: TypeAdapter[Statement[P]]) -> list[Statement[P]]:
        files = sorted(self._root.glob(f"preferences/*/{kind}/*.json"), key=_order)
        return [_read(file, reader) for file in files]

    def _append(self, kind: str, writer: TypeAdapter[Statement[P]], statement: Statement[P], now: datetime) -> None:
        folder = self._root / "preferences" / statement.preference.listener_id / kind
        make_folder(folder)
        number = len(list(folder.glob("*.json")))
        target = folder / f"{now:%Y%m%dT%H%M%S%f}Z-{number:04d}.json"
        store(io.BytesIO(writer.dump_json(statement, indent=2)), target)


def _order(file: UPath) -> tuple[str, int, str]:
    """By listener and number: a clock that was set back must not bring an old statement back into force."""
    time, _, number = file.stem.rpartition("-")
    return file.parent.parent.name, int(number) if number.isdecimal() else -1, time


def _read(file: UPath, reader: TypeAdapter[Statement[P]]) -> Statement[P]:
    try:
        return reader.validate_json(file.read_bytes())
    except ValidationError as error:
        raise LandingError(
            f"{file} is damaged: not a preference that landing wrote; delete it, and say again what it said"
        ) from error


def _name(what: str, text: str | None) -> str | None:
    """The name in single spaces; raises InvalidRequestError when nothing is left of it or it is not text."""
    if text is None:
        return None
    name = " ".join(text.split())
    # Arguments of a command need not be text; what is stored must be.
    if not name or name != name.encode("utf-8", "replace").decode("utf-8"):
        raise InvalidRequestError(f"{what} {text!a}: expected a name")
    return name


def _folded(name: str | None) -> str | None:
    return None if name is None else unicodedata.normalize("NFC", name.casefold())
