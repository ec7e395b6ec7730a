"""Every setting of TuneGenie, typed: the only reader of the environment and of `.env`.

`load_settings()` is called by the command line and by the code location; everything else is handed values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_args

from pydantic import AfterValidator, SecretStr, ValidationError, field_validator
from pydantic_settings import DotEnvSettingsSource, SettingsConfigDict

from tunegenie_assets.alert_settings import AlertSettings
from tunegenie_assets.keys import known_timezones
from tunegenie_assets.pods import Steps
from tunegenie_assets.service_links import forget_service_links
from tunegenie_assets.setting_values import (
    REDIRECT_ADDRESS,
    checked_code_address,
    checked_contact,
    checked_fernet_key,
    checked_model,
    checked_names,
    checked_postgres_address,
    checked_private_key,
    checked_redirect_address,
    checked_service_address,
    checked_stage,
    checked_storage_address,
    checked_target_lag,
    names_by_listener,
)

PREFIX = "TUNEGENIE_"
MOST_SIMULATED_DAYS = 3650
DOTENV = ".env"

ServiceAddress = Annotated[str, AfterValidator(checked_service_address)]
StorageAddress = Annotated[str, AfterValidator(checked_storage_address)]


class SettingsError(Exception):
    """A setting that cannot be used, in one line that says what to do."""


class Environment(StrEnum):
    """Where the platform runs; the dbt target has the same name."""

    LOCAL = "local"
    CI = "ci"
    PRODUCTION = "production"


class CountingPolicy(StrEnum):
    """Which plays count: all, or those that a service would have counted; the rules are dbt's counted_plays."""

    ALL = "all"
    SPOTIFY30 = "spotify30"
    LASTFM = "lastfm"
    KOITO = "koito"
    LISTENBRAINZ = "listenbrainz"


class Incognito(StrEnum):
    """Whether what was heard in private sessions is among the plays."""

    COUNTED = "counted"
    EXCLUDED = "excluded"


class Collecting(StrEnum):
    """Whether the services are asked by the clock while Dagster runs."""

    OFF = "off"
    ON = "on"


