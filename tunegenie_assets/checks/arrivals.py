"""Checks that plays still arrive: every connected account answers and brings plays as often as it used to, and who is
not connected brings an export now and then.

That an authorization ends is in authorizations.py; what waits for a quota is in collected.py.
"""

from collections.abc import Iterable, Mapping, Sequence
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
from tunegenie_assets.sources.services.errors import TokenFileError
from tunegenie_assets.sources.services.pages import SIMULATED
from tunegenie_assets.sources.streams.lastfm import SCROBBLES
from tunegenie_assets.sources.streams.spotify_plays import RECENTLY_PLAYED

PLAYS = frozenset({RECENTLY_PLAYED.name, SCROBBLES.name})
"""Streams of which an answer that is missed may be lost; library and lookups come with the next pass."""
PASSES_BACK = 100
"""Passes that are looked at: two days of one every half hour."""
MOST_SILENCE = timedelta(hours=6)
"""After so long somebody who listens all day has heard more than the 50 plays that Spotify tells."""
SHORTEST_PAUSE = timedelta(days=7)
YEAR = timedelta(days=365)
NEWEST_DAYS = """
select distinct play_date
from silver.plays
where listener_id = ? and play_date > ?
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


def silent_accounts(passes: Iterable[Pass]) -> dict[str, str]:
    """Why each account has told no plays for MOST_SILENCE or longer, by stream and listener; `passes` newest first."""
    newest: dict[tuple[str, str], tuple[datetime, str]] = {}
    silent: dict[str, str] = {}
    answered: set[tuple[str, str]] = set()
    for at, outcomes in passes:
        for outcome in outcomes:
            stream, subject = outcome["stream"], outcome["subject"]
            work = (stream, subject)
            if stream not in PLAYS or work in answered or _is_stand_in(subject):
                continue
            # Who has to log in again is told so by the check of authorizations.
            if not outcome["problem"] or outcome["needs_reauth"]:
                answered.add(work)
                continue
            last, problem = newest.setdefault(work, (at, outcome["problem"]))
            if last - at >= MOST_SILENCE:
                silent[f"{stream} of {subject}"] = problem
    return silent


def _is_stand_in(subject: str) -> bool:
    return subject == SIMULATED or subject.startswith(SIMULATED_PREFIX)


def overdue_after(days: Sequence[date]) -> timedelta:
    """How long a listener with plays on these days, in order, may hear nothing: twice their longest pause."""
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
def accounts_answer(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    events = context.instance.fetch_materializations(PAGES_KEY, limit=PASSES_BACK).records
    silent = silent_accounts(map(_as_pass, events))
    told = "; ".join(f"{work}: {problem}" for work, problem in silent.items())
    return dg.AssetCheckResult(
        passed=not silent,
        severity=WARN,
        description=told or "every account that was asked answers",
        metadata={"silent": dg.MetadataValue.json(silent)},
    )


def _as_pass(record: dg.EventLogRecord) -> Pass:
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
        days = _days(warehouse.query(NEWEST_DAYS, [listener_id, today - YEAR]))
        if days and today - max(days[-1], since) > overdue_after(days):
            overdue[listener_id] = days[-1].isoformat()
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


def _connected(services: Services) -> dict[str, date]:
    """The people who are connected, and since when: an export may end long before the day of the login."""
    since = dict.fromkeys(services.credentials.lastfm_names, date.min)
    for token in services.tokens():
        since[token.listener_id] = max(token.authorized_at.date(), since.get(token.listener_id, date.min))
    return {who: day for who, day in sorted(since.items()) if not _is_stand_in(who)}


ARRIVAL_CHECKS: list[dg.AssetChecksDefinition] = [accounts_answer, plays_still_come, export_is_recent]
