from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from tests.unit.sources.services.loopback import NOW, Answer, Ledger, Loopback, Time, a_caller
from tunegenie_assets.sources.services.accounts import InvalidGrant, SpotifyAccounts, SpotifyApp, StoredTokenSource
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    BadResponse,
    LoginFailed,
    MissingScope,
    NeedsReauth,
    Parked,
    ServerFailure,
    ServiceError,
    WrongRedirectUri,
)
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.tokens import Token, TokenStore

URI = "http://127.0.0.1:8765/callback"
SECRET = SecretStr("cl13nt")
NEW = "n3w"
GRANT = {"access_token": NEW, "token_type": "Bearer", "expires_in": 3600, "scope": "user-top-read"}
TOKEN = Token("spotify", "ada", "a1", "old", "r3fresh", frozenset({"user-top-read"}), NOW + timedelta(hours=1), NOW)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    store = TokenStore(tmp_path / "tokens")
    store.save(TOKEN)
    return store


def accounts(
    server: Loopback, *answers: Answer, secret: SecretStr | None = SECRET, time: Time | None = None
) -> SpotifyAccounts:
    server.answers.extend(answers)
    return SpotifyAccounts(SpotifyApp("id", URI, secret), a_caller(time), accounts_url=server.url)


def test_the_address_holds_state_and_challenge_and_not_the_verifier(server: Loopback) -> None:
    url = accounts(server).authorize_url({"b", "a"}, state="st4te", verifier="v3rifier")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v3rifier").digest()).decode().rstrip("=")
    assert query == {
        "client_id": "id",
        "response_type": "code",
        "redirect_uri": URI,
        "scope": "a b",
        "state": "st4te",
        "code_challenge_method": "S256",
        "code_challenge": challenge,
    }
    assert url.startswith(server.url + "authorize?")
    assert "v3rifier" not in url


def test_a_code_is_exchanged_with_secret_and_verifier(server: Loopback) -> None:
    grant = accounts(server, Answer(json={**GRANT, "refresh_token": "r"})).exchange("c0de", verifier="v")
    assert (grant.access_token, grant.refresh_token, grant.scopes) == (NEW, "r", {"user-top-read"})
    assert grant.expires_at == NOW + timedelta(hours=1)
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/api/token")
    assert seen.headers["Authorization"] == "Basic " + base64.b64encode(b"id:cl13nt").decode()
    assert seen.form == {"grant_type": "authorization_code", "code": "c0de", "redirect_uri": URI, "code_verifier": "v"}
    assert NEW not in repr(grant)


def test_an_app_without_a_secret_names_itself(server: Loopback) -> None:
    accounts(server, Answer(json=GRANT), secret=None).refresh("r3fresh")
    [seen] = server.seen
    assert "Authorization" not in seen.headers
    assert seen.form == {"grant_type": "refresh_token", "refresh_token": "r3fresh", "client_id": "id"}


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Answer(400, json={"error": "invalid_client"}), BadCredentials, "client id or client secret"),
        (Answer(401, json={"error": "invalid_client"}), BadCredentials, "client id or client secret"),
        (
            Answer(400, json={"error": "invalid_grant", "error_description": "Invalid redirect URI"}),
            WrongRedirectUri,
            URI,
        ),
        (
            Answer(400, json={"error": "invalid_grant", "error_description": "Authorization code expired"}),
            LoginFailed,
            "Authorization code expired",
        ),
        (Answer(400, json={"error": "invalid_request"}), ServiceError, "invalid_request"),
        (Answer(429, json={}, headers={"Retry-After": "3600"}), Parked, "after 2026-03-01 13:00 UTC"),
        (Answer(200, json={"error": "odd"}), BadResponse, "no access token"),
        (Answer(200, text="[]"), BadResponse, "no access token"),
    ],
    ids=str,
)
def test_refusals_are_typed(server: Loopback, answer: Answer, error: type[ServiceError], says: str) -> None:
    with pytest.raises(error, match=says):
        accounts(server, answer).exchange("c0de", verifier="v")
    assert len(server.seen) == 1


def test_a_token_cut_short_is_not_shown_to_who_lands_errors(server: Loopback) -> None:
    with pytest.raises(BadResponse) as raised:
        accounts(server, Answer(text='{"access_token": "acc3ss", ')).exchange("c", verifier="v")
    assert raised.value.response is None


@pytest.mark.parametrize("text", ["INVALID_CLIENT: Invalid redirect URI", "<p>Invalid redirect URI</p>"])
def test_a_redirect_address_that_the_app_does_not_name_is_found_out(server: Loopback, text: str) -> None:
    with pytest.raises(WrongRedirectUri, match="add exactly this under Redirect URIs"):
        accounts(server, Answer(400, text=text)).check_app(server.url + "authorize")


