"""Checks that plays still arrive: every connected account answers and brings plays as often as it used to, and who is
not connected brings an export now and then.

That an authorization ends is in authorizations.py; what waits for a quota is in collected.py.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import dagster as dg
import pyarrow as pa

from tunegenie_assets.checks.authorizations import PAGES_KEY
from tunegenie_assets.checks.factories import WARN
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.resources.services import Services
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.sources.services.accounts import SPOTIFY
from tunegenie_assets.sources.services.errors import TokenFileError
from tunegenie_assets.sources.services.lastfm import LASTFM
from tunegenie_assets.sources.streams.lastfm import SCROBBLES
from tunegenie_assets.sources.streams.spotify_plays import RECENTLY_PLAYED

PLAYS = {SPOTIFY: RECENTLY_PLAYED.name, LASTFM: SCROBBLES.name}
"""By service the stream of which an answer that is missed may be lost; library and lookups come with the next pass."""
PASSES_BACK = 100
"""Passes that are looked at: two days of one every half hour."""
MOST_SILENCE = timedelta(hours=6)
"""After so long somebody who listens all day has heard more than the 50 plays that Spotify tells."""
SHORTEST_PAUSE = timedelta(days=7)
YEAR = timedelta(days=365)
DAYS = """
select distinct play_date
from silver.plays
where listener_id = ?
order by play_date
"""
OLD_EXPORT = timedelta(days=200)
NEWEST_EXPORTS = """
select listener_id, max(landed_at) as landed_at
from landing.archives
group by listener_id
order by listener_id
"""

Pass = tuple[datetime, Sequence[Mapping[str, Any]]]
"""When it ended (UTC), and what became of each of its works."""


def silent_accounts(passes: Iterable[Pass], asked: Container[tuple[str, str]]) -> dict[str, str]:
    """Why each account has told no plays for MOST_SILENCE or longer, by stream and listener; `passes` newest first.

    Only those of `asked`, streams and listeners: who was taken out of the settings is refused no more.
    """
    newest: dict[tuple[str, str], tuple[datetime, str]] = {}
    silent: dict[str, str] = {}
    answered: set[tuple[str, str]] = set()
    for at, outcomes in passes:
        for outcome in outcomes:
            stream, subject = outcome["stream"], outcome["subject"]
            work = (stream, subject)
            # What is parked was not asked; that it waits, and until when, says the check `nothing_waits`.
            if work not in asked or work in answered or outcome["parked_until"]:
                continue
            # Who has to log in again is told so by the check of authorizations.
            if not outcome["problem"] or outcome["needs_reauth"]:
                answered.add(work)
                continue
            last, problem = newest.setdefault(work, (at, outcome["problem"]))
            if last - at >= MOST_SILENCE:
                silent[f"{stream} of {subject}"] = problem
    return silent


def overdue_after(days: Sequence[date]) -> timedelta:
    """How long a listener with plays on these days, in order, may hear nothing: twice their longest pause of a year."""
    days = [day for day in days if day > days[-1] - YEAR]
    longest = max((later - earlier for earlier, later in pairwise(days)), default=timedelta())
    return max(SHORTEST_PAUSE, 2 * longest)


@dg.asset_check(
    asset=PAGES_KEY,
    name="accounts_answer",
    description=(
        "Every account has told its plays within six hours: an app that is not accepted any more, a wrong name or a "
        "listener who hides what they hear is refused at each pass, which goes on with the others."
    ),
)
def accounts_answer(context: dg.AssetCheckExecutionContext, services: Services) -> dg.AssetCheckResult:
    try:
        accounts = services.connected(services.time.now())
    except TokenFileError as error:
        return dg.AssetCheckResult(passed=False, severity=WARN, description=str(error))
    events = context.instance.fetch_materializations(PAGES_KEY, limit=PASSES_BACK).records
    asked = {(PLAYS[account.service], account.listener_id) for account in accounts}
    silent = silent_accounts(map(as_pass, events), asked)
    told = "; ".join(f"{work}: {problem}" for work, problem in silent.items())
    return dg.AssetCheckResult(
        passed=not silent,
        severity=WARN,
        description=told or "every account that was asked answers",
        metadata={"silent": dg.MetadataValue.json(silent)},
    )


def as_pass(record: dg.EventLogRecord) -> Pass:
    materialization = record.asset_materialization
    told = materialization.metadata.get("outcomes") if materialization else None
    value = told.value if told else None
    outcomes = cast("list[Mapping[str, Any]]", value) if isinstance(value, list) else []
    return datetime.fromtimestamp(record.timestamp, UTC), outcomes


@dg.asset_check(
    asset=["silver", "plays"],
    name="plays_still_come",
    description=(
        "Of every connected listener there is a play within twice the longest pause of the year before, and of anybody "
        "within a week: an account may answer, and tell nothing."
    ),
)
def plays_still_come(services: Services, warehouse: dg.ResourceParam[WarehouseIOManager]) -> dg.AssetCheckResult:
    try:
        connected = _connected(services)
    except TokenFileError as error:
        return dg.AssetCheckResult(passed=False, severity=WARN, description=str(error))
    today = services.time.now().date()
    overdue: dict[str, str] = {}
    for listener_id, since in connected.items():
        days = _days(warehouse.query(DAYS, [listener_id]))
        signs = [*days[-1:], *([since] if since else [])]
        # Of who never played anything and logged in nowhere, nobody knows since when something should have come.
        heard = max(signs) if signs else today
        if today - heard > overdue_after(days):
            overdue[listener_id] = heard.isoformat()
    told = "; ".join(f"nothing of {who} since {day}" for who, day in overdue.items())
    return dg.AssetCheckResult(
        passed=not overdue,
        severity=WARN,
        description=told or f"{len(connected)} connected listeners",
        metadata={"newest_day": dg.MetadataValue.json(overdue)},
    )


def _days(rows: pa.Table) -> list[date]:
    return rows["play_date"].to_pylist()


@dg.asset_check(
    asset=list(ARCHIVES.key),
    name="export_is_recent",
    description="Who is not connected has brought an export within 200 days: asking for one takes a service weeks.",
)
def export_is_recent(services: Services, warehouse: dg.ResourceParam[WarehouseIOManager]) -> dg.AssetCheckResult:
    try:
        connected = _connected(services)
    except TokenFileError as error:
        return dg.AssetCheckResult(passed=False, severity=WARN, description=str(error))
    now = services.time.now()
    newest = {row["listener_id"]: row["landed_at"] for row in warehouse.query(NEWEST_EXPORTS).to_pylist()}
    old = {who: f"{at:%Y-%m-%d}" for who, at in newest.items() if who not in connected and now - at > OLD_EXPORT}
    told = "; ".join(f"the newest export of {who} was imported on {day}" for who, day in old.items())
    return dg.AssetCheckResult(passed=not old, severity=WARN, description=told or "no export is old")


def _connected(services: Services) -> dict[str, date | None]:
    """The people who are connected, and since when: an export may end long before the day of the login."""
    since: dict[str, date | None] = {}
    for account in services.connected(services.time.now()):
        day = account.since.date() if account.since else None
        since[account.listener_id] = max(filter(None, (day, since.get(account.listener_id))), default=None)
    return {who: day for who, day in sorted(since.items()) if not who.startswith(SIMULATED_PREFIX)}


ARRIVAL_CHECKS: list[dg.AssetChecksDefinition] = [accounts_answer, plays_still_come, export_is_recent]
