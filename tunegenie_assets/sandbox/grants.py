"""OAuth at the accounts service: consents, one-use codes, access tokens of an hour, refresh tokens of six months.

Every rule of a token's life, on a time that is passed in. HTTP is not here.
"""

from __future__ import annotations

import base64
import calendar
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=10)
ACCESS_TOKEN_LIFE = timedelta(hours=1)
REFRESH_TOKEN_MONTHS = 6
"""Calendar months after the consent, on the same day or the last of a shorter month. A refresh adds nothing."""


class GrantError(Exception):
    """A request for a token is refused: `error` and `description` as OAuth names them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass
class Consent:
    """What a listener allowed at /authorize; None for an app that acts for itself."""

    listener_id: str | None
    scopes: frozenset[str]
    authorized_at: datetime
    challenge: str | None = None
    """Of PKCE: whoever redeems the code shows the verifier, and no client secret is needed."""
    is_revoked: bool = False

    @property
    def ends_at(self) -> datetime:
        return months_after(self.authorized_at, REFRESH_TOKEN_MONTHS)


@dataclass(frozen=True)
class IssuedTokens:
    access_token: str
    refresh_token: str | None
    scopes: frozenset[str]


@dataclass(frozen=True)
class _Code:
    consent: Consent
    redirect_uri: str
    issued_at: datetime


@dataclass(frozen=True)
class _AccessToken:
    consent: Consent
    expires_at: datetime


class Grants:
    """All consents of the app and the tokens given for them."""

    def __init__(self) -> None:
        self._codes: dict[str, _Code] = {}
        self._access_tokens: dict[str, _AccessToken] = {}
        self._refresh_tokens: dict[str, Consent] = {}
        self._ended: set[str] = set()
        self._issued = 0

    def issue_code(self, consent: Consent, redirect_uri: str) -> str:
        code = self._secret("code", consent, consent.authorized_at)
        self._codes[code] = _Code(consent, redirect_uri, consent.authorized_at)
        return code

    def redeem_code(
        self, code: str, *, redirect_uri: str, verifier: str | None, has_secret: bool, now: datetime
    ) -> IssuedTokens:
        """Tokens for a code, once.

        Raises:
            GrantError: the code is unknown, used or too old, or was given to somebody else.
        """
        found = self._codes.get(code)
        if found is None:
            raise GrantError("invalid_grant", "Invalid authorization code")
        if found.redirect_uri != redirect_uri:
            raise GrantError("invalid_grant", "Invalid redirect URI")
        _check_verifier(found.consent, verifier, has_secret=has_secret)
        del self._codes[code]
        if now - found.issued_at > CODE_LIFE:
            raise GrantError("invalid_grant", "Authorization code expired")
        return self.tokens_for(found.consent, now)

    def tokens_for(self, consent: Consent, now: datetime) -> IssuedTokens:
        """The first access token and the refresh token of a consent."""
        refresh_token = self._secret("refresh", consent, now)
        self._refresh_tokens[refresh_token] = consent
        return IssuedTokens(self._access_token(consent, now), refresh_token, consent.scopes)

    def refresh(self, refresh_token: str, *, has_secret: bool, rotates: bool, now: datetime) -> IssuedTokens:
        """A new access token; the refresh token stays, unless it `rotates`.

        Raises:
            GrantError: the refresh token is unknown, revoked, replaced, or its six months are over.
        """
        if refresh_token in self._ended:
            raise GrantError("invalid_grant", "Refresh token revoked")
        consent = self._refresh_tokens.get(refresh_token)
        if consent is None:
            raise GrantError("invalid_grant", "Invalid refresh token")
        if consent.challenge is None and not has_secret:
            raise GrantError("invalid_client", "Invalid client")
        if consent.is_revoked:
            raise GrantError("invalid_grant", "Refresh token revoked")
        if now >= consent.ends_at:
            raise GrantError("invalid_grant", "Refresh token expired")
        if not rotates:
            return IssuedTokens(self._access_token(consent, now), None, consent.scopes)
        self._ended.add(refresh_token)
        return self.tokens_for(consent, now)

    def app_token(self, now: datetime) -> IssuedTokens:
        """An access token of the app itself, which no listener stands behind."""
        consent = Consent(None, frozenset(), now)
        return IssuedTokens(self._access_token(consent, now), None, frozenset())

    def consent_of(self, access_token: str) -> tuple[Consent, datetime] | None:
        """Whose token it is and when it expires; None for a token that was never given."""
        found = self._access_tokens.get(access_token)
        return None if found is None else (found.consent, found.expires_at)

    def revoke(self, listener_id: str) -> None:
        """What a listener does who removes the app: no refresh works any more. Access tokens live out their hour."""
        for consent in self._refresh_tokens.values():
            if consent.listener_id == listener_id:
                consent.is_revoked = True

    def _access_token(self, consent: Consent, now: datetime) -> str:
        token = self._secret("access", consent, now)
        self._access_tokens[token] = _AccessToken(consent, now + ACCESS_TOKEN_LIFE)
        return token

    def _secret(self, kind: str, consent: Consent, now: datetime) -> str:
        """Never the same twice, and the same in every run with the same requests at the same times."""
        self._issued += 1
        text = f"{kind} {self._issued} {consent.listener_id} {now.isoformat()}"
        digest = hashlib.sha512(text.encode()).digest()
        return ("BQ" if kind == "access" else "AQ") + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def months_after(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _check_verifier(consent: Consent, verifier: str | None, *, has_secret: bool) -> None:
    if consent.challenge is None:
        if not has_secret:
            raise GrantError("invalid_client", "Invalid client")
        return
    if verifier is None:
        raise GrantError("invalid_request", "code_verifier required")
    if challenge_of(verifier) != consent.challenge:
        raise GrantError("invalid_grant", "code_verifier was incorrect")
