from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tunegenie_assets.settings import (
    PREFIX,
    CountingPolicy,
    Environment,
    Incognito,
    Settings,
    SettingsError,
    apply_to_process,
    load_settings,
)
from tunegenie_assets.sources.services import accounts, lastfm, spotify

HIDDEN = "correct horse battery staple"


def error_of(**overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(**overrides)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.env is Environment.LOCAL
    assert settings.timezone == "UTC"
    assert settings.home == tmp_path / ".tunegenie"


@pytest.mark.parametrize("value", ["prod", "LOCAL", "productio\nn", "0"])
def test_unknown_environment_names_the_known_ones(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TUNEGENIE_ENV", value)
    message = error_of()
    assert message.startswith(f"TUNEGENIE_ENV={value!r}")
    for environment in Environment:
        assert f"'{environment.value}'" in message


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TIMEZONE", "Mountain Time", "IANA time zone such as America/Denver"),
        ("TIMEZONE", "America", "IANA time zone"),
        ("TIMEZONE", "/etc/passwd", "IANA time zone"),
        ("TIMEZONE", "../UTC", "IANA time zone"),
        ("THREADS", "0", "1 or more"),
        ("SIMULATED_DAYS", "-3", "1 or more"),
        ("SIMULATED_LISTENERS", "many", "valid integer"),
        ("SIMULATED_LISTENERS", "1.5", "valid integer"),
        ("SEED", "one\ntwo", "valid integer"),
        ("UI_PORT", "0", "from 1 to 65535"),
        ("UI_PORT", "65536", "from 1 to 65535"),
        ("SPOTIFY_DAILY_CALLS", "0", "1 or more"),
        ("SPOTIFY_REDIRECT_URI", "http://localhost:8888/callback", "write the address as http://127.0.0.1:8888"),
        ("SPOTIFY_REDIRECT_URI", "http://example.org/callback", "expected an address such as http://127.0.0.1:8888"),
        ("SPOTIFY_REDIRECT_URI", "127.0.0.1:8888", "expected an address such as"),
        ("SPOTIFY_API_URL", "http://api.spotify.com/v1/", "begins with https://"),
        ("SPOTIFY_ACCOUNTS_URL", "https://", "begins with https://"),
        ("LASTFM_URL", "https://ws audioscrobbler", "begins with https://"),
        ("LASTFM_NAMES", "ada", "such as ada=ada_fm,bob=bobfm"),
        ("LASTFM_NAMES", "ada=", "such as ada=ada_fm,bob=bobfm"),
        ("LASTFM_NAMES", "ada=x=y", "such as ada=ada_fm,bob=bobfm"),
        ("LASTFM_NAMES", "ada=x,ada=y", "twice"),
        ("CONTACT", "me", "e-mail address"),
        ("LANDING", "landing", "such as s3://bucket/landing"),
        ("SNOWFLAKE_STAGE", "@raw.landing", "such as raw.landing, without @"),
        ("SNOWFLAKE_STAGE", "raw.landing; drop table raw.plays", "such as raw.landing"),
        ("SNOWFLAKE_STAGE_URL", "bucket/loads", "such as s3://bucket/landing"),
        ("SNOWFLAKE_PRIVATE_KEY_PATH", "keys/absent.p8", "a file that holds the private key; there is none here"),
        ("SNOWFLAKE_PRIVATE_KEY_PATH", ".", "a file that holds the private key; there is none here"),
        ("SNOWFLAKE_TARGET_LAG", "often", "such as 30 minutes, 1 hour or downstream"),
        ("SNOWFLAKE_TARGET_LAG", "1 hour' warehouse = 'x", "such as 30 minutes"),
        ("CONTACT", "me@example.org) evil", "e-mail address"),
        ("ASK_MODEL", "gpt-5", "a provider and a model, as one of anthropic:…"),
        ("ASK_MODEL", "openai:", "a provider and a model"),
        ("ASK_MODEL", "test:x", "google:…, openai:…, ollama:…"),
        ("ASK_MODEL_SEES_ROWS", "perhaps", "valid boolean"),
    ],
)
def test_bad_value_says_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    message = error_of()
    assert message.startswith(f"{PREFIX}{name}={value!r}: ")
    assert expected in message


@pytest.mark.parametrize(
    ("name", "known"), [("COUNTING", CountingPolicy), ("INCOGNITO", Incognito)], ids=["counting", "incognito"]
)
def test_unknown_choice_names_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, name: str, known: type[CountingPolicy | Incognito]
) -> None:
    monkeypatch.setenv(PREFIX + name, "Spotify 30")
    message = error_of()
    assert message.startswith(f"{PREFIX}{name}='Spotify 30': ")
    assert all(f"'{choice.value}'" in message for choice in known)


def test_every_play_counts_until_a_setting_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.counting, settings.incognito) == (CountingPolicy.ALL, Incognito.COUNTED)
    monkeypatch.setenv("TUNEGENIE_COUNTING", "lastfm")
    monkeypatch.setenv("TUNEGENIE_INCOGNITO", "excluded")
    settings = load_settings()
    assert (settings.counting, settings.incognito) == (CountingPolicy.LASTFM, Incognito.EXCLUDED)


