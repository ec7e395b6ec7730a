"""`tunegenie enrich-artists`: the services asked for artists, and the genres that follow from what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dagster as dg
import typer
from rich.console import Console

from tunegenie_assets.cli import artists, display
from tunegenie_assets.cli.artists import Artist, KnownArtists
from tunegenie_assets.cli.collecting import Collected, collect, print_run
from tunegenie_assets.cli.connecting import CONNECT, utc_now
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.recounting import days_held
from tunegenie_assets.cli.runs import RunReport, dagster_instance, run_job, together
from tunegenie_assets.cli.stats import NOTHING_BUILT
from tunegenie_assets.jobs import ENRICH_ARTISTS
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.wiring import build_collection

MOST_ARTISTS = 2000
"""Of those of the last days, the most played: more than services can be asked for in a day."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Enriched:
    """What became of it; `asked` is empty where nobody was named."""

    collected: Collected
    asked: list[Artist]
    unknown: list[str]
    """Those of `asked` whom no play and no service knows."""
    rows: Rows
    """The genres of those who were asked for, or of all."""
    report: RunReport


def run(*, named: Sequence[str], days: int | None, as_json: bool) -> None:
    """Ask for the artists, build their genres, and show them.

    Raises:
        typer.BadParameter: artists and days are both given, or a reference is to no artist.
        CommandError: nothing has been built, or an artist is not known.
    """
    if named and days is not None:
        raise typer.BadParameter("give artists or days, not both")
    out, progress = display.consoles(as_json=as_json)
    platform = Platform.open()
    if not platform.has_in_silver("plays", "artists", "listeners"):
        raise CommandError(NOTHING_BUILT)
    with dagster_instance(platform.settings) as instance:
        platform.warehouse.create_all()
        if named:
            done = _of_those_named(platform, instance, progress, named)
        else:
            done = _of_those_played(platform, instance, progress, days)
    if as_json:
        display.print_json(_document(done))
    else:
        _print(done, out)
    if done.unknown:
        raise CommandError(_not_known(done.unknown, done.collected))


def _of_those_named(
    platform: Platform, instance: dg.DagsterInstance, progress: Console, named: Sequence[str]
) -> Enriched:
    warehouse, collection = platform.warehouse, build_collection(platform.settings)
    known = KnownArtists(warehouse)
    try:
        asked = artists.asked_for(named, known)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error
    collected = collect(
        platform,
        instance,
        progress,
        ["enrichment"],
        artist_ids=_once(one.spotify_ids for one in asked),
        artist_names=_once(one.names for one in asked),
        again=True,
    )
    at_spotify, tagged = artists.names_at_spotify(collection), artists.tagged_at_lastfm(collection)
    found: set[str] = set()
    unknown: list[str] = []
    for one in asked:
        told = {at_spotify[spotify_id] for spotify_id in one.spotify_ids if spotify_id in at_spotify}
        names = told | {name for name in one.names if name in known or artists.normalised(name) in tagged}
        found |= {artists.normalised(name) for name in names}
        if not names:
            unknown.append(one.asked_for)
    if not found:
        raise CommandError(_not_known(unknown, collected))
    report = together([collected.report, _build(platform, instance, progress)])
    return Enriched(collected, asked, unknown, _genres(platform, found), report)


def _of_those_played(platform: Platform, instance: dg.DagsterInstance, progress: Console, days: int | None) -> Enriched:
    options: dict[str, object] = {"only_artists": True}
    names: list[str] = []
    if days is not None:
        first_day = utc_now().date() - timedelta(days=days - 1)
        names = artists.played_since(platform.warehouse, first_day)[:MOST_ARTISTS]
        if not names:
            raise CommandError(f"nobody has been played since {first_day}; give more days")
        known = KnownArtists(platform.warehouse)
        options = {"artist_names": names, "artist_ids": _once(known.ids_of(name) for name in names)}
    collected = collect(platform, instance, progress, ["enrichment"], **options)
    report = together([collected.report, _build(platform, instance, progress)])
    rows = _genres(platform, {artists.normalised(name) for name in names} if names else None)
    return Enriched(collected, [], [], rows, report)


def _build(platform: Platform, instance: dg.DagsterInstance, progress: Console) -> RunReport:
    days = days_held(platform)
    if days is None:
        raise CommandError(NOTHING_BUILT)
    assets = platform.assets_with_rows(ENRICH_ARTISTS)
    return run_job(platform.definitions, instance, ENRICH_ARTISTS, progress, tags=range_tags(*days), assets=assets)


def _genres(platform: Platform, names: Collection[str] | None) -> Rows:
    """Of the artists of these names, normalised, or of all."""
    rows = artists.genres(platform.warehouse)
    return [row for row in rows if names is None or artists.normalised(row["artist"]) in names]


def _once(groups: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(value for group in groups for value in group))


def _not_known(unknown: Sequence[str], collected: Collected) -> str:
    problems = dict.fromkeys(str(one["problem"]) for one in collected.outcomes if one["problem"])
    why = f" ({'; '.join(problems)})" if problems else ""
    names = ", ".join(repr(name) for name in unknown)
    return f"{names}: in no play, and no service that is connected knows more{why}; check the spelling"


def _document(done: Enriched) -> dict[str, object]:
    return {
        "command": "enrich-artists",
        "outcomes": done.collected.outcomes,
        "artists": done.rows if done.asked else [],
        "unknown": done.unknown,
        "by_source": artists.counted_by_source(done.rows),
        "run": display.run_json(done.report),
    }


def _print(done: Enriched, out: Console) -> None:
    if done.collected.outcomes:
        out.print(display.outcome_table("Collected", done.collected.outcomes))
    else:
        out.print(
            f"No service is connected that knows artists, so nothing was asked for; {CONNECT}.",
            markup=False,
            soft_wrap=True,
        )
    out.print()
    if done.asked:
        rows = [(row["artist"], row["genre"], row["source"], round(float(row["confidence"]), 2)) for row in done.rows]
        out.print(display.table("Genres", ["artist", "genre", "source", "confidence"], rows))
    else:
        counts = artists.counted_by_source(done.rows)
        out.print(display.table("Genres", ["source", "artists"], list(counts.items())))
    print_run(done.report, out)
