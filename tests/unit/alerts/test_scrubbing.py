from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.alerts.scrubbing import scrubbed

LONG_ONE = "BQDk9sX2m7Qz4Lr8Ta1Vb6Nc3Yd5Ue0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET https://ada:pass@example.org/x failed", "GET https://example.org/x failed"),
        ("https://ws.audioscrobbler.com/2.0/?api_key=abc123&user=ada", "https://ws.audioscrobbler.com/2.0/?…"),
        ("Authorization: Bearer abc.def-1234567", "Authorization: …"),
        ("sent bearer abc.def-1234567", "sent bearer …"),
        ('{"refresh_token": "AQB1", "user": 1}', '{"refresh_token": "…", "user": 1}'),
        ("password=hunter2 refused", "password=… refused"),
        ("client_secret: s3 refused", "client_secret: … refused"),
        ("the account ada.lovelace+tg@mail.example.org", "the account …"),
        (f"the token {LONG_ONE} has ended", "the token … has ended"),
        ("aws_secret_access_key: wJalrXUt/K7MDENG/bPx", "aws_secret_access_key: …"),
        ("the key AKIAIOSFODNN7EXAMPLE", "the key …"),
        ("password 'x1' and pwd=y2", "password '…' and pwd=…"),
        ("xoxb-12-ab refused", "… refused"),
        ("POST https://hooks.slack.com/services/T0/B0/xyz failed", "POST https://hooks.slack.com/… failed"),
        ("postgresql://u:pa/ss@host/db", "postgresql://host/db"),
        ("from 192.0.2.17 and 2001:db8::17", "from … and …"),
    ],
)
def test_what_nobody_may_know_is_taken_out(text: str, expected: str) -> None:
    assert scrubbed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "landing/archives: my_spotify_data.zip of ada is no zip",
        "silver/plays: rows_in_equal_plays_plus_reasons_of_all_sources (12 rows)",
        "the run 0b1d7f0e-52cf-4d0a-8d42-1f2a3b4c5d6e of 2026-03-01 04:15:07 failed",
        "http://127.0.0.1:3000/runs/0b1d7f0e-52cf-4d0a-8d42-1f2a3b4c5d6e",
        "dbt: daily_listening_summary: Binder Error at 1:23:45",
        "run `tunegenie login --listener ada` before 2026-10-31",
        "version 1.13.27 of dagster",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert scrubbed(text) == text


@given(st.text(max_size=60), st.text(string.ascii_letters + string.digits + "!#$%", min_size=6, max_size=60), st.text())
def test_no_secret_setting_is_ever_left(before: str, secret: str, after: str) -> None:
    assert secret not in scrubbed(before + secret + after, [secret])


@given(st.text())
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    assert scrubbed(scrubbed(text)) == scrubbed(text)