class Settings(AlertSettings):
    """All settings with their defaults; the environment wins over `.env`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=DOTENV,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Environment = Environment.LOCAL
    home: Path = Path(".tunegenie")
    landing: StorageAddress = ""
    timezone: str = "UTC"
    listener: str = "me"
    counting: CountingPolicy = CountingPolicy.ALL
    incognito: Incognito = Incognito.COUNTED
    catalogue: Path | None = None
    simulated_listeners: int = 300
    simulated_days: int = 60
    seed: int = 42
    threads: int = 1
    models_kept: int = 8
    duckdb_memory: str = "1GB"
    schedule: str = "15 4 * * *"
    ui_port: int = 3000
    code_url: Annotated[str, AfterValidator(checked_code_address)] = ""
    spotify_client_id: str = ""
    spotify_client_secret: SecretStr | None = None
    spotify_redirect_uri: Annotated[str, AfterValidator(checked_redirect_address)] = REDIRECT_ADDRESS
    spotify_daily_calls: int = 800
    spotify_api_url: ServiceAddress = "https://api.spotify.com/v1/"
    spotify_accounts_url: ServiceAddress = "https://accounts.spotify.com"
    token_key: Annotated[SecretStr | None, AfterValidator(checked_fernet_key)] = None
    lastfm_api_key: SecretStr | None = None
    lastfm_names: Annotated[str, AfterValidator(checked_names)] = ""
    lastfm_url: ServiceAddress = "https://ws.audioscrobbler.com/2.0/"
    musicbrainz_url: ServiceAddress = "https://musicbrainz.org/ws/2/"
    listenbrainz_token: SecretStr | None = None
    listenbrainz_url: ServiceAddress = "https://api.listenbrainz.org/1/"
    contact: Annotated[str, AfterValidator(checked_contact)] = ""
    poll: str = "*/30 * * * *"
    collecting: Collecting = Collecting.OFF
    steps: Steps = Steps.PROCESS
    dagster_storage: Annotated[SecretStr | None, AfterValidator(checked_postgres_address)] = None
    ask_model: Annotated[str, AfterValidator(checked_model)] = ""
    ask_model_sees_rows: bool = False
    snowflake_account: str = ""
    snowflake_user: str = ""
    snowflake_private_key_path: Annotated[Path | None, AfterValidator(checked_private_key)] = None
    snowflake_private_key_passphrase: SecretStr | None = None
    snowflake_role: str = ""
    snowflake_warehouse: str = ""
    snowflake_database: str = ""
    snowflake_stage: Annotated[str, AfterValidator(checked_stage)] = ""
    snowflake_stage_url: StorageAddress = ""
    snowflake_target_lag: Annotated[str, AfterValidator(checked_target_lag)] = ""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in known_timezones():
            raise ValueError("expected an IANA time zone such as America/Denver or UTC")
        return value

    @field_validator("simulated_listeners", "simulated_days", "threads", "models_kept", "spotify_daily_calls")
    @classmethod
    def _positive(cls, value: int) -> int:
        if value < 1:
            raise ValueError("expected a whole number of 1 or more")
        return value

    @field_validator("simulated_days")
    @classmethod
    def _days(cls, value: int) -> int:
        if value > MOST_SIMULATED_DAYS:
            raise ValueError(f"expected at most {MOST_SIMULATED_DAYS} days")
        return value

    @field_validator("duckdb_memory")
    @classmethod
    def _memory(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9][0-9]*(MB|GB)", value):
            raise ValueError("expected a size such as 800MB or 4GB")
        return value

    @field_validator("catalogue")
    @classmethod
    def _existing_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("expected the path of a CSV file of Spotify tracks; there is none here")
        return value

    @field_validator("seed")
    @classmethod
    def _not_negative(cls, value: int) -> int:
        if value < 0:
            raise ValueError("expected a whole number of 0 or more")
        return value

    @field_validator("ui_port", "smtp_port")
    @classmethod
    def _port(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise ValueError("expected a port from 1 to 65535")
        return value

    @property
    def lastfm_accounts(self) -> Mapping[str, str]:
        """Names at Last.fm by listener."""
        return names_by_listener(self.lastfm_names)

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def warehouse_lock_path(self) -> Path:
        return self.home / "warehouse.duckdb.lock"

    @property
    def landing_root(self) -> str:
        """A folder or an fsspec URL."""
        return self.landing.rstrip("/") or str(self.home / "landing")

    @property
    def snowflake_loads_url(self) -> str:
        """What the stage stands over: beside the archives where landing is a URL, empty where nothing says it."""
        if self.snowflake_stage_url:
            return self.snowflake_stage_url.rstrip("/")
        return f"{self.landing_root}/loads" if self.landing else ""

    @property
    def parsed_path(self) -> Path:
        return self.home / "parsed"

    @property
    def inbox_path(self) -> Path:
        return self.home / "inbox"

    @property
    def models_path(self) -> Path:
        return self.home / "models"

    @property
    def reports_path(self) -> Path:
        return self.home / "reports"

    @property
    def tokens_path(self) -> Path:
        return self.home / "tokens"

    @property
    def collector_path(self) -> Path:
        return self.home / "collector.sqlite"

    @property
    def dagster_database(self) -> str | None:
        """The address of `dagster_storage` with the driver that Dagster brings: SQLAlchemy would take another."""
        if self.dagster_storage is None:
            return None
        return self.dagster_storage.get_secret_value().replace("postgresql://", "postgresql+psycopg2://", 1)

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dbt_target_path(self) -> Path:
        return self.home / "dbt"


SECRETS = frozenset(name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation))


def load_settings(**overrides: object) -> Settings:
    """The settings of this process, with `home` made absolute.

    Raises:
        SettingsError: a name or a value is not known; the message gives the known ones.
    """
    _refuse_unknown_names()
    try:
        settings = Settings(**overrides)  # pyright: ignore[reportArgumentType]  # validated by pydantic right here
    except ValidationError as error:
        raise SettingsError(_describe(error)) from error
    return settings.model_copy(update={"home": settings.home.expanduser().resolve()})


def apply_to_process(settings: Settings) -> None:
    """Hand Dagster and dbt, which read the environment themselves, the values of these settings."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    # Stores the events of a range of partitions in one transaction; see event_log.py.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "2000")
    os.environ[f"{PREFIX}ENV"] = settings.env.value
    os.environ[f"{PREFIX}HOME"] = str(settings.home)
    os.environ[f"{PREFIX}COLLECTING"] = settings.collecting.value
    os.environ[f"{PREFIX}DUCKDB_MEMORY"] = settings.duckdb_memory
    if settings.dagster_database is not None:
        os.environ[f"{PREFIX}DAGSTER_STORAGE"] = settings.dagster_database
    for name in ("account", "user", "private_key_path", "role", "warehouse", "database"):
        value = getattr(settings, f"snowflake_{name}")
        if value:
            os.environ[f"{PREFIX}SNOWFLAKE_{name.upper()}"] = str(value)
    if settings.snowflake_private_key_passphrase is not None:
        secret = settings.snowflake_private_key_passphrase.get_secret_value()
        os.environ[f"{PREFIX}SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"] = secret


def leave_out_warnings(filters: Sequence[str]) -> None:
    """The processes that this one starts leave out the warnings of Python that match, besides those chosen before."""
    given = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join([*([given] if given else []), *filters])


def _refuse_unknown_names() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    try:
        dotenv = DotEnvSettingsSource(Settings, env_file=DOTENV).env_vars
    except UnicodeDecodeError as error:
        raise SettingsError(f"{DOTENV} cannot be read: expected a text file in UTF-8") from error
    forget_service_links(os.environ, PREFIX, known)
    present = {name.upper() for name in (*os.environ, *dotenv) if name.upper().startswith(PREFIX)}
    unknown = sorted(present - known)
    if unknown:
        raise SettingsError(f"unknown setting {', '.join(unknown)}; known settings: {', '.join(sorted(known))}")


def _describe(error: ValidationError) -> str:
    first = error.errors()[0]
    field = str(first["loc"][0])
    given = str(first["input"])
    # An address may hold credentials that should not be there, and a line the settings after this one.
    is_secret = field in SECRETS or PREFIX in given or ("://" in given and ("@" in given or "?" in given))
    value = "…" if is_secret else repr(first["input"])
    return f"{PREFIX}{field.upper()}={value}: {first['msg'].removeprefix('Value error, ')}"
