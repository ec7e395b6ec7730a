"""The clients against the stand-in, in both profiles of Spotify where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.sources.services.worlds import (
    ALBUM_ID,
    ARTIST_ID,
    NOW,
    TRACK_IDS,
    TRACK_URIS,
    Connected,
    a_clock,
    a_world,
    agree,
)
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.limits import Limits
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.services.calls import Patience
from tunegenie_assets.sources.services.errors import (
    BadCredentials,
    LoginFailed,
    MissingScope,
    NeedsReauth,
    NotAvailable,
    NotOnAllowList,
    Parked,
    PremiumRequired,
    QuotaExceeded,
    ServiceError,
    WrongRedirectUri,
)
from tunegenie_assets.sources.services.login import FixedToken
from tunegenie_assets.sources.services.spotify import SCOPES, SpotifyClient, playlist_content

UNKNOWN = "9" * 22


@pytest.fixture(params=list(Profile))
def profile(request: pytest.FixtureRequest) -> Profile:
    return request.param


@pytest.fixture
def connected(profile: Profile, tmp_path: Path) -> Iterator[Connected]:
    with Sandbox(a_world(), profile=profile, clock=a_clock()) as sandbox:
        yield Connected(sandbox, tmp_path)


@pytest.fixture
def modern(tmp_path: Path) -> Iterator[Connected]:
    """A new app; what is tested does not differ between the profiles."""
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        yield Connected(sandbox, tmp_path)


def ids(pages: Iterator[dict[str, object]], name: str = "track") -> list[object]:
    return [track["id"] for item in pages if isinstance(track := item[name], dict)]


def test_everything_that_is_read(connected: Connected, profile: Profile) -> None:
    token = connected.log_in()
    assert (token.account_id, token.scopes, token.authorized_at) == ("acc-ada", SCOPES, NOW.replace(tzinfo=None))
    client = connected.client()
    plays = client.recently_played()
    assert ids(iter(plays.items())) == TRACK_IDS[:50]
    since = NOW.replace(tzinfo=None) - timedelta(minutes=10)
    assert ids(iter(client.recently_played(after=since).items())) == TRACK_IDS[:3]
    saved = [page.items() for page in client.saved_tracks()]
    assert [ids(iter(page)) for page in saved] == [TRACK_IDS[:50], TRACK_IDS[50:60]]
    fresh = client.saved_tracks(added_after=NOW.replace(tzinfo=None) - timedelta(days=3))
    assert len(list(fresh)) == 1
    assert len(client.top_items("tracks", "short_term").items()) == 50
    assert [item["id"] for item in client.top_items("artists", "long_term").items()] == [ARTIST_ID]
    assert client.search("Song 1").fields()["tracks"]
    assert client.me().fields()["account_id"] == "acc-ada"
    assert ("popularity" in plays.text) == (profile is Profile.EXTENDED)


def test_playlists_and_what_is_on_them(connected: Connected, profile: Profile) -> None:
    connected.log_in()
    client = connected.client()
    [page] = client.playlists()
    own, followed = (str(item["id"]) for item in page.items())
    [items] = client.playlist_items(own)
    contents = [playlist_content(item) for item in items.items()]
    assert [content and content["id"] for content in contents] == [TRACK_IDS[0], None]
    if profile is Profile.EXTENDED:
        assert [page.status for page in client.playlist_items(followed)] == [200]
        return
    with pytest.raises(NotAvailable):
        list(client.playlist_items(followed))


def test_what_a_new_app_lost_costs_it_one_call(connected: Connected, profile: Profile) -> None:
    connected.log_in()
    unavailable: set[str] = set()
    client = connected.client(unavailable=unavailable)
    tracks = list(client.lookup("track", TRACK_IDS[:3]))
    albums = list(client.lookup("album", [ALBUM_ID]))
    artists = list(client.lookup("artist", [ARTIST_ID, UNKNOWN]))
    assert {page.status for page in albums} == {200}
    if profile is Profile.EXTENDED:
        assert client.audio_features(TRACK_IDS[:2]).items("audio_features")
        assert (len(tracks), len(artists), unavailable) == (1, 1, set())
        return
    assert [page.path for page in tracks] == [f"tracks/{track_id}" for track_id in TRACK_IDS[:3]]
    assert [page.status for page in artists] == [200, 404]
    for _ in range(2):
        with pytest.raises(NotAvailable):
            client.audio_features(TRACK_IDS[:2])
    assert unavailable == {"tracks", "artists", "audio-features"}
    assert (connected.calls(path="/v1/tracks/"), connected.calls(path="/v1/audio-features")) == (4, 1)


@pytest.mark.parametrize("has_secret", [True, False])
def test_a_token_lives_for_six_months_and_ends_once(modern: Connected, *, has_secret: bool) -> None:
    modern.has_secret = has_secret
    # An app without a secret gets new refresh tokens.
    modern.sandbox.world.app.rotates_refresh_tokens = not has_secret
    token = modern.log_in()
    client = modern.client()
    first = modern.store.get("spotify", "acc-ada")
    for _ in range(3):
        modern.sandbox.clock.advance(timedelta(days=50))
        assert client.recently_played().status == 200
    kept = modern.store.get("spotify", "acc-ada")
    assert (kept.refresh_token == first.refresh_token, kept.authorized_at) == (has_secret, token.authorized_at)
    assert "within 7 days" in str(kept.warning(kept.reauth_due_at - timedelta(days=5)))
    modern.sandbox.clock.set(kept.reauth_due_at.replace(tzinfo=NOW.tzinfo))
    before = modern.calls("POST", "/api/token")
    for _ in range(3):
        with pytest.raises(NeedsReauth, match="run `tunegenie login` again"):
            client.recently_played()
    ended = modern.store.get("spotify", "acc-ada")
    assert modern.calls("POST", "/api/token") == before + 1
    assert ended == replace(kept, needs_reauth_since=kept.reauth_due_at)
    modern.log_in()
    assert client.recently_played().status == 200


def test_a_listener_who_removes_the_app_is_told_once(modern: Connected) -> None:
    modern.log_in()
    modern.sandbox.world.grants.revoke("ada")
    modern.sandbox.clock.advance(timedelta(hours=2))
    with pytest.raises(NeedsReauth):
        modern.client().recently_played()


def test_an_access_token_that_ends_early_is_replaced(modern: Connected) -> None:
    token = modern.log_in()
    modern.store.save(replace(token, expires_at=token.expires_at + timedelta(days=1)))
    modern.sandbox.clock.advance(timedelta(hours=2))
    assert modern.client().recently_played().status == 200
    assert modern.store.get("spotify", "acc-ada").access_token != token.access_token


def test_accounts_are_kept_apart(modern: Connected) -> None:
    modern.log_in("ada")
    modern.log_in("bob")
    assert [token.listener_id for token in modern.store.tokens()] == ["ada", "bob"]
    assert modern.client("acc-bob").me().fields()["account_id"] == "acc-bob"


def test_a_scope_that_was_not_granted(modern: Connected) -> None:
    modern.log_in(scopes=["user-top-read"])
    with pytest.raises(MissingScope, match="user-read-recently-played has not been granted"):
        modern.client().recently_played()
    assert modern.calls(path="recently-played") == 0
    token = FixedToken(modern.sandbox.access_token("ada", frozenset()))
    client = SpotifyClient(modern.caller, token, base_url=modern.sandbox.spotify_api_url)
    with pytest.raises(MissingScope, match="user-read-recently-played"):
        client.recently_played()


@pytest.mark.parametrize(
    ("app", "error", "says"),
    [
        ({"client_id": "other"}, BadCredentials, "copy it again"),
        ({"secret": "wrong"}, BadCredentials, "copy it again"),
        ({"redirect_uri": "http://127.0.0.1:1/other"}, WrongRedirectUri, "add exactly this under Redirect URIs"),
    ],
)
def test_an_app_that_is_set_up_wrongly(
    modern: Connected, app: dict[str, str], error: type[ServiceError], says: str
) -> None:
    login = modern.login(modern.accounts(**app))
    with pytest.raises(error, match=says):
        pending = login.begin("ada", SCOPES)
        login.finish(pending, agree(pending.url, "ada"))
    assert modern.store.tokens() == []


def test_a_listener_who_refuses(modern: Connected) -> None:
    login = modern.login()
    pending = login.begin("ada", SCOPES)
    with pytest.raises(LoginFailed, match="access_denied"):
        login.finish(pending, agree(pending.url, "ada", deny="1"))


def test_a_code_works_once(modern: Connected) -> None:
    login = modern.login()
    pending = login.begin("ada", SCOPES)
    address = agree(pending.url, "ada")
    login.finish(pending, address)
    with pytest.raises(LoginFailed, match="Invalid authorization code"):
        login.finish(pending, address)


def test_a_listener_who_is_not_on_the_allow_list(modern: Connected) -> None:
    modern.sandbox.world.accounts["ada"].on_allow_list = False
    with pytest.raises(NotOnAllowList, match="add it under User Management"):
        modern.log_in()


def test_an_owner_without_premium(modern: Connected) -> None:
    modern.log_in()
    modern.sandbox.world.app.has_premium_owner = False
    with pytest.raises(PremiumRequired, match="renew the owner's subscription"):
        modern.client().recently_played()


FAULTS = [
    Fault(status=500),
    Fault(status=503, body="<html>Service Unavailable</html>"),
    Fault(status=429, retry_after=3),
    Fault(status=429, body="Too many requests"),
    Fault(status=401, body='{"error": {"status": 401, "message": "Access token missing"}}'),
    Fault(disconnect_mid_body=True),
    Fault(truncate_json=True),
    Fault(empty_200=True),
    Fault(commit_then_status=502),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_passing_fault_costs_a_play(modern: Connected, fault: Fault) -> None:
    modern.log_in()
    modern.sandbox.faults = FaultPlan([FaultRule(fault, path="*/recently-played", calls=(1, 2))])
    assert ids(iter(modern.client().recently_played().items())) == TRACK_IDS[:50]
    # The browser's own request is not ours to pay.
    assert len(modern.budget.spent) == modern.calls() - 1
    assert sum(modern.sleeps) <= Patience().longest_wait_s


@pytest.mark.parametrize("seed", range(3))
def test_whatever_goes_wrong_is_typed_and_nothing_is_given_by_halves(modern: Connected, seed: int) -> None:
    modern.log_in()
    client = modern.client()
    modern.sandbox.faults = FaultPlan([FaultRule(fault, probability=0.08) for fault in FAULTS], seed=seed)
    whole = 0
    for _ in range(12):
        try:
            whole += ids(iter(client.recently_played().items())) == TRACK_IDS[:50]
            whole += sum(len(page.items()) for page in client.saved_tracks()) == 60
        except ServiceError as error:
            assert "\n" not in str(error)
            modern.sandbox.clock.advance(timedelta(minutes=1))
    assert whole > 12
    assert len(modern.budget.spent) >= modern.calls() - 1


def test_a_long_wait_is_not_slept_through(modern: Connected) -> None:
    modern.log_in()
    modern.sandbox.faults = FaultPlan([FaultRule(Fault(status=429, retry_after=48_925), path="*/recently-played")])
    with pytest.raises(Parked) as parked:
        modern.client().recently_played()
    assert parked.value.retry_at == NOW.replace(tzinfo=None) + timedelta(seconds=48_925)
    assert modern.sleeps == []


def test_a_spent_quota_parks_and_is_not_asked_again(tmp_path: Path) -> None:
    with Sandbox(a_world(), clock=a_clock(), limits=Limits(quota_per_day=3)) as sandbox:
        connected = Connected(sandbox, tmp_path)
        connected.log_in()
        client = connected.client()
        client.recently_played()
        client.recently_played()
        with pytest.raises(QuotaExceeded) as parked:
            client.recently_played()
        with pytest.raises(QuotaExceeded):
            client.recently_played()
        assert connected.calls(path="recently-played") == 3
        sandbox.clock.set(parked.value.retry_at.replace(tzinfo=NOW.tzinfo))
        assert client.recently_played().status == 200


def test_a_rate_limit_is_waited_out(tmp_path: Path) -> None:
    with Sandbox(a_world(), clock=a_clock(), limits=Limits(rate_per_30_s=3)) as sandbox:
        connected = Connected(sandbox, tmp_path)
        connected.log_in()
        client = connected.client()
        for _ in range(2):
            client.recently_played()
        sandbox.clock.advance(timedelta(seconds=20))
        assert client.recently_played().status == 200
        assert 10 <= sum(connected.sleeps) <= 30


def test_links_are_followed_on_the_sandbox_and_their_faults_lived_through(modern: Connected) -> None:
    modern.log_in()
    modern.sandbox.faults = FaultPlan([FaultRule(Fault(truncate_json=True), path="*/me/tracks", calls=(2,))])
    assert [len(page.items()) for page in modern.client().saved_tracks()] == [50, 10]


def test_tracks_that_are_pushed_can_be_read_back(connected: Connected) -> None:
    connected.log_in()
    client = connected.client()
    playlist_id = str(client.create_playlist("Mine", "made").fields()["id"])
    client.replace_playlist_items(playlist_id, TRACK_URIS[:100])
    client.add_playlist_items(playlist_id, TRACK_URIS[100:])
    client.describe_playlist(playlist_id, "changed")
    pages = list(client.playlist_items(playlist_id))
    uris = [content["uri"] for page in pages for item in page.items() if (content := playlist_content(item))]
    assert uris == TRACK_URIS
    assert connected.sandbox.world.playlists[playlist_id].description == "changed"
