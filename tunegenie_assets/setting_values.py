"""Which addresses, names and keys settings may hold; each check raises ValueError and says why.

The settings themselves and their defaults are in settings.py.
"""

from __future__ import annotations

import base64
import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

_IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_$]*"
_STAGE = re.compile(rf"({_IDENTIFIER}\.){{0,2}}{_IDENTIFIER}", re.ASCII)
_TARGET_LAG = re.compile(r"downstream|[1-9][0-9]* (minute|hour|day)s?", re.ASCII | re.IGNORECASE)
_POSTGRES = re.compile(r"postgresql(\+psycopg2)?://[^\s/]+/[^\s/]+", re.ASCII)
_EMAIL = re.compile(r"[^\s@,<>]+@[^\s@,<>]+", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|\[?[0-9A-Fa-f:.]+\]?", re.ASCII)
_STORAGE = re.compile(r"[a-z][a-z0-9+]*://[^\s@?#]+", re.ASCII)

REDIRECT_ADDRESS = "http://127.0.0.1:8888/callback"
FERNET_KEY_BYTES = 32
MODEL_PROVIDERS = ("anthropic", "google", "openai", "ollama")


def checked_redirect_address(value: str) -> str:
    """Where Spotify sends a listener back to."""
    url = _split(value)
    if url is not None and url.hostname == "localhost":
        raise ValueError(f"Spotify refuses `localhost`; write the address as {REDIRECT_ADDRESS}")
    if url is None or not _is_private(url):
        raise ValueError(f"expected an address such as {REDIRECT_ADDRESS}, or one that begins with https://")
    return value


def checked_service_address(value: str) -> str:
    """Where a service is reached."""
    url = _split(value)
    if url is None or not _is_private(url):
        raise ValueError("expected an address that begins with https://, or with http://127.0.0.1")
    return value


def checked_code_address(value: str) -> str:
    """Where the code is on the web, if anywhere."""
    return checked_service_address(value) if value else value


def checked_fernet_key(value: SecretStr | None) -> SecretStr | None:
    """Said here, where the setting's name is known, and not when the first token is read."""
    if value is not None and not _is_fernet_key(value.get_secret_value()):
        raise ValueError(f"expected a Fernet key: {FERNET_KEY_BYTES} bytes in URL-safe base64")
    return value


def checked_secret_address(value: SecretStr | None) -> SecretStr | None:
    """Where something is sent to; whoever knows the address may send there as well."""
    if value is not None:
        url = _split(value.get_secret_value())
        if url is None or not _is_private(url):
            raise ValueError("expected an address that begins with https://, or with http://127.0.0.1")
    return value


def checked_ui_address(value: str) -> str:
    """Where people open the Dagster UI; it stands in messages."""
    url = _split(value)
    if value and (url is None or url.scheme not in ("http", "https") or url.username or url.query):
        raise ValueError("expected an address such as https://dagster.example.org, without credentials")
    return value


def checked_host(value: str) -> str:
    """The name or number of a machine, which may be the rest of a line in which several settings stand."""
    if value and not _HOST.fullmatch(value):
        raise ValueError("expected the name of a machine, such as smtp.example.org, and nothing else on the line")
    return value


def checked_ascii(value: str) -> str:
    """What a mail server is told to log in: Python's client knows no other letters."""
    if not value.isascii():
        raise ValueError("expected ASCII letters only; a mail provider gives out passwords of them for programs")
    return value


def checked_secret_ascii(value: SecretStr | None) -> SecretStr | None:
    """The same of a password."""
    if value is not None:
        checked_ascii(value.get_secret_value())
    return value


def checked_emails(value: str) -> str:
    """E-mail addresses with commas between them."""
    for address in value.split(",") if value else ():
        if not _EMAIL.fullmatch(address.strip()):
            raise ValueError("expected e-mail addresses such as me@example.org, with commas between them")
    return value


def checked_contact(value: str) -> str:
    """It stands in parentheses in a header."""
    if value and not re.fullmatch(r"(https?://|[^\s()@]+@)[^\s()@]+", value, re.ASCII):
        raise ValueError("expected an e-mail address or the address of a page, such as me@example.org")
    if not (value.isascii() and value.isprintable()):
        raise ValueError("expected letters of ASCII only")
    return value


def checked_storage_address(value: str) -> str:
    """A folder of an object store, without credentials: those come from the store's own environment."""
    if value and not _STORAGE.fullmatch(value):
        raise ValueError("expected an address such as s3://bucket/landing, without credentials")
    return value


def checked_postgres_address(value: SecretStr | None) -> SecretStr | None:
    """Of a database; a password may stand in it, or in PGPASSWORD, which PostgreSQL's clients read."""
    if value is not None and not _POSTGRES.fullmatch(value.get_secret_value()):
        raise ValueError("expected an address such as postgresql://tunegenie@localhost:5432/tunegenie")
    return value


def checked_stage(value: str) -> str:
    """It stands in SQL, where no parameter may."""
    if value and not _STAGE.fullmatch(value):
        raise ValueError("expected the name of a stage such as raw.landing, without @")
    return value


def checked_model(value: str) -> str:
    """A language model, by its provider and the name that the provider has for it."""
    provider, _, name = value.partition(":")
    if value and (provider not in MODEL_PROVIDERS or not name.strip()):
        known = ", ".join(f"{one}:…" for one in MODEL_PROVIDERS)
        raise ValueError(f"expected a provider and a model, as one of {known}")
    return value


def checked_private_key(value: Path | None) -> Path | None:
    """Absolute: dbt reads it from the project's folder."""
    if value is None:
        return None
    path = value.expanduser().absolute()
    if not path.is_file():
        raise ValueError("expected the path of a file that holds the private key; there is none here")
    return path


def checked_target_lag(value: str) -> str:
    """How old a dynamic table may be; Snowflake takes a minute at least."""
    if value and not _TARGET_LAG.fullmatch(value):
        raise ValueError("expected a time such as 30 minutes, 1 hour or downstream")
    return value


def checked_names(value: str) -> str:
    """Listeners and their names at Last.fm."""
    names_by_listener(value)
    return value


def names_by_listener(text: str) -> dict[str, str]:
    """`ada=ada_fm,bob=bobfm` as a mapping; raises ValueError when it is not written so."""
    names: dict[str, str] = {}
    for pair in (part for part in text.split(",") if part.strip()):
        listener, _, name = (part.strip() for part in pair.partition("="))
        if not (listener and name) or "=" in name:
            raise ValueError("expected listeners and their names at Last.fm such as ada=ada_fm,bob=bobfm")
        if listener in names:
            raise ValueError(f"the listener {listener} stands there twice")
        names[listener] = name
    return names


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None when it is none."""
    try:
        url = urlsplit(address)
        is_whole = url.port != 0 and bool(url.hostname)
    except ValueError:
        return None
    return url if is_whole and address.isprintable() and " " not in address else None


def _is_private(url: SplitResult) -> bool:
    """Whether nobody on the way can read what is sent there: tokens and keys are."""
    if url.scheme != "http":
        return url.scheme == "https"
    try:
        return ip_address(url.hostname or "").is_loopback
    except ValueError:
        return False


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == FERNET_KEY_BYTES
    except ValueError:
        return False
