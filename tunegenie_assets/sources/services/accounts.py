"""Spotify's accounts service: the address where a listener allows the app, and tokens for what they allowed.

Own code in place of spotipy's, which notes the scope that was asked for as granted and prompts when one is missing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode

from pydantic import SecretStr

from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    BadResponse,
    LoginFailed,
    MissingScope,
    NeedsReauth,
    ServiceError,
    WrongRedirectUri,
)
from tunegenie_assets.sources.services.responses import Purpose, Response
from tunegenie_assets.sources.services.tokens import Token, TokenStore
from tunegenie_assets.sources.services.transport import (
    TIMEOUT_S,
    new_session,
    raise_for_status,
    shown,
    to_response,
    typed_failures,
)

SPOTIFY = "spotify"
ACCOUNTS_URL = "https://accounts.spotify.com"
_EARLY = timedelta(seconds=60)
"""An access token is replaced so long before it ends."""
_LONGEST_ACCESS = timedelta(days=1)
_SECRET_FIELDS = ("code", "code_verifier", "refresh_token")


@dataclass(frozen=True)
class SpotifyApp:
    """The app of a developer, as its page at Spotify shows it."""

    client_id: str
    redirect_uri: str
    client_secret: SecretStr | None = None
    """None: the app proves itself with PKCE alone."""


@dataclass(frozen=True)
class Grant:
    """What the accounts service gave."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    scopes: frozenset[str] | None
    """None where the service does not say: those from before."""
    expires_at: datetime


class InvalidGrant(ServiceError):  # noqa: N818 - as OAuth calls it
    """The code or refresh token has expired, was revoked, or was used before."""


class SpotifyAccounts:
    """The accounts service on behalf of one app."""

    def __init__(self, app: SpotifyApp, caller: Caller, *, accounts_url: str = ACCOUNTS_URL) -> None:
        self.app = app
        self.caller = caller
        self._url = accounts_url.rstrip("/")
        self._session = new_session(accounts_url)

    def authorize_url(self, scopes: Collection[str], *, state: str, verifier: str) -> str:
        """Where a listener allows the app; it sends them on to the redirect address."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.app.client_id,
            "response_type": "code",
            "redirect_uri": self.app.redirect_uri,
            "scope": " ".join(sorted(scopes)),
            "state": state,
            "code_challenge_method": "S256",
            "code_challenge": challenge,
        }
        return f"{self._url}/authorize?{urlencode(query)}"

    def check_app(self, url: str) -> None:
        """Ask for an address of `authorize_url` as a browser would, since refusals are only shown there.

        Raises:
            WrongRedirectUri: the app does not name its redirect address.
            BadCredentials: there is no such app.
        """

        def send() -> None:
            with typed_failures(SPOTIFY):
                answer = self._session.get(url, timeout=TIMEOUT_S, allow_redirects=False)
            if answer.status_code == HTTPStatus.BAD_REQUEST:
                self._raise_refused_app(shown(answer.text).lower())

        self.caller.call(send, service=SPOTIFY, purpose=Purpose.PLAYS, replayable=True)

    def exchange(self, code: str, *, verifier: str) -> Grant:
        """Tokens for the code that the redirect address was called with; it can be used once.

        Raises:
            LoginFailed: the code is not accepted.
            BadCredentials, WrongRedirectUri: the app is not accepted.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.app.redirect_uri,
            "code_verifier": verifier,
        }
        try:
            return self._ask(form, replayable=False)
        except InvalidGrant as error:
            raise LoginFailed(f"Spotify does not accept the code ({error}); run `tunegenie login` again") from error

    def refresh(self, refresh_token: str) -> Grant:
        """A new access token.

        Raises:
            InvalidGrant: the authorization has ended.
            BadCredentials: the app is not accepted.
        """
        # An app without a secret gets a new refresh token with each answer, and the old one may die with it.
        replayable = self.app.client_secret is not None
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token}, replayable=replayable)

    def _ask(self, form: Mapping[str, str], *, replayable: bool) -> Grant:
        app = self.app
        credentials = None
        if app.client_secret is not None:
            credentials = (app.client_id, app.client_secret.get_secret_value())
        else:
            form = {**form, "client_id": app.client_id}

        def send() -> Grant:
            requested_at = self.caller.clock()
            with typed_failures(SPOTIFY):
                answer = self._session.post(
                    f"{self._url}/api/token", data=form, auth=credentials, timeout=TIMEOUT_S, allow_redirects=False
                )
            response = to_response(
                answer,
                service=SPOTIFY,
                base_url=self._url,
                requested_at=requested_at,
                secrets=frozenset(),
                # A grant may give the refresh token anew that it was asked with.
                hidden=[] if answer.ok else [*(credentials or ())[1:], *(form[n] for n in _SECRET_FIELDS if n in form)],
            )
            if response.status == HTTPStatus.OK:
                return _grant(response)
            if response.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
                self._raise_refused(response)
            raise_for_status(response, answer.headers)
            raise BadResponse(SPOTIFY, f"status {response.status} in place of a token")

        return self.caller.call(send, service=SPOTIFY, purpose=Purpose.PLAYS, replayable=replayable)

    def _raise_refused(self, response: Response) -> None:
        told = response.fields() if isinstance(response.json, dict) else {}
        what = f"{told.get('error', '')} {told.get('error_description', '')}".lower()
        self._raise_refused_app(what)
        if told.get("error") == "invalid_grant":
            raise InvalidGrant(shown(str(told.get("error_description") or "invalid_grant")))

    def _raise_refused_app(self, what: str) -> None:
        if "redirect" in what:
            raise WrongRedirectUri(
                f"the Spotify app does not name the redirect address {self.app.redirect_uri}; add exactly this under "
                "Redirect URIs of the app on https://developer.spotify.com/dashboard"
            )
        if "invalid_client" in what or "invalid client" in what:
            raise BadCredentials(SPOTIFY, "the client id or client secret of the app")


