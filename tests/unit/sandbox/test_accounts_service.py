from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth, SpotifyOauthError, SpotifyPKCE

from tests.unit.sandbox.worlds import (
    REDIRECT_URI,
    SECRET,
    Web,
    fixed_clock,
    message_of,
    params_of,
    sign_up,
    small_world,
)
from tunegenie_assets.sandbox.grants import challenge_of, months_after
from tunegenie_assets.sandbox.server import Sandbox

VERIFIER = "v" * 64
ASK = {
    "client_id": "the-client",
    "response_type": "code",
    "redirect_uri": REDIRECT_URI,
    "state": "s1",
    "scope": "user-top-read",
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        sign_up(running)
        yield running


def authorize(sandbox: Sandbox, **changed: str) -> requests.Response:
    return requests.get(
        f"{sandbox.accounts_url}/authorize", params={**ASK, **changed}, allow_redirects=False, timeout=10
    )


def code_of(response: requests.Response) -> str:
    return params_of(response.headers["Location"])["code"]


def token(sandbox: Sandbox, *, secret: str | None = SECRET, **form: str) -> requests.Response:
    auth = None if secret is None else ("the-client", secret)
    return requests.post(f"{sandbox.accounts_url}/api/token", data=form, auth=auth, timeout=10)


def redeem(sandbox: Sandbox, code: str, **changed: str) -> requests.Response:
    return token(sandbox, **{"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, **changed})


def refresh(sandbox: Sandbox, refresh_token: str) -> requests.Response:
    return token(sandbox, grant_type="refresh_token", refresh_token=refresh_token)


def granted(sandbox: Sandbox) -> dict[str, Any]:
    return redeem(sandbox, code_of(authorize(sandbox))).json()


def refused(response: requests.Response) -> tuple[int, str, str]:
    document = response.json()
    return response.status_code, document["error"], document["error_description"]


def test_consent_leads_back_with_a_code_and_the_state(sandbox: Sandbox) -> None:
    response = authorize(sandbox)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{REDIRECT_URI}?")
    assert params_of(response.headers["Location"])["state"] == "s1"


def test_a_chosen_account_consents_and_the_first_one_otherwise(sandbox: Sandbox) -> None:
    other = sign_up(sandbox)
    first = next(iter(sandbox.world.accounts.values()))
    for response, account in ((authorize(sandbox), first), (authorize(sandbox, account=other.listener_id), other)):
        access_token = redeem(sandbox, code_of(response)).json()["access_token"]
        assert Web(sandbox, access_token).get("me").json()["id"] == account.spotify_id


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"deny": "1"}, "access_denied"),
        ({"scope": "user-read-minds"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "c", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_refusals_lead_back_with_the_error(sandbox: Sandbox, changed: dict[str, str], error: str) -> None:
    response = authorize(sandbox, **changed)
    assert response.status_code == 302
    assert params_of(response.headers["Location"]) == {"error": error, "state": "s1"}


@pytest.mark.parametrize(
    ("changed", "page"),
    [
        ({"client_id": "another"}, "INVALID_CLIENT: Invalid client"),
        ({"redirect_uri": "http://127.0.0.1:9999/callback"}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8888/callback"}, "INVALID_CLIENT: Insecure redirect URI"),
    ],
)
def test_who_cannot_be_led_back_sees_a_page(sandbox: Sandbox, changed: dict[str, str], page: str) -> None:
    response = authorize(sandbox, **changed)
    assert (response.status_code, response.text) == (400, page)


def test_a_loopback_address_registered_without_a_port_stands_for_every_port(sandbox: Sandbox) -> None:
    address = "http://127.0.0.1:54321/any-port"
    assert authorize(sandbox, redirect_uri=address).headers["Location"].startswith(f"{address}?")


def test_a_code_gives_a_token_of_an_hour_with_the_granted_scopes(sandbox: Sandbox) -> None:
    document = redeem(sandbox, code_of(authorize(sandbox, scope="user-top-read user-library-read"))).json()
    assert document["token_type"] == "Bearer"  # noqa: S105 - a kind of token
    assert document["expires_in"] == 3600
    assert document["scope"] == "user-library-read user-top-read"
    assert document["refresh_token"] != document["access_token"]


def test_a_code_works_once_and_for_ten_minutes(sandbox: Sandbox) -> None:
    code = code_of(authorize(sandbox))
    assert redeem(sandbox, code).status_code == 200
    assert refused(redeem(sandbox, code)) == (400, "invalid_grant", "Invalid authorization code")
    late = code_of(authorize(sandbox))
    sandbox.clock.advance(timedelta(minutes=10, seconds=1))
    assert refused(redeem(sandbox, late)) == (400, "invalid_grant", "Authorization code expired")


def test_a_code_is_for_the_address_it_was_sent_to(sandbox: Sandbox) -> None:
    response = redeem(sandbox, code_of(authorize(sandbox)), redirect_uri="http://127.0.0.1:54321/any-port")
    assert refused(response) == (400, "invalid_grant", "Invalid redirect URI")


@pytest.mark.parametrize("secret", ["wrong", None])
def test_without_pkce_the_secret_is_needed(sandbox: Sandbox, secret: str | None) -> None:
    form = {"grant_type": "authorization_code", "code": code_of(authorize(sandbox)), "redirect_uri": REDIRECT_URI}
    assert refused(token(sandbox, secret=secret, client_id="the-client", **form))[:2] == (400, "invalid_client")
    assert token(sandbox, **form).status_code == 200


def test_pkce_needs_the_verifier_and_no_secret(sandbox: Sandbox) -> None:
    challenge = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "client_id": "the-client"}
    form["code"] = code_of(authorize(sandbox, **challenge))
    assert refused(token(sandbox, secret=None, **form))[1] == "invalid_request"
    wrong = token(sandbox, secret=None, code_verifier="w" * 64, **form)
    assert refused(wrong) == (400, "invalid_grant", "code_verifier was incorrect")
    document = token(sandbox, secret=None, code_verifier=VERIFIER, **form).json()
    form = {"grant_type": "refresh_token", "refresh_token": document["refresh_token"], "client_id": "the-client"}
    assert token(sandbox, secret=None, **form).status_code == 200


def test_a_refresh_keeps_the_refresh_token_and_does_not_repeat_it(sandbox: Sandbox) -> None:
    first = granted(sandbox)
    second = refresh(sandbox, first["refresh_token"]).json()
    assert "refresh_token" not in second
    assert second["access_token"] != first["access_token"]
    assert refresh(sandbox, first["refresh_token"]).status_code == 200


def test_a_rotated_refresh_token_ends(sandbox: Sandbox) -> None:
    sandbox.world.app.rotates_refresh_tokens = True
    first = granted(sandbox)["refresh_token"]
    second = refresh(sandbox, first).json()["refresh_token"]
    assert refused(refresh(sandbox, first)) == (400, "invalid_grant", "Refresh token revoked")
    assert refresh(sandbox, second).status_code == 200


@pytest.mark.parametrize("rotates", [False, True])
def test_six_months_after_the_consent_no_refresh_helps(sandbox: Sandbox, *, rotates: bool) -> None:
    sandbox.world.app.rotates_refresh_tokens = rotates
    refresh_token = granted(sandbox)["refresh_token"]
    sandbox.clock.set(datetime(2027, 5, 1, 11, 59, tzinfo=UTC))
    refresh_token = refresh(sandbox, refresh_token).json().get("refresh_token", refresh_token)
    sandbox.clock.set(datetime(2027, 5, 1, 12, tzinfo=UTC))
    assert refused(refresh(sandbox, refresh_token)) == (400, "invalid_grant", "Refresh token expired")


def test_who_removes_the_app_ends_its_refreshing(sandbox: Sandbox) -> None:
    refresh_token = granted(sandbox)["refresh_token"]
    (listener_id,) = sandbox.world.accounts
    answer = requests.post(f"{sandbox.base_url}/__admin/revoke", json={"listener_id": listener_id}, timeout=10)
    assert answer.json() == {"revoked": listener_id}
    assert refused(refresh(sandbox, refresh_token)) == (400, "invalid_grant", "Refresh token revoked")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "never given"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "never given"}, "invalid_grant"),
    ],
)
def test_odd_requests_for_tokens_are_refused(sandbox: Sandbox, form: dict[str, str], error: str) -> None:
    assert refused(token(sandbox, **form))[:2] == (400, error)


