"""`tunegenie login` and `logout`: connecting a listener's account, and forgetting it.

The flow itself is in sources/services/login.py.
"""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import typer
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.resources.services import Services, build_services, utc_now
from tunegenie_assets.settings import PREFIX, Settings
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id
from tunegenie_assets.sources.services.accounts import SPOTIFY
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.errors import BadCredentials
from tunegenie_assets.sources.services.login import Login
from tunegenie_assets.sources.services.spotify import SCOPES
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.services.tokens import Token

APP_CREDENTIALS = f"{PREFIX}SPOTIFY_CLIENT_ID and {PREFIX}SPOTIFY_CLIENT_SECRET"
CONNECT = f"run tunegenie login, or set {PREFIX}LASTFM_API_KEY and {PREFIX}LASTFM_NAMES"
NOBODY_CONNECTED = f"nobody is connected; {CONNECT}"
APPS_PAGE = "https://www.spotify.com/account/apps"


@dataclass(frozen=True)
class Connections:
    """The services of one TuneGenie home as a command sees them."""

    settings: Settings
    services: Services
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    @classmethod
    def open(cls) -> Connections:
        """Those of this process's settings.

        Raises:
            SettingsError: a setting cannot be used.
        """
        settings = open_home()
        return cls(settings, build_services(settings), utc_now, time.sleep)

    @property
    def state(self) -> CollectorState:
        return CollectorState(self.settings.collector_path)

    @cached_property
    def caller(self) -> Caller:
        return self.services.caller(self.state, self.clock, self.sleep)

    def listener(self, name: str | None) -> str:
        """The listener of this name, or the one of the settings; raises typer.BadParameter for an impossible one."""
        try:
            return check_listener_id(name or self.settings.listener)
        except InvalidRequestError as error:
            raise typer.BadParameter(str(error)) from error

    def tokens_of(self, listener_id: str) -> list[Token]:
        """Of the Spotify accounts of a listener; one, unless a login was broken off."""
        return [t for t in self.services.tokens() if t.service == SPOTIFY and t.listener_id == listener_id]


def log_in(*, listener: str | None, headless: bool, as_json: bool) -> None:
    """Connect the listener's account and say until when.

    Raises:
        ServiceError: the login did not come to its end.
        CommandError: the listener is connected to another account.
    """
    out, progress = display.consoles(as_json=as_json)
    connections = Connections.open()
    who = connections.listener(listener)
    login = connections.services.login(connections.caller)
    try:
        token = _pasted(login, who, progress) if headless else _through_the_browser(login, who, progress)
    except BadCredentials as error:
        raise CommandError(f"{error} to {APP_CREDENTIALS}") from error
    _refuse_a_second(connections, token)
    missing = sorted(SCOPES - token.scopes)
    if as_json:
        display.print_json({"command": "login", **_token_json(token), "missing_scopes": missing})
        return
    out.print(f"{who} is connected to Spotify until {token.reauth_due_at:%Y-%m-%d}.", markup=False)
    if missing:
        out.print(f"Not allowed, so not collected: {', '.join(missing)}.", markup=False, soft_wrap=True)
    out.print("`tunegenie run-once` collects now, `tunegenie run` by the clock.")


def log_out(*, listener: str | None, as_json: bool) -> None:
    """Forget the tokens of a listener.

    Raises:
        CommandError: there are none.
    """
    out, _ = display.consoles(as_json=as_json)
    connections = Connections.open()
    who = connections.listener(listener)
    tokens = connections.tokens_of(who)
    if not tokens:
        raise CommandError(not_connected(connections, who))
    for token in tokens:
        connections.services.token_store().remove(token.service, token.account_id)
    if as_json:
        display.print_json({"command": "logout", "service": SPOTIFY, "listener": who, "accounts": len(tokens)})
        return
    out.print(f"{who} is no longer connected to Spotify; what was collected is kept.", markup=False)
    out.print(f"To take the permission back at Spotify as well: {APPS_PAGE}", soft_wrap=True)


def anyone_to_ask(services: Services) -> bool:
    """Whether there is an account or a key with which Spotify or Last.fm can be asked.

    Raises:
        TokenFileError: a token cannot be read.
    """
    if services.credentials.lastfm_api_key:
        return True
    return bool(services.spotify_client_id) and any(token.service == SPOTIFY for token in services.tokens())


def not_connected(connections: Connections, listener_id: str) -> str:
    """That a listener has no account here, and who has."""
    others = sorted({token.listener_id for token in connections.services.tokens()})
    known = f" (connected: {', '.join(others)})" if others else ""
    return f"{listener_id} is not connected to Spotify{known}; run `tunegenie login --listener {listener_id}`"


def _through_the_browser(login: Login, listener_id: str, progress: Console) -> Token:
    def show(url: str) -> None:
        _show(url, progress)
        progress.print("Waiting for the browser to come back; --headless works without one on this machine.")

    return login.run(listener_id, SCOPES, open_browser=webbrowser.open, show=show)


def _pasted(login: Login, listener_id: str, progress: Console) -> Token:
    pending = login.begin(listener_id, SCOPES)
    _show(pending.url, progress)
    progress.print("Agree there. The browser then ends at an address that it may not be able to open.")
    try:
        redirected_to: str = typer.prompt("Paste that address", err=True)
    except typer.Abort as error:
        # The prompt still stands in its line.
        progress.print()
        raise CommandError("no address was pasted; run `tunegenie login --headless` again") from error
    return login.finish(pending, redirected_to)


def _show(url: str, progress: Console) -> None:
    progress.print("Open this address in a browser in which the listener is logged in to Spotify:")
    # Whole, so that it can be copied from a narrow window.
    progress.print(url, markup=False, soft_wrap=True)


def _refuse_a_second(connections: Connections, token: Token) -> None:
    """A listener's plays come from one account: those of two would be taken for one person's."""
    if len(connections.tokens_of(token.listener_id)) > 1:
        connections.services.token_store().remove(token.service, token.account_id)
        raise CommandError(
            f"{token.listener_id} is connected to another Spotify account; give this one a listener of its own with "
            f"--listener, or run `tunegenie logout --listener {token.listener_id}` first"
        )


def _token_json(token: Token) -> dict[str, Any]:
    return {
        "service": token.service,
        "listener": token.listener_id,
        "account_id": token.account_id,
        "scopes": sorted(token.scopes),
        "authorized_at": token.authorized_at,
        "reauth_due_at": token.reauth_due_at,
    }