@pytest.mark.parametrize("zone", ["America/Denver", "Asia/Kathmandu", "UTC", "Etc/GMT+12"])
def test_zones_of_the_world_are_known(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TUNEGENIE_TIMEZONE", zone)
    assert load_settings().timezone == zone


def test_unknown_names_stop_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEGENIE_TIME_ZONE", "UTC")
    monkeypatch.setenv("tunegenie_enviroment", "local")
    message = error_of()
    assert message.startswith("unknown setting TUNEGENIE_ENVIROMENT, TUNEGENIE_TIME_ZONE; known settings: ")
    for field in Settings.model_fields:
        assert PREFIX + field.upper() in message


def test_unknown_name_in_the_file_stops_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TUNEGENIE_HOMES=x\nSOMEBODY_ELSES=1\n", encoding="utf-8")
    assert error_of().startswith("unknown setting TUNEGENIE_HOMES; ")


def test_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TUNEGENIE_SEED=1\nTUNEGENIE_THREADS=3\nSOMEBODY_ELSES=1\n", encoding="utf-8")
    monkeypatch.setenv("TUNEGENIE_SEED", "2")
    settings = load_settings()
    assert (settings.seed, settings.threads) == (2, 3)


def test_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TUNEGENIE_LISTENER=\xff\xfe\n")
    assert ".env" in error_of()


def test_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEGENIE_ENV", "")
    monkeypatch.setenv("TUNEGENIE_UI_PORT", "")
    assert (load_settings().env, load_settings().ui_port) == (Environment.LOCAL, 3000)


def test_home_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEGENIE_HOME", "some/../where")
    settings = load_settings()
    assert settings.home == tmp_path / "where"
    assert all(path.is_relative_to(settings.home) for path in (settings.warehouse_path, settings.dagster_home))
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("TUNEGENIE_HOME", "~/music")
    assert load_settings().home == tmp_path / "me" / "music"


def test_a_private_key_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rsa_key.p8").touch()
    monkeypatch.setenv("TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PATH", "rsa_key.p8")
    assert load_settings().snowflake_private_key_path == tmp_path / "rsa_key.p8"


def test_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", HIDDEN)
    settings = load_settings()
    passphrase = settings.snowflake_private_key_passphrase
    assert passphrase is not None
    assert passphrase.get_secret_value() == HIDDEN
    for text in (repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()):
        assert HIDDEN not in text
    monkeypatch.setenv("TUNEGENIE_SEED", "x")
    assert HIDDEN not in error_of()


@pytest.mark.parametrize("address", ["s3://key:correct-horse@bucket/landing", "s3://bucket/landing?key=correct-horse"])
@pytest.mark.parametrize("name", ["LANDING", "SNOWFLAKE_STAGE_URL"])
def test_credentials_in_an_address_are_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    monkeypatch.setenv(f"TUNEGENIE_{name}", address)
    message = error_of()
    assert "without credentials" in message
    assert "correct-horse" not in message


@pytest.mark.parametrize("key", [HIDDEN, "c2hvcnQ=", "ü" * 44])
def test_a_key_that_is_none_is_told_and_not_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("TUNEGENIE_TOKEN_KEY", key)
    message = error_of()
    assert message == "TUNEGENIE_TOKEN_KEY=…: expected a Fernet key: 32 bytes in URL-safe base64"


def test_a_key_that_fernet_takes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("TUNEGENIE_TOKEN_KEY", key)
    held = load_settings().token_key
    assert held is not None
    assert held.get_secret_value() == key


@pytest.mark.parametrize(
    ("text", "names"),
    [("", {}), ("ada=ada_fm", {"ada": "ada_fm"}), (" ada = Ada FM , bob=b,", {"ada": "Ada FM", "bob": "b"})],
)
def test_names_at_lastfm_are_by_listener(monkeypatch: pytest.MonkeyPatch, text: str, names: dict[str, str]) -> None:
    monkeypatch.setenv("TUNEGENIE_LASTFM_NAMES", text)
    assert load_settings().lastfm_accounts == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPOTIFY_REDIRECT_URI", "https://example.org/callback"),
        ("SPOTIFY_REDIRECT_URI", "http://[::1]:8888/callback"),
        ("SPOTIFY_API_URL", "http://127.0.0.1:41234/v1/"),
        ("CONTACT", "me@example.org"),
        ("CONTACT", "https://example.org/tunegenie"),
    ],
)
def test_addresses_that_nobody_on_the_way_can_read_are_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    assert getattr(load_settings(), name.lower()) == value


def test_the_services_are_where_their_clients_know_them() -> None:
    settings = load_settings()
    assert (settings.spotify_api_url, settings.spotify_accounts_url, settings.lastfm_url) == (
        spotify.API_URL,
        accounts.ACCOUNTS_URL,
        lastfm.API_URL,
    )


def test_invalid_secret_is_not_shown_either() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(snowflake_private_key_passphrase=[HIDDEN])
    assert "TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE" in str(caught.value)
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))


def test_settings_are_handed_to_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "TUNEGENIE_ENV", "TUNEGENIE_HOME"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("TUNEGENIE_SNOWFLAKE_ROLE", "LOADER")
    monkeypatch.setenv("TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", HIDDEN)
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "7")
    settings = load_settings(env="ci")
    for name in ("TUNEGENIE_SNOWFLAKE_ROLE", "TUNEGENIE_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"):
        monkeypatch.setenv(name, "")
    apply_to_process(settings)
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / ".tunegenie" / "dagster")
    assert os.environ["DAGSTER_EVENT_BATCH_SIZE"] == "7"
    assert "TUNEGENIE_SNOWFLAKE_ACCOUNT" not in os.environ
    assert load_settings() == settings


@pytest.mark.parametrize(
    ("given", "root", "loads"),
    [
        ({}, "{home}/landing", ""),
        ({"landing": "s3://bucket/landing/"}, "s3://bucket/landing", "s3://bucket/landing/loads"),
        ({"snowflake_stage_url": "s3://other/loads/"}, "{home}/landing", "s3://other/loads"),
    ],
)
def test_landing_is_a_folder_or_a_bucket(given: dict[str, str], root: str, loads: str) -> None:
    settings = load_settings(**given)
    assert settings.landing_root == root.format(home=settings.home)
    assert settings.snowflake_loads_url == loads
