from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pydantic import SecretStr

from tests.unit.sources.services.loopback import NOW, Answer, Loopback, a_caller
from tunegenie_assets.sources.services.accounts import SpotifyAccounts, SpotifyApp
from tunegenie_assets.sources.services.errors import (
    BadResponse,
    LoginFailed,
    NotOnAllowList,
    ServiceError,
    Unauthorized,
    WrongRedirectUri,
)
from tunegenie_assets.sources.services.login import FixedToken, Login, RedirectServer
from tunegenie_assets.sources.services.spotify import SpotifyClient
from tunegenie_assets.sources.services.tokens import TokenStore

STATE = "st4te"
OPEN = Answer(302, text="", headers={"Location": "https://accounts.spotify.com/login"})
GRANT = Answer(json={"access_token": "a", "refresh_token": "r", "expires_in": 3600, "scope": "user-top-read"})
ME = Answer(json={"account_id": "acc0unt", "id": "old-id", "type": "user"})


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "tokens")


def a_login(server: Loopback, store: TokenStore, port: int, *answers: Answer) -> Login:
    server.answers.clear()
    server.answers.extend(answers)
    caller = a_caller()
    app = SpotifyApp("id", f"http://127.0.0.1:{port}/callback", SecretStr("s"))
    return Login(
        SpotifyAccounts(app, caller, accounts_url=server.url),
        store,
        identify=lambda token: SpotifyClient(caller, token, base_url=server.url + "v1/").me(),
        make_secret=lambda _: STATE,
    )


def browser(port: int, *queries: str, path: str = "callback") -> Callable[[str], object]:
    """Comes back to the redirect address with each query, from a thread as a browser does."""

    def open_url(url: str) -> None:
        def visit() -> None:
            for query in queries:
                requests.get(f"http://127.0.0.1:{port}/{path}?{query}", timeout=10)

        threading.Thread(target=visit, daemon=True).start()

    return open_url


def test_the_browser_flow_ends_with_a_stored_token(server: Loopback, store: TokenStore, port: int) -> None:
    shown: list[str] = []
    login = a_login(server, store, port, OPEN, GRANT, ME)
    token = login.run(
        "ada",
        {"user-top-read", "user-library-read"},
        open_browser=browser(port, f"code=c0de&state={STATE}"),
        show=shown.append,
    )
    assert store.tokens() == [token]
    assert (token.listener_id, token.account_id, token.authorized_at) == ("ada", "acc0unt", NOW)
    assert token.scopes == {"user-top-read"}, "what was granted, not what was asked for"
    assert parse_qs(urlsplit(shown[0]).query)["state"] == [STATE]
    assert server.seen[1].form["code"] == "c0de"
    assert server.seen[2].headers["Authorization"] == "Bearer a"


def test_strangers_at_the_door_do_not_end_the_wait(server: Loopback, store: TokenStore, port: int) -> None:
    def visit_all(url: str) -> None:
        # A browser may also open a connection and say nothing on it.
        silent.append(socket.create_connection(("127.0.0.1", port)))
        browser(port, "code=evil&state=other", "code=evil", f"state={STATE}&code=g00d")(url)

    silent: list[socket.socket] = []
    with RedirectServer(f"http://127.0.0.1:{port}/callback", STATE) as waiting:
        browser_of_another_path = browser(port, f"code=evil&state={STATE}", path="favicon.ico")
        browser_of_another_path("")
        visit_all("")
        assert waiting.wait(60) == f"/callback?state={STATE}&code=g00d"
    silent[0].close()


def test_the_answers_to_the_browser(port: int) -> None:
    answers: list[tuple[int, str]] = []

    def visit() -> None:
        for query in ("state=other&code=c", f"state={STATE}&code=c"):
            answer = requests.get(f"http://127.0.0.1:{port}/callback?{query}", timeout=10)
            answers.append((answer.status_code, answer.text))

    visitor = threading.Thread(target=visit, daemon=True)
    with RedirectServer(f"http://127.0.0.1:{port}/callback", STATE) as waiting:
        visitor.start()
        waiting.wait(60)
    visitor.join()
    assert [status for status, _ in answers] == [400, 200]
    assert STATE not in str(answers)


def test_a_login_can_follow_another_at_once(port: int) -> None:
    for _ in range(2):
        with RedirectServer(f"http://127.0.0.1:{port}/callback", STATE) as waiting:
            browser(port, f"code=c&state={STATE}")("")
            waiting.wait(60)


