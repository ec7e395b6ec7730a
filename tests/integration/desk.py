"""A home that is set up for a running stand-in, and the listener at its keyboard."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from click.testing import Result
from typer.testing import CliRunner

from tests.integration.conftest import APPLIED, Home, home_at
from tests.unit.sources.services.worlds import LASTFM_KEY, LISTENBRAINZ_TOKEN, SECRET, a_world, agree
from tunegenie_assets.cli.app import app
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.settings import PREFIX, SettingsError
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.services.tokens import TokenStore


class Listener(RawIOBase):
    """Standard input on which a listener pastes, when asked, the address that their browser ended at."""

    def __init__(self, sandbox: Sandbox, account: str, **answer: str) -> None:
        self._sandbox = sandbox
        self._answer = (account, answer)
        self._pasted = b""
        self._is_asked = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # Click reads nothing once, to see that bytes come.
        if len(buffer) and not self._is_asked:
            self._is_asked = True
            asked = [entry for entry in self._sandbox.journal if entry.path == "/authorize"][-1]
            account, answer = self._answer
            url = f"{self._sandbox.accounts_url}/authorize?{urlencode(asked.params)}"
            self._pasted = agree(url, account, **answer).encode() + b"\n"
        size = min(len(buffer), len(self._pasted))
        buffer[:size], self._pasted = self._pasted[:size], self._pasted[size:]
        return size


@dataclass(frozen=True)
class Desk:
    """A home that is set up for one running stand-in."""

    home: Home
    sandbox: Sandbox

    def run(self, *arguments: str, listener: RawIOBase | str | None = None) -> Result:
        """The command as a shell would see it, also where a service's error ends it."""
        self.home.apply()
        result = CliRunner().invoke(app, list(arguments), input=listener)  # pyright: ignore[reportArgumentType]  # any stream
        error = result.exception
        if isinstance(error, SourceError | CommandError | SettingsError):
            told = result.stderr_bytes + f"tunegenie: {' '.join(str(error).split())}\n".encode()
            return Result(result.runner, result.stdout_bytes, told, result.output_bytes, None, 1, None)
        if error is not None and not isinstance(error, SystemExit):
            raise error
        return result

    def log_in(self, listener: str = "ada", account: str | None = None, **answer: str) -> Result:
        return self.run(
            *("login", "--listener", listener, "--headless", "--json"),
            listener=Listener(self.sandbox, account or listener, **answer),
        )

    def with_settings(self, **settings: str) -> Desk:
        environment = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
        return Desk(Home(self.home.path, {**self.home.environment, **environment}), self.sandbox)

    def doctor(self) -> tuple[int, dict[str, tuple[str, str]]]:
        """The exit code, and of each thing that was tried its state and what is said of it."""
        result = self.run("doctor", "--json")
        document = json.loads(result.stdout)
        assert document["works"] is (result.exit_code == 0)
        return result.exit_code, {f["what"]: (f["state"], f["says"]) for f in document["findings"]}

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.home.path / "tokens")


@contextmanager
def own_environment() -> Generator[None]:
    """Homes here have settings that no other home has: the next test must not find them."""
    before, applied = dict(os.environ), dict(APPLIED)
    yield
    os.environ.clear()
    os.environ.update(before)
    # What an earlier home has put there is there again, for the next home to take out.
    APPLIED.clear()
    APPLIED.update(applied)


@contextmanager
def open_desk(folder: Path, profile: Profile = Profile.DEV2026) -> Generator[Desk]:
    world = a_world()
    world.app.redirect_uris = ["http://127.0.0.1/callback"]
    with own_environment(), Sandbox(world, profile=profile) as sandbox:
        settings = {
            "spotify_client_id": "id",
            "spotify_client_secret": SECRET,
            "spotify_redirect_uri": f"http://127.0.0.1:{free_port()}/callback",
            "spotify_api_url": sandbox.spotify_api_url,
            "spotify_accounts_url": sandbox.accounts_url,
            "lastfm_api_key": LASTFM_KEY,
            "lastfm_names": "ada=fm-ada",
            "lastfm_url": sandbox.lastfm_url,
            "musicbrainz_url": sandbox.musicbrainz_url,
            "listenbrainz_token": LISTENBRAINZ_TOKEN,
            "listenbrainz_url": sandbox.listenbrainz_url,
            "contact": "me@example.org",
        }
        yield Desk(home_at(folder / "home"), sandbox).with_settings(**settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def last_line(result: Result) -> str:
    """The error that ended a command."""
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    line = result.stderr.splitlines()[-1]
    assert line.startswith("tunegenie: ")
    return line
