"""Accounts that are refused while others answer, and listeners of whom nothing comes any more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.checks.test_authorizations import ADA
from tests.unit.resources.samples import fill, warehouse_in
from tests.unit.sources.services.worlds import LASTFM_KEY, SECRET
from tunegenie_assets.checks.arrivals import (
    MOST_SILENCE,
    PAGES_KEY,
    PLAYS,
    Pass,
    accounts_answer,
    as_pass,
    export_is_recent,
    overdue_after,
    plays_still_come,
    silent_accounts,
)
from tunegenie_assets.resources.services import Services, Time, build_services
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.collecting import Outcome
from tunegenie_assets.sources.services.accounts import SPOTIFY
from tunegenie_assets.sources.services.tokens import TokenStore

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outcome(problem: str | None, subject: str = "ada", stream: str = PLAYS[SPOTIFY], **more: Any) -> dict[str, Any]:
    return {**Outcome(stream, subject, problem=problem).as_json(), **more}


def passes(*hours_ago: tuple[float, list[dict[str, Any]]]) -> list[Pass]:
    return [(NOW - hours * HOUR, outcomes) for hours, outcomes in hours_ago]


ASKED = {(PLAYS[SPOTIFY], "ada"), (PLAYS[SPOTIFY], "bob")}
REFUSED = outcome("Spotify wants Premium")
FINE = outcome(None)


def test_an_account_that_is_refused_for_six_hours_is_named() -> None:
    refused = passes((0, [REFUSED, outcome(None, "bob")]), (3, [REFUSED]), (6, [REFUSED]), (9, [FINE]))
    assert silent_accounts(refused, ASKED) == {"spotify_recently_played of ada": "Spotify wants Premium"}


@pytest.mark.parametrize(
    "told",
    [
        passes(),
        passes((0, [REFUSED])),
        passes((0, [REFUSED]), (5.5, [REFUSED]), (6, [FINE])),
        passes((0, [FINE]), (3, [REFUSED]), (12, [REFUSED])),
        # Passes of the library in between are no answer about plays, and no refusal.
        passes((0, [outcome("x", stream="spotify_saved_tracks")]), (12, [outcome("x", stream="spotify_saved_tracks")])),
        # Told by the check of authorizations.
        passes((0, [outcome("x", needs_reauth=True)]), (12, [outcome("x", needs_reauth=True)])),
        # Told by the check of what waits.
        passes((0, [outcome("x", parked_until="2026-03-05T00:00:00Z")]), (12, [outcome("x", parked_until="z")])),
        # Taken out of the settings since.
        passes((0, [outcome("x", "carol")]), (12, [outcome("x", "carol")])),
    ],
)
def test_what_passes_by_itself_or_is_told_elsewhere_is_silent(told: list[Pass]) -> None:
    assert silent_accounts(told, ASKED) == {}


def test_the_newest_reason_is_told() -> None:
    told = silent_accounts(passes((0, [outcome("new")]), (MOST_SILENCE / HOUR, [outcome("old")])), ASKED)
    assert list(told.values()) == ["new"]


DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("offsets", "days"),
    [([0], 7), ([0, 1, 2], 7), ([0, 3], 7), ([0, 4], 8), ([0, 30, 31], 60), ([], 7)],
)
def test_a_pause_is_overdue_by_habit(offsets: list[int], days: int) -> None:
    assert overdue_after([DAY + timedelta(days=n) for n in offsets]) == timedelta(days=days)


@given(st.lists(st.dates(DAY, DAY + timedelta(days=364)), unique=True).map(sorted))
def test_no_pause_of_the_past_would_have_been_overdue(days: list[date]) -> None:
    allowed = overdue_after(days)
    assert all(later - earlier < allowed for earlier, later in pairwise(days))


LOGIN = ADA.authorized_at


def services_at(home: Path, now: datetime) -> Services:
    """Of ada, who logged in on 1 March 2026, and of bob, who is known by his scrobbles."""
    settings = load_settings(
        home=home,
        spotify_client_id="id",
        spotify_client_secret=SECRET,
        lastfm_api_key=LASTFM_KEY,
        lastfm_names="bob=bob_fm",
    )
    TokenStore(settings.tokens_path).save(ADA)
    return build_services(settings).model_copy(update={"time": Time(now=lambda: now)})


@pytest.mark.parametrize(
    ("newest", "days_after", "overdue"),
    [
        # Plays of an export may end long before the login.
        ({"ada": -60, "bob": 0}, 7, set()),
        ({"ada": -60, "bob": 0}, 8, {"ada", "bob"}),
        ({"ada": 5, "bob": 5, "carol": -300}, 12, set()),
        ({"ada": 5, "bob": 4}, 12, {"bob"}),
        # An account that tells nothing from its first day on; of bob nobody knows when it should have begun.
        ({}, 7, set()),
        ({}, 8, {"ada"}),
        # A pause of a year and more is one; ada's authorization has ended, of which another check tells.
        ({"ada": 0, "bob": 0}, 500, {"bob"}),
    ],
)
def test_connected_listeners_of_whom_nothing_comes(
    tmp_path: Path, newest: dict[str, int], days_after: int, overdue: set[str]
) -> None:
    rows = [f"('{who}', '{(LOGIN + timedelta(days=day)).date()}')" for who, day in newest.items()]
    fill(tmp_path, "create schema silver", "create table silver.plays (listener_id varchar, play_date date)")
    if rows:
        fill(tmp_path, f"insert into silver.plays values {', '.join(rows)}")
    services = services_at(tmp_path, LOGIN + timedelta(days=days_after))
    result: Any = plays_still_come(services=services, warehouse=warehouse_in(tmp_path))
    assert isinstance(result, dg.AssetCheckResult)
    assert result.passed is not bool(overdue)
    assert {
        who for who in ("ada", "bob", "carol") if f"nothing of {who} since" in (result.description or "")
    } == overdue


def test_an_old_export_is_told_of_who_is_not_connected(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "create schema landing",
        "create table landing.archives (listener_id varchar, landed_at timestamp)",
        f"insert into landing.archives values ('bob', '{LOGIN}'), ('carol', '{LOGIN}'), ('dora', '{LOGIN}')",
        f"insert into landing.archives values ('dora', '{LOGIN + timedelta(days=30)}')",
    )
    for days, is_recent in ((200, True), (201, False)):
        services = services_at(tmp_path, LOGIN + timedelta(days=days))
        result: Any = export_is_recent(services=services, warehouse=warehouse_in(tmp_path))
        assert result.passed is is_recent
    assert result.description == "the newest export of carol was imported on 2026-03-01"


def test_passes_are_read_from_what_materializations_tell(tmp_path: Path) -> None:
    services = services_at(tmp_path, LOGIN + timedelta(days=1))
    with dg.DagsterInstance.ephemeral() as instance:
        for problem in (None, "Spotify wants Premium"):
            told = {"outcomes": dg.MetadataValue.json([outcome(problem), outcome(None, "bob")])}
            instance.report_runless_asset_event(dg.AssetMaterialization(PAGES_KEY, metadata=told))
        records = instance.fetch_materializations(PAGES_KEY, limit=5).records
        assert [[one["problem"] for one in told] for _, told in map(as_pass, records)] == [
            ["Spotify wants Premium", None],
            [None, None],
        ]
        result: Any = accounts_answer(dg.build_asset_check_context(instance=instance), services=services)
        # One refusal a moment ago is none of six hours.
        assert result.passed