def test_an_app_that_does_not_exist_is_found_out(server: Loopback) -> None:
    with pytest.raises(BadCredentials):
        accounts(server, Answer(400, text="INVALID_CLIENT: Invalid client")).check_app(server.url)


def test_a_code_is_not_sent_twice(server: Loopback) -> None:
    with pytest.raises(ServerFailure):
        accounts(server, Answer(502, text="")).exchange("c", verifier="v")
    assert len(server.seen) == 1


def test_a_refresh_is_sent_again_where_that_is_safe(server: Loopback) -> None:
    assert accounts(server, Answer(502, text=""), Answer(json=GRANT)).refresh("r").access_token == NEW
    server.answers.clear()
    with pytest.raises(ServerFailure):
        accounts(server, Answer(502, text=""), Answer(json=GRANT), secret=None).refresh("r")
    assert len(server.seen) == 3


def source(
    server: Loopback, store: TokenStore, *answers: Answer, time: Time | None = None, secret: SecretStr | None = SECRET
) -> StoredTokenSource:
    return StoredTokenSource(accounts(server, *answers, time=time, secret=secret), store, "a1")


def test_a_token_that_holds_is_used_as_it_is(server: Loopback, store: TokenStore) -> None:
    assert source(server, store).access_token({"user-top-read"}) == "old"
    assert server.seen == []


def test_a_token_about_to_end_is_replaced_and_keeps_what_the_answer_leaves_out(
    server: Loopback, store: TokenStore
) -> None:
    time = Time(NOW + timedelta(minutes=59))
    assert source(server, store, Answer(json=GRANT), time=time).access_token(()) == NEW
    expected = replace(TOKEN, access_token=NEW, expires_at=time.now + timedelta(hours=1))
    assert store.get("spotify", "a1") == expected


def test_a_new_refresh_token_is_stored_before_it_is_used(server: Loopback, store: TokenStore) -> None:
    answer = Answer(json={**GRANT, "refresh_token": NEW, "scope": "user-library-read"})
    source(server, store, answer, secret=None).replaced("old")
    assert store.get("spotify", "a1").refresh_token == NEW
    assert store.get("spotify", "a1").scopes == {"user-library-read"}
    assert store.get("spotify", "a1").authorized_at == NOW


def test_a_token_that_another_process_replaced_is_used(server: Loopback, store: TokenStore) -> None:
    store.save(replace(TOKEN, access_token=NEW))
    assert source(server, store).replaced("old") == NEW
    assert server.seen == []


def test_of_several_at_once_one_refreshes(server: Loopback, store: TokenStore) -> None:
    sources = [source(server, store, Answer(json=GRANT)) for _ in range(4)]
    together = Barrier(len(sources))

    def replace_together(tokens: StoredTokenSource) -> str:
        together.wait()
        return tokens.replaced("old")

    with ThreadPoolExecutor(len(sources)) as pool:
        assert list(pool.map(replace_together, sources)) == [NEW] * 4
    assert len(server.seen) == 1


def test_a_missing_scope_is_told_before_any_call(server: Loopback, store: TokenStore) -> None:
    with pytest.raises(MissingScope, match="user-library-read has not been granted; run `tunegenie login`") as raised:
        source(server, store).access_token({"user-top-read", "user-library-read"})
    assert raised.value.scopes == {"user-library-read"}
    assert server.seen == []


@pytest.mark.parametrize("why", ["Refresh token expired", "Refresh token revoked"])
def test_an_ended_authorization_is_marked_once_kept_and_never_tried_again(
    server: Loopback, store: TokenStore, why: str
) -> None:
    refused = Answer(400, json={"error": "invalid_grant", "error_description": why})
    tokens = source(server, store, refused)
    with pytest.raises(NeedsReauth, match="the authorization of ada has ended") as raised:
        tokens.replaced("old")
    assert isinstance(raised.value.__cause__, InvalidGrant)
    assert store.get("spotify", "a1") == replace(TOKEN, needs_reauth_since=NOW)
    for again in (lambda: tokens.access_token(()), lambda: tokens.replaced("old")):
        with pytest.raises(NeedsReauth):
            again()
    assert len(server.seen) == 1


def test_bad_credentials_do_not_end_an_authorization(server: Loopback, store: TokenStore) -> None:
    with pytest.raises(BadCredentials):
        source(server, store, Answer(400, json={"error": "invalid_client"})).replaced("old")
    assert store.get("spotify", "a1") == TOKEN


def test_calls_for_tokens_are_paid(server: Loopback) -> None:
    budget = Ledger()
    server.answers.append(Answer(json=GRANT))
    SpotifyAccounts(SpotifyApp("id", URI, SECRET), a_caller(budget=budget), accounts_url=server.url).refresh("r")
    assert budget.spent == [("spotify", Purpose.PLAYS)]
