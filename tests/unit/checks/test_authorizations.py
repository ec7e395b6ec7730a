from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tunegenie_assets.checks.authorizations import NOBODY, authorized, present_standing, standing_of
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.tokens import Token, TokenStore

ADA = Token(
    service="spotify",
    listener_id="ada",
    account_id="acc-ada",
    access_token="a",  # noqa: S106  # nobody's
    refresh_token="r",  # noqa: S106  # nobody's
    scopes=frozenset(),
    expires_at=datetime(2026, 3, 1, 13),
    authorized_at=datetime(2026, 3, 1, 12),
)
BOB = replace(ADA, listener_id="bob", account_id="acc-bob")
END = ADA.reauth_due_at


@pytest.mark.parametrize(
    ("left", "passes", "says"),
    [
        (timedelta(days=31), True, "ada: spotify until 2026-09-01"),
        (timedelta(days=30), False, "ends on 2026-09-01, within 30 days; run `tunegenie login --listener ada` before"),
        (timedelta(days=7), False, "within 7 days; run `tunegenie login --listener ada` before"),
        (timedelta(0), False, "has ended; run `tunegenie login --listener ada`"),
    ],
)
def test_each_listener_is_told_what_to_do_and_until_when(left: timedelta, passes: bool, says: str) -> None:
    standing = standing_of([ADA], END - left)
    assert standing.passed is passes
    assert says in standing.says


def test_one_authorization_that_ended_does_not_hide_the_others() -> None:
    refused = replace(BOB, needs_reauth_since=ADA.authorized_at)
    standing = standing_of([ADA, refused], ADA.authorized_at)
    assert not standing.passed
    ada, bob = standing.lines
    assert "until 2026-09-01" in ada
    assert "tunegenie login --listener bob" in bob


def test_the_stage_changes_thrice_and_with_a_new_login() -> None:
    hours = range(24 * 190)
    seen = [standing_of([ADA], ADA.authorized_at + timedelta(hours=hour)).stages for hour in hours]
    changes = [ADA.authorized_at + timedelta(hours=hour) for hour in hours[1:] if seen[hour] != seen[hour - 1]]
    assert changes == [END - timedelta(days=30), END - timedelta(days=7), END]
    renewed = replace(ADA, authorized_at=ADA.authorized_at + timedelta(days=1))
    assert standing_of([renewed], ADA.authorized_at).stages != seen[0]


def test_nobody_connected_passes() -> None:
    standing = standing_of([], END)
    assert (standing.passed, standing.says) == (True, NOBODY)


def test_run_and_sensor_report_the_same_check() -> None:
    evaluation, result = (standing_of([ADA], END).as_evaluation(), standing_of([ADA], END).as_result())
    assert {evaluation.asset_check_key} == authorized.check_keys
    assert (evaluation.passed, evaluation.severity, evaluation.description) == (
        result.passed,
        result.severity,
        result.description,
    )


def test_tokens_that_cannot_be_read_do_not_pass(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    TokenStore(settings.tokens_path).save(ADA)
    (settings.tokens_path / "key").unlink()
    standing = present_standing(build_services(settings))
    assert not standing.passed
    assert "restore the key" in standing.says