def test_nobody_comes_back(port: int) -> None:
    with (
        RedirectServer(f"http://127.0.0.1:{port}/callback", STATE) as waiting,
        pytest.raises(LoginFailed, match=r"within 0 s; run `tunegenie login` again; if the browser showed `Invalid"),
    ):
        waiting.wait(0)


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LoginFailed, match=f"port {port} of the redirect address cannot be used"):
            RedirectServer(f"http://127.0.0.1:{port}/", STATE)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:8765/callback",
        "https://127.0.0.1:8765/",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:99999/",
        "http://0.0.0.0:8765/",
        "callback",
        "",
    ],
)
def test_a_redirect_address_that_cannot_be_waited_at_is_told(uri: str) -> None:
    with pytest.raises(WrongRedirectUri, match=r"expected one such as http://127\.0\.0\.1:8765/callback"):
        RedirectServer(uri, STATE)


def test_a_machine_without_a_browser_pastes_the_address(server: Loopback, store: TokenStore, port: int) -> None:
    login = a_login(server, store, port, OPEN, GRANT, Answer(json={"id": "old-id"}))
    pending = login.begin("ada", {"user-top-read"})
    token = login.finish(pending, f" http://127.0.0.1:{port}/callback?code=c0de&state={STATE}\n")
    assert token.account_id == "old-id"
    assert STATE not in repr(pending).replace(pending.url, "")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"http://127.0.0.1/?error=access_denied&state={STATE}", "'access_denied'.* agree"),
        ("http://127.0.0.1/?code=c&state=other", "does not belong to this login"),
        ("http://127.0.0.1/?code=c", "does not belong to this login"),
        ("c0de", "does not belong to this login"),
        (f"http://127.0.0.1/?state={STATE}", "holds no code"),
    ],
)
def test_an_address_without_a_code_of_this_login(
    server: Loopback, store: TokenStore, port: int, address: str, says: str
) -> None:
    login = a_login(server, store, port, OPEN)
    with pytest.raises(LoginFailed, match=says):
        login.finish(login.begin("ada", ()), address)
    assert len(server.seen) == 1, "nothing was exchanged"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([OPEN, Answer(400, json={"error": "invalid_grant"})], LoginFailed),
        ([OPEN, Answer(json={"access_token": "a", "expires_in": 3600})], LoginFailed),
        ([OPEN, GRANT, Answer(json={})], BadResponse),
        ([OPEN, GRANT, Answer(401, json={})], Unauthorized),
        ([OPEN, GRANT, Answer(403, text="User not registered in the Developer Dashboard")], NotOnAllowList),
        ([Answer(400, text="INVALID_CLIENT: Invalid redirect URI")], WrongRedirectUri),
    ],
)
def test_a_login_that_fails_stores_nothing(
    server: Loopback, store: TokenStore, port: int, answers: list[Answer], error: type[ServiceError]
) -> None:
    login = a_login(server, store, port, *answers)
    with pytest.raises(error):
        login.finish(login.begin("ada", ()), f"http://127.0.0.1/?code=c&state={STATE}")
    assert store.tokens() == []


def test_an_account_stays_that_of_its_listener_until_it_is_disconnected(
    server: Loopback, store: TokenStore, port: int
) -> None:
    def log_in(listener_id: str) -> None:
        login = a_login(server, store, port, OPEN, GRANT, ME)
        login.finish(login.begin(listener_id, ()), f"http://127.0.0.1/?code=c&state={STATE}")

    log_in("ada")
    log_in("ada")
    with pytest.raises(LoginFailed, match="this Spotify account is that of the listener ada; log out of Spotify"):
        log_in("bob")
    assert [token.listener_id for token in store.tokens()] == ["ada"]


def test_a_token_of_a_login_is_not_replaced() -> None:
    token = FixedToken("acc3ss")
    assert "acc3ss" not in repr(token)
    with pytest.raises(Unauthorized):
        token.replaced("acc3ss")


def test_a_new_login_takes_back_that_one_was_needed(server: Loopback, store: TokenStore, port: int) -> None:
    from dataclasses import replace

    login = a_login(server, store, port, OPEN, GRANT, ME, OPEN, GRANT, ME)
    address = f"http://127.0.0.1/?code=c&state={STATE}"
    token = login.finish(login.begin("ada", ()), address)
    store.save(replace(token, needs_reauth_since=NOW, authorized_at=NOW - timedelta(days=200)))
    assert login.finish(login.begin("ada", ()), address) == store.tokens()[0] == token
