"""Settings of alerts: who is told, over which server, and what of it is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.test_settings import error_of
from tunegenie_assets.alert_settings import secret_values
from tunegenie_assets.settings import PREFIX, load_settings


def test_a_host_is_no_line_of_settings(tmp_path: Path) -> None:
    line = "TUNEGENIE_SMTP_HOST=smtp.example.org TUNEGENIE_SMTP_PASSWORD=hush\n"
    (tmp_path / ".env").write_text(line, encoding="utf-8")
    message = error_of()
    assert message.startswith("TUNEGENIE_SMTP_HOST=…: expected the name of a machine")
    assert "hush" not in message


@pytest.mark.parametrize("host", ["smtp.example.org", "localhost", "127.0.0.1", "[::1]", "mail_1", "example.org."])
def test_hosts_of_mail_servers(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("TUNEGENIE_SMTP_HOST", host)
    assert load_settings().smtp_host == host


@pytest.mark.parametrize("name", ["SMTP_USER", "SMTP_PASSWORD"])
def test_a_mail_server_is_told_ascii(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"TUNEGENIE_{name}", "pässword")
    assert "expected ASCII letters only" in error_of()


def test_the_values_of_all_secret_settings_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"SPOTIFY_CLIENT_SECRET": "one", "SMTP_PASSWORD": "two", "ALERT_WEBHOOK": "https://hooks.example.org/three"}
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, value)
    monkeypatch.setenv(f"{PREFIX}SMTP_HOST", "mail.example.org")
    assert secret_values(load_settings()) == set(given.values())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ALERT_EMAIL", "ada", "with commas between them"),
        ("ALERT_EMAIL", "ada@example.org,", "with commas between them"),
        ("UI_URL", "dagster.example.org", "such as https://dagster.example.org"),
        ("SMTP_SECURITY", "ssl", "'starttls', 'tls' or 'none'"),
        ("SMTP_PORT", "0", "from 1 to 65535"),
        ("ALERT_WEBHOOK", "http://hooks.example.org/secret-part", "begins with https://"),
        ("HEARTBEAT_URL", "hc-ping.com/secret-part", "begins with https://"),
    ],
)
def test_bad_addresses_of_alerts_say_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    message = error_of()
    assert message.startswith(f"{PREFIX}{name}=")
    assert expected in message
    assert "secret-part" not in message
