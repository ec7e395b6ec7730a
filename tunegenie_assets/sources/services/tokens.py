"""Tokens of connected accounts, encrypted at rest: one file for each account of a service, and the key to them.

Layout of the folder, which only its owner may enter:
    key                            made at first use, unless the settings hold a key
    <service>/<digest>.token       the digest is of the account's id
    <service>/<digest>.lock        held by whoever refreshes the token
"""

from __future__ import annotations

import hashlib
import io
from calendar import monthrange
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from filelock import FileLock, Timeout
from pydantic import SecretStr, TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.sources.services.errors import LOG_IN_AGAIN, TokenFileError
from tunegenie_assets.sources.storage import make_folder, store

AUTHORIZED_MONTHS = 6
"""Refresh tokens of Spotify die so long after the listener allowed the app; refreshing does not prolong that."""
_KEY_FILE = "key"
_DIGITS = 24
_LOCK_SECONDS = 120.0


class Stage(StrEnum):
    """How far an authorization is from its end."""

    GOOD = "good"
    ENDS_WITHIN_A_MONTH = "ends within 30 days"
    ENDS_WITHIN_A_WEEK = "ends within 7 days"
    ENDED = "has ended"


_WARNING_DAYS = ((7, Stage.ENDS_WITHIN_A_WEEK), (30, Stage.ENDS_WITHIN_A_MONTH))


@dataclass(frozen=True)
class Token:
    """What an account has allowed. All times are naive UTC."""

    service: str
    listener_id: str
    account_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: frozenset[str]
    """Those granted, which may be fewer than those asked for."""
    expires_at: datetime
    """When the access token ends."""
    authorized_at: datetime
    """When the listener allowed the app."""
    needs_reauth_since: datetime | None = None
    """When the service refused to refresh; nothing is asked of it any more."""

    @property
    def reauth_due_at(self) -> datetime:
        """When the authorization ends by itself."""
        return _months_later(self.authorized_at, AUTHORIZED_MONTHS)

    def stage(self, now: datetime) -> Stage:
        """Whether the listener has to do something."""
        left = self.reauth_due_at - now
        if self.needs_reauth_since is not None or left <= timedelta(0):
            return Stage.ENDED
        return next((stage for days, stage in _WARNING_DAYS if left <= timedelta(days=days)), Stage.GOOD)

    def warning(self, now: datetime) -> str | None:
        """The line for a person while the authorization is about to end or has ended; None before."""
        stage = self.stage(now)
        if stage is Stage.GOOD:
            return None
        what = f"{self.listener_id}: the authorization of {self.service}"
        log_in = f"run `tunegenie login --listener {self.listener_id}`"
        if stage is Stage.ENDED:
            return f"{what} has ended; {log_in}"
        return f"{what} ends on {self.reauth_due_at:%Y-%m-%d}, {stage.removeprefix('ends ')}; {log_in} before"


_TOKEN = TypeAdapter(Token)


class TokenStore:
    """The tokens below `folder`; `key` is a Fernet key, or None for one that is kept beside them."""

    def __init__(self, folder: Path, key: SecretStr | bytes | None = None) -> None:
        self._folder = folder
        self._key = key.get_secret_value().encode() if isinstance(key, SecretStr) else key

    def get(self, service: str, account_id: str) -> Token:
        """The token of an account.

        Raises:
            TokenFileError: there is none, or it cannot be read.
        """
        token = self.find(service, account_id)
        if token is None:
            raise TokenFileError(f"no account {account_id!a} of {service} is connected; run `tunegenie login`")
        return token

    def find(self, service: str, account_id: str) -> Token | None:
        """The token of an account, or None.

        Raises:
            TokenFileError: it cannot be read.
        """
        file = self._file(service, account_id)
        return self._read(file) if file.exists() else None

    def tokens(self, service: str | None = None) -> list[Token]:
        """Those of a service or all, by listener, service and account.

        Raises:
            TokenFileError: one cannot be read.
        """
        found = [self._read(file) for file in self._folder.glob(f"{service or '*'}/*.token")]
        return sorted(found, key=lambda token: (token.listener_id, token.service, token.account_id))

    def save(self, token: Token) -> None:
        """Store the token in place of the one before; it is there complete or not at all."""
        file = self._file(token.service, token.account_id)
        make_folder(UPath(file.parent))
        store(io.BytesIO(self._fernet().encrypt(_TOKEN.dump_json(token))), UPath(file))

    def remove(self, service: str, account_id: str) -> bool:
        """Forget an account; False when it was not known."""
        file = self._file(service, account_id)
        with self.lock(service, account_id):
            known = file.exists()
            file.unlink(missing_ok=True)
        return known

    @contextmanager
    def lock(self, service: str, account_id: str) -> Generator[None]:
        """Hold the account's token while the block runs, so that two processes do not refresh it at once.

        Raises:
            TokenFileError: another process holds it for too long.
        """
        file = self._file(service, account_id)
        make_folder(UPath(file.parent))
        try:
            with FileLock(file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise TokenFileError(f"{file}: another process holds this token; end it and try again") from error

    @staticmethod
    def name_of(account_id: str) -> str:
        """Of its files, without what follows the dot."""
        # Ids may hold any character, and some file systems do not tell upper from lower case.
        return hashlib.sha256(account_id.encode()).hexdigest()[:_DIGITS]

    def _file(self, service: str, account_id: str) -> Path:
        return self._folder / service / f"{self.name_of(account_id)}.token"

    def _read(self, file: Path) -> Token:
        try:
            return _TOKEN.validate_json(self._fernet().decrypt(file.read_bytes()))
        except (InvalidToken, ValidationError):
            # `from None`: what pydantic says of a damaged token holds parts of it.
            raise TokenFileError(
                f"{file}: the key is not the one it was written with, or the file is damaged; "
                f"restore the key, or delete the file and {LOG_IN_AGAIN}"
            ) from None

    def _fernet(self) -> Fernet:
        key = self._key or self._kept_key()
        try:
            return Fernet(key)
        except ValueError:
            where = "in the settings" if self._key else f"in {self._folder / _KEY_FILE}"
            raise TokenFileError(
                f"the token key {where} is no Fernet key (32 bytes in URL-safe base64); correct it, or remove it and "
                f"{LOG_IN_AGAIN}"
            ) from None

    def _kept_key(self) -> bytes:
        """The key beside the tokens, made by the first process that needs it."""
        file = self._folder / _KEY_FILE
        if not file.exists():
            make_folder(UPath(self._folder))
            with FileLock(file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
                if not file.exists():
                    store(io.BytesIO(Fernet.generate_key()), UPath(file))
        return file.read_bytes().strip()


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of the month so many months later, or its last day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
