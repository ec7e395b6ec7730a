"""`tunegenie timezone`: where a listener lived when, whether they follow their travels, and taking that back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import typer
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.recounting import no_plays_yet, recount
from tunegenie_assets.resources.services import utc_now
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id
from tunegenie_assets.sources.preferences import ListenerZone, PreferenceStore
from tunegenie_assets.wiring import build_archive_store, build_preferences

BEGINNING = "beginning"
"""The word for the date of a zone that holds from the beginning."""


@dataclass(frozen=True)
class Request:
    """What is asked for: one of a zone, following travels or not, taking back a zone, the list."""

    zone: str | None
    since: date | None
    follow_travels: bool | None
    taken_back: str | None
    listed: bool

    def check(self) -> None:
        """Raises typer.BadParameter when it is not one thing."""
        given = [self.zone is not None, self.follow_travels is not None, self.taken_back is not None, self.listed]
        if given.count(True) != 1:
            raise typer.BadParameter("give a zone, or --follow-travels, --no-follow-travels, --take-back or --list")
        if self.since is not None and self.zone is None:
            raise typer.BadParameter("--since is the date of a zone; give the zone as well")


def run(request: Request, *, listener: str | None, as_json: bool) -> None:
    """List, or change and recount.

    Raises:
        typer.BadParameter: the request, the listener's name or the zone cannot be used.
    """
    request.check()
    platform = Platform.open()
    store = build_preferences(platform.settings).store
    try:
        if request.listed:
            _list(platform, store, check_listener_id(listener) if listener else None, as_json=as_json)
            return
        who = check_listener_id(listener or platform.settings.listener)
        said = _change(platform, store, who, request)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error
    _apply(platform, store, who, said, as_json=as_json)


def _change(platform: Platform, store: PreferenceStore, listener: str, request: Request) -> str:
    """Store what is asked for; returns it in words."""
    now = utc_now()
    if request.zone is not None:
        zone = store.set_zone(listener, request.zone, request.since, now)
        return f"{listener} is in {zone.timezone} from {_since(zone)} on."
    if request.follow_travels is not None:
        is_new = store.set_travelling(listener, follows=request.follow_travels, now=now)
        state = "follows" if request.follow_travels else "does not follow"
        return f"{listener} {state} the countries that plays were heard in{'' if is_new else ', as before'}."
    first_date = _date(request.taken_back or "")
    zone = store.withdraw_zone(listener, first_date, now)
    if zone is not None:
        return f"Taken back: {zone.timezone} from {_since(zone)} on."
    for given in _imported_zones(platform, listener):
        if given.first_date == first_date:
            raise CommandError(
                f"{given.timezone} came with an import of {listener} and cannot be taken back; "
                f"another zone replaces it: tunegenie timezone ZONE --listener {listener}"
            )
    raise CommandError(
        f"{listener} has no zone from {request.taken_back} on; tunegenie timezone --list shows those there are"
    )


def _apply(platform: Platform, store: PreferenceStore, listener: str, said: str, *, as_json: bool) -> None:
    out, progress = display.consoles(as_json=as_json)
    report = recount(platform, progress, listener)
    known = KnownZones.of(platform, store, listener)
    if as_json:
        display.print_json(
            {
                "command": "timezone",
                "listener": listener,
                "said": said,
                **known.as_json(),
                "follows_travels": any(traveller.listener_id == listener for traveller in store.travellers()),
                "run": display.run_json(report) if report else None,
            }
        )
        return
    out.print(said, markup=False)
    if report is None:
        out.print(no_plays_yet(listener), markup=False)
    else:
        display.complain_of_checks(report, out)
    known.print(platform.settings.timezone, out)


def _list(platform: Platform, store: PreferenceStore, listener: str | None, *, as_json: bool) -> None:
    out, _ = display.consoles(as_json=as_json)
    known = KnownZones.of(platform, store, listener)
    travellers = [t.listener_id for t in store.travellers() if listener in (None, t.listener_id)]
    if as_json:
        display.print_json({"command": "timezone", **known.as_json(), "travellers": travellers})
        return
    known.print(platform.settings.timezone, out)
    for name in travellers:
        out.print(f"{name} follows the countries that plays were heard in.", markup=False)


@dataclass(frozen=True)
class KnownZones:
    """The zones of one listener or of all."""

    given: list[ListenerZone]
    """With this command."""
    imported: list[ListenerZone]
    """With an import."""

    @classmethod
    def of(cls, platform: Platform, store: PreferenceStore, listener: str | None) -> KnownZones:
        given = [zone for zone in store.zones() if listener in (None, zone.listener_id)]
        return cls(given, _imported_zones(platform, listener))

    def as_json(self) -> dict[str, Any]:
        return {
            "zones": [asdict(zone) for zone in self.given],
            "imported_zones": [asdict(zone) for zone in self.imported],
        }

    def print(self, default: str, out: Console) -> None:
        """A table for each listener; `default` is the zone of who has none."""
        if not self.given and not self.imported:
            out.print(f"No zones have been given: {default} (TUNEGENIE_TIMEZONE) holds.")
        for name in sorted({zone.listener_id for zone in (*self.given, *self.imported)}):
            given, imported = ([z for z in zones if z.listener_id == name] for zones in (self.given, self.imported))
            rows = [(*row, "") for row in _in_order(given)]
            rows += [(zone.timezone, _since(zone), "given with an import") for zone in imported]
            out.print(display.table(f"Zones of {name}", ["zone", "from", ""], rows))
            if {zone.first_date for zone in given} & {zone.first_date for zone in imported}:
                out.print("Of two zones from the same date the one that was given last holds.")


def _imported_zones(platform: Platform, listener: str | None) -> list[ListenerZone]:
    """The zone that the latest import with one gave, of one listener or of each."""
    zones: dict[str, ListenerZone] = {}
    for archive in build_archive_store(platform.settings).landing.archives():
        if archive.timezone is None or archive.timezone_given_at is None:
            continue
        name, given_at = archive.listener_id, archive.timezone_given_at
        if name not in zones or zones[name].given_at < given_at:
            zones[name] = ListenerZone(name, archive.timezone, None, given_at)
    return [zone for zone in zones.values() if listener in (None, zone.listener_id)]


def _in_order(zones: list[ListenerZone]) -> list[tuple[str, str]]:
    ordered = sorted(zones, key=lambda zone: zone.first_date or date.min)
    return [(zone.timezone, _since(zone)) for zone in ordered]


def _since(zone: ListenerZone) -> str:
    return zone.first_date.isoformat() if zone.first_date else f"the {BEGINNING}"


def _date(text: str) -> date | None:
    """The date in `text`, or None for the beginning; raises typer.BadParameter when it is neither."""
    if text == BEGINNING:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"--take-back {text!a}: expected a date such as 2024-03-01, or {BEGINNING}") from error
