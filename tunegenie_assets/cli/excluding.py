"""`tunegenie exclude`: plays that a listener does not want counted, and taking that back."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import typer

from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.recounting import counted_plays, days_held, no_plays_yet, recount
from tunegenie_assets.cli.runs import RunReport
from tunegenie_assets.resources.services import utc_now
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id
from tunegenie_assets.sources.preferences import Exclusion, PreferenceStore, make_exclusion
from tunegenie_assets.wiring import build_preferences

MOST_SUGGESTIONS = 3
OWN_NAMES = {
    "artist": "select distinct artist_name as name from silver.plays where listener_id = ?",
    "track": "select distinct track_name as name from silver.plays where listener_id = ?",
    "playlist": """
        select distinct playlist_name as name
        from raw.catalogue_tracks
        where playlist_name is not null and cast(? as varchar) is not null
    """,
}


@dataclass(frozen=True)
class Terms:
    """What to exclude; plays that match all that is given."""

    artist: str | None
    track: str | None
    playlist: str | None
    since: date | None
    until: date | None

    @property
    def given(self) -> bool:
        return any(value is not None for value in asdict(self).values())


@dataclass(frozen=True)
class Effect:
    """What a change did: the plays of the listener that counted before and after, and the run in between."""

    before: int
    after: int
    run: RunReport


def run(*, listener: str | None, terms: Terms, listed: bool, taken_back: str | None, as_json: bool) -> None:
    """List, take back or exclude, whichever is asked for.

    Raises:
        typer.BadParameter: not exactly one of the three is asked for, or a part of it cannot be used.
    """
    if [listed, taken_back is not None, terms.given].count(True) != 1:
        raise typer.BadParameter("give what to exclude (--artist, --track, …), or --list, or --take-back ID")
    platform = Platform.open()
    store = build_preferences(platform.settings).store
    try:
        if listed:
            _list(store, check_listener_id(listener) if listener else None, as_json=as_json)
        elif taken_back is not None:
            _take_back(platform, store, taken_back, as_json=as_json)
        else:
            _exclude(platform, store, _exclusion(platform, listener, terms), as_json=as_json)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error


def described(exclusion: Exclusion) -> str:
    """The exclusion in words."""
    parts = {
        "artist": exclusion.artist_name and f'"{exclusion.artist_name}"',
        "track": exclusion.track_name and f'"{exclusion.track_name}"',
        "track id": exclusion.track_id,
        "playlist": exclusion.playlist_name and f'"{exclusion.playlist_name}"',
        "since": exclusion.first_date,
        "until": exclusion.last_date,
    }
    return ", ".join(f"{what} {value}" for what, value in parts.items() if value)


def nearest_names(wanted: str, names: Iterable[str]) -> list[str] | None:
    """Up to three of the names that resemble `wanted`, the nearest first; None when it is one of them."""
    by_form = {name.casefold(): name for name in sorted(names)}
    form = wanted.casefold()
    if form in by_form:
        return None
    return [by_form[near] for near in difflib.get_close_matches(form, by_form, MOST_SUGGESTIONS)]


def _exclusion(platform: Platform, listener: str | None, terms: Terms) -> Exclusion:
    return make_exclusion(
        listener or platform.settings.listener,
        artist=terms.artist,
        track=terms.track,
        playlist=terms.playlist,
        first_date=terms.since,
        last_date=terms.until,
        now=utc_now(),
    )


def _exclude(platform: Platform, store: PreferenceStore, wanted: Exclusion, *, as_json: bool) -> None:
    out, progress = display.consoles(as_json=as_json)
    before = _counted(platform, wanted.listener_id)
    exclusion = store.exclude(wanted)
    is_new = exclusion is wanted
    effect = _effect(platform, exclusion.listener_id, before, recount(platform, progress, exclusion.listener_id))
    advice = _advice(platform, exclusion) if effect and is_new and effect.before == effect.after else None
    if as_json:
        document = {"command": "exclude", "exclusion": _as_json(exclusion), "is_new": is_new, "advice": advice}
        display.print_json({**document, **_effect_json(effect)})
        return
    state = "Excluded" if is_new else "Excluded before"
    out.print(f"{state} for {exclusion.listener_id}: {described(exclusion)}", markup=False)
    if effect is None:
        out.print(no_plays_yet(exclusion.listener_id), markup=False)
    else:
        out.print(f"{_plays(effect.before - effect.after)} no longer counted; {_plays(effect.after)} counted.")
        display.complain_of_checks(effect.run, out)
    if advice:
        out.print(advice, markup=False)
    out.print(f"To take it back: tunegenie exclude --take-back {exclusion.exclusion_id}", markup=False)


def _take_back(platform: Platform, store: PreferenceStore, exclusion_id: str, *, as_json: bool) -> None:
    out, progress = display.consoles(as_json=as_json)
    wanted = [e for e in store.exclusions() if e.exclusion_id == exclusion_id]
    if not wanted:
        raise CommandError(f"no exclusion {exclusion_id!a} is in force; tunegenie exclude --list shows those that are")
    [exclusion] = wanted
    before = _counted(platform, exclusion.listener_id)
    store.take_back(exclusion_id, utc_now())
    effect = _effect(platform, exclusion.listener_id, before, recount(platform, progress, exclusion.listener_id))
    if as_json:
        display.print_json({"command": "exclude", "taken_back": _as_json(exclusion), **_effect_json(effect)})
        return
    out.print(f"Taken back for {exclusion.listener_id}: {described(exclusion)}", markup=False)
    if effect is None:
        out.print(no_plays_yet(exclusion.listener_id), markup=False)
    else:
        out.print(f"{_plays(effect.after - effect.before)} counted again; {_plays(effect.after)} counted.")
        display.complain_of_checks(effect.run, out)


def _list(store: PreferenceStore, listener: str | None, *, as_json: bool) -> None:
    out, _ = display.consoles(as_json=as_json)
    exclusions = [e for e in store.exclusions() if listener in (None, e.listener_id)]
    if as_json:
        display.print_json({"command": "exclude", "exclusions": [_as_json(e) for e in exclusions]})
    elif exclusions:
        rows = [(e.exclusion_id, e.listener_id, described(e), f"{e.excluded_at:%Y-%m-%d}") for e in exclusions]
        out.print(display.table("Excluded", ["id", "listener", "what", "excluded on"], rows))
    else:
        out.print("Nothing is excluded.")


def _counted(platform: Platform, listener_id: str) -> int | None:
    return counted_plays(platform, listener_id) if days_held(platform, listener_id) else None


def _effect(platform: Platform, listener_id: str, before: int | None, report: RunReport | None) -> Effect | None:
    if before is None or report is None:
        return None
    return Effect(before, counted_plays(platform, listener_id), report)


def _advice(platform: Platform, exclusion: Exclusion) -> str:
    """Why an exclusion left nothing out, as far as names tell."""
    listener = exclusion.listener_id
    named = {"artist": exclusion.artist_name, "track": exclusion.track_name, "playlist": exclusion.playlist_name}
    for what, name in named.items():
        if name is None:
            continue
        rows = platform.warehouse.query(OWN_NAMES[what], [listener])
        near = nearest_names(name, rows.column("name").to_pylist())
        if near is not None:
            names = " or ".join(f'"{name}"' for name in near)
            question = f"; did you mean {names}?" if near else "."
            return f'Nothing that {listener} played has the {what} "{name}"{question}'
    return "No play matches all of it, or those that do did not count before."


def _plays(count: int) -> str:
    return f"{count:,} {'play' if count == 1 else 'plays'}"


def _as_json(exclusion: Exclusion) -> dict[str, Any]:
    return {"exclusion_id": exclusion.exclusion_id, **asdict(exclusion)}


def _effect_json(effect: Effect | None) -> dict[str, Any]:
    if effect is None:
        return {"counted_before": None, "counted_after": None, "run": None}
    return {
        "counted_before": effect.before,
        "counted_after": effect.after,
        "run": display.run_json(effect.run),
    }
