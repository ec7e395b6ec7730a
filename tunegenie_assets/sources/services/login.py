"""Connecting an account: the browser flow on this machine, or with the address that the browser ended at pasted.

Which scopes are asked for, and where tokens are kept, is decided by the caller.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from types import TracebackType
from typing import Self, cast
from urllib.parse import parse_qs, urlsplit

from tunegenie_assets.sources.services.accounts import SPOTIFY, Grant, SpotifyAccounts
from tunegenie_assets.sources.services.errors import BadResponse, LoginFailed, Unauthorized, WrongRedirectUri
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.tokens import Token, TokenStore

TIMEOUT_S = 300.0
_HOST = "127.0.0.1"
_SECRET_BYTES = 48
# Browsers open connections ahead of need and say nothing on them.
_SILENCE_S = 10.0
_POLL_S = 0.05
_AGAIN = "run `tunegenie login` again"


@dataclass(frozen=True)
class FixedToken:
    """The token source of a login, which has nothing to replace its token with."""

    token: str = field(repr=False)

    def access_token(self, scopes: Collection[str]) -> str:  # noqa: ARG002 - the protocol of token sources
        return self.token

    def replaced(self, rejected: str) -> str:  # noqa: ARG002 - the protocol of token sources
        raise Unauthorized(SPOTIFY)


@dataclass(frozen=True)
class PendingLogin:
    """A login that waits for the listener."""

    listener_id: str
    url: str
    """Where the listener allows the app."""
    scopes: frozenset[str]
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class Login:
    """Logins with one app; `identify` asks who the account of an access token is (GET /me)."""

    def __init__(
        self,
        accounts: SpotifyAccounts,
        store: TokenStore,
        *,
        identify: Callable[[FixedToken], Response],
        make_secret: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._identify = identify
        self._make_secret = make_secret

    def run(
        self,
        listener_id: str,
        scopes: Collection[str],
        *,
        open_browser: Callable[[str], object],
        show: Callable[[str], None],
        timeout_s: float = TIMEOUT_S,
    ) -> Token:
        """Show the address, open the browser, wait until it comes back, store the token.

        Raises:
            ServiceError: the login did not come to its end.
        """
        pending = self.begin(listener_id, scopes)
        with RedirectServer(self._accounts.app.redirect_uri, pending.state) as server:
            show(pending.url)
            open_browser(pending.url)
            redirected_to = server.wait(timeout_s)
        return self.finish(pending, redirected_to)

    def begin(self, listener_id: str, scopes: Collection[str]) -> PendingLogin:
        """The address for the listener; on a machine without a browser they paste back where it led.

        Raises:
            WrongRedirectUri, BadCredentials: Spotify does not accept the app.
        """
        state, verifier = self._make_secret(_SECRET_BYTES), self._make_secret(_SECRET_BYTES)
        url = self._accounts.authorize_url(scopes, state=state, verifier=verifier)
        self._accounts.check_app(url)
        return PendingLogin(listener_id, url, frozenset(scopes), state, verifier)

    def finish(self, pending: PendingLogin, redirected_to: str) -> Token:
        """Store and return the token for a login that ended at the address `redirected_to`.

        Raises:
            LoginFailed: it is the address of another login, the listener refused, or the account is another's.
            NotOnAllowList, PremiumRequired: Spotify does not serve this account through this app.
        """
        code = _code(redirected_to, pending.state)
        # The six months may have begun before the answer comes.
        authorized_at = self._accounts.caller.clock()
        grant = self._accounts.exchange(code, verifier=pending.verifier)
        if grant.refresh_token is None:
            raise LoginFailed(f"Spotify gave no refresh token; {_AGAIN}")
        account_id = account_id_in(self._identify(FixedToken(grant.access_token)))
        with self._store.lock(SPOTIFY, account_id):
            known = self._store.find(SPOTIFY, account_id)
            if known is not None and known.listener_id != pending.listener_id:
                raise LoginFailed(
                    f"this Spotify account is that of the listener {known.listener_id}; log out of Spotify in the "
                    f"browser and {_AGAIN}, or disconnect {known.listener_id} first with `tunegenie logout`"
                )
            token = Token(
                service=SPOTIFY,
                listener_id=pending.listener_id,
                account_id=account_id,
                access_token=grant.access_token,
                refresh_token=grant.refresh_token,
                scopes=_granted(grant, pending.scopes),
                expires_at=grant.expires_at,
                authorized_at=authorized_at,
            )
            self._store.save(token)
        return token


def account_id_in(me: Response) -> str:
    """The immutable `account_id`, or the `id` where Spotify does not give one.

    Raises:
        BadResponse: it gives neither.
    """
    told = me.fields()
    account_id = told.get("account_id") or told.get("id")
    if not isinstance(account_id, str):
        raise BadResponse(SPOTIFY, "an account without an id", response=me)
    return account_id


def _granted(grant: Grant, asked: frozenset[str]) -> frozenset[str]:
    """OAuth lets a service leave out the scope when it granted all that was asked for."""
    return asked if grant.scopes is None else grant.scopes


def _code(redirected_to: str, state: str) -> str:
    query = parse_qs(urlsplit(redirected_to.strip()).query)
    if not _is_state(query, state):
        raise LoginFailed(f"this address does not belong to this login; {_AGAIN} and paste the whole address")
    if "error" in query:
        raise LoginFailed(f"Spotify says {query['error'][0]!a}: the app was not allowed; {_AGAIN} and agree")
    if not query.get("code"):
        raise LoginFailed(f"the address holds no code; {_AGAIN} and paste the whole address")
    return query["code"][0]


def _is_state(query: dict[str, list[str]], state: str) -> bool:
    return secrets.compare_digest("".join(query.get("state", [])).encode(), state.encode())


class RedirectServer:
    """Waits on this machine for the browser to come back to the redirect address."""

    def __init__(self, redirect_uri: str, state: str) -> None:
        uri = urlsplit(redirect_uri)
        try:
            port = uri.port
        except ValueError:
            port = None
        if uri.scheme != "http" or uri.hostname != _HOST or port is None:
            raise WrongRedirectUri(
                f"redirect address {redirect_uri!a}: expected one such as http://{_HOST}:8765/callback (`localhost` is "
                "refused by Spotify), or paste the address that the browser ends at"
            )
        try:
            self._server = _Server(port, uri.path or "/", state)
        except OSError as error:
            raise LoginFailed(
                f"port {port} of the redirect address cannot be used ({error.strerror}); end what uses it and {_AGAIN}"
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, timeout_s: float) -> str:
        """The address that the browser came back to.

        Raises:
            LoginFailed: it did not in time.
        """
        try:
            return self._server.arrivals.get(timeout=timeout_s)
        except Empty:
            raise LoginFailed(
                f"nobody came back from Spotify within {timeout_s:.0f} s; {_AGAIN}; if the browser showed "
                "`Invalid redirect URI`, add the redirect address to the app on https://developer.spotify.com/dashboard"
            ) from None


class _Server(ThreadingHTTPServer):
    def __init__(self, port: int, path: str, state: str) -> None:
        self.path = path
        self.state = state
        self.arrivals: Queue[str] = Queue()
        super().__init__((_HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE_S

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        url = urlsplit(self.path)
        if url.path != server.path:
            self._say(404, "Nothing is here.")
        elif not _is_state(parse_qs(url.query), server.state):
            # A tab of an earlier login, or a page that wants to connect an account of its own.
            self._say(400, "This page belongs to another login.")
        else:
            self._say(200, "TuneGenie has been told. You can close this page.")
            server.arrivals.put(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Requests hold the code and are not logged."""

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