def test_an_access_token_lives_an_hour(sandbox: Sandbox) -> None:
    call = Web(sandbox, granted(sandbox)["access_token"])
    sandbox.clock.advance(timedelta(minutes=59, seconds=59))
    assert call.get("me").status_code == 200
    sandbox.clock.advance(timedelta(seconds=1))
    assert message_of(call.get("me")) == (401, "The access token expired")


def test_no_token_and_unknown_tokens(sandbox: Sandbox) -> None:
    address = f"{sandbox.spotify_api_url}me"
    assert message_of(requests.get(address, timeout=10)) == (401, "No token provided")
    assert message_of(Web(sandbox, "made up").get("me")) == (401, "Invalid access token")


def test_an_app_of_its_own_has_the_catalogue_and_no_listener(sandbox: Sandbox) -> None:
    document = token(sandbox, grant_type="client_credentials").json()
    assert set(document) == {"access_token", "token_type", "expires_in"}
    call = Web(sandbox, document["access_token"])
    assert call.get(f"tracks/{0:022d}").status_code == 200
    assert call.get("me").status_code == 401


def test_consents_outlive_the_server(sandbox: Sandbox) -> None:
    refresh_token = granted(sandbox)["refresh_token"]
    with Sandbox(sandbox.world, clock=sandbox.clock) as restarted:
        assert refresh(restarted, refresh_token).status_code == 200