def _grant(response: Response) -> Grant:
    # No error here carries the response, which may hold tokens: those of errors are landed.
    told = response.fields() if isinstance(response.json, dict) else {}
    access_token, refresh_token, scope = (told.get(name) for name in ("access_token", "refresh_token", "scope"))
    expires_in = told.get("expires_in")
    if not isinstance(access_token, str) or not isinstance(expires_in, int):
        raise BadResponse(SPOTIFY, "no access token")
    return Grant(
        access_token=access_token,
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
        scopes=frozenset(scope.split()) if isinstance(scope, str) else None,
        expires_at=response.requested_at + min(timedelta(seconds=expires_in), _LONGEST_ACCESS),
    )


class TokenSource(Protocol):
    """Gives the access token for calls on behalf of one account."""

    def access_token(self, scopes: Collection[str]) -> str:
        """A token that allows `scopes`.

        Raises:
            MissingScope: the listener has not allowed one of them.
            NeedsReauth: the authorization has ended.
        """
        ...

    def replaced(self, rejected: str) -> str:
        """A token in place of one that the service rejected.

        Raises:
            NeedsReauth: the authorization has ended.
        """
        ...


class StoredTokenSource:
    """Of an account in the token store; refreshed tokens are stored before they are used."""

    def __init__(self, accounts: SpotifyAccounts, store: TokenStore, account_id: str) -> None:
        self._accounts = accounts
        self._store = store
        self._account_id = account_id

    def access_token(self, scopes: Collection[str]) -> str:
        token = self._stored()
        missing = frozenset(scopes) - token.scopes
        if missing:
            raise MissingScope(missing)
        return token.access_token if self._is_fresh(token) else self.replaced(token.access_token)

    def replaced(self, rejected: str) -> str:
        with self._store.lock(SPOTIFY, self._account_id):
            token = self._stored()
            if token.access_token != rejected and self._is_fresh(token):
                return token.access_token  # another process was faster
            renewed = self._refreshed(token)
            self._store.save(renewed)
        return renewed.access_token

    def _stored(self) -> Token:
        token = self._store.get(SPOTIFY, self._account_id)
        if token.needs_reauth_since is not None:
            raise NeedsReauth(token.listener_id)
        return token

    def _is_fresh(self, token: Token) -> bool:
        return token.expires_at - _EARLY > self._accounts.caller.clock()

    def _refreshed(self, token: Token) -> Token:
        try:
            grant = self._accounts.refresh(token.refresh_token)
        except InvalidGrant as error:
            self._store.save(replace(token, needs_reauth_since=self._accounts.caller.clock()))
            raise NeedsReauth(token.listener_id) from error
        return replace(
            token,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token or token.refresh_token,
            scopes=token.scopes if grant.scopes is None else grant.scopes,
            expires_at=grant.expires_at,
        )