def test_spotipy_with_a_secret(sandbox: Sandbox) -> None:
    cache = MemoryCacheHandler()
    manager: Any = SpotifyOAuth("the-client", SECRET, REDIRECT_URI, scope="user-top-read", cache_handler=cache)
    manager.OAUTH_TOKEN_URL = f"{sandbox.accounts_url}/api/token"
    manager.get_access_token(code_of(authorize(sandbox)), as_dict=False, check_cache=False)
    document: Any = cache.get_cached_token()
    assert manager.refresh_access_token(document["refresh_token"])["access_token"] != document["access_token"]
    sandbox.world.grants.revoke(next(iter(sandbox.world.accounts)))
    with pytest.raises(SpotifyOauthError, match="Refresh token revoked"):
        manager.refresh_access_token(document["refresh_token"])


def test_spotipy_with_pkce_and_spotipy_as_an_app(sandbox: Sandbox) -> None:
    pkce: Any = SpotifyPKCE("the-client", REDIRECT_URI, open_browser=False)
    pkce.OAUTH_TOKEN_URL = f"{sandbox.accounts_url}/api/token"
    pkce.OAUTH_AUTHORIZE_URL = f"{sandbox.accounts_url}/authorize"
    response = requests.get(pkce.get_authorize_url(), allow_redirects=False, timeout=10)
    access_token = pkce.get_access_token(code_of(response), check_cache=False)
    assert Web(sandbox, access_token).get("me").status_code == 200
    app: Any = SpotifyClientCredentials("the-client", SECRET)
    app.OAUTH_TOKEN_URL = f"{sandbox.accounts_url}/api/token"
    assert Web(sandbox, app.get_access_token(as_dict=False, check_cache=False)).get("me").status_code == 401


def test_secrets_stay_out_of_the_journal_and_out_of_what_is_printed(sandbox: Sandbox) -> None:
    code = code_of(authorize(sandbox))
    refresh_token = redeem(sandbox, code).json()["refresh_token"]
    refresh(sandbox, refresh_token)
    shown = str(list(sandbox.journal)) + repr(sandbox.world)
    assert "refresh_token" in shown
    assert not [secret for secret in (code, refresh_token, SECRET) if secret in shown]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(1, 30))
def test_months_are_calendar_months(moment: datetime, months: int) -> None:
    later = months_after(moment, months)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.time() == moment.time()
    assert later.day == moment.day or (later.day < moment.day and (later + timedelta(days=1)).day == 1)
