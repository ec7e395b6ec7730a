from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import spotipy

from tests.unit.sandbox.worlds import (
    ARTIST,
    FEATURES,
    GUEST,
    TRACKS,
    fixed_clock,
    message_of,
    sign_up,
    small_world,
    spotify,
    web,
)
from tunegenie_assets.sandbox.accounts_service import SCOPES
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import SPOTIFY, DevelopmentGenres, Playlist, World

TRACK_ID = TRACKS[0].track_id
ALBUM_ID = "B" * 22
UNKNOWN = "9" * 22
EDITORIAL = "H" * 22


def a_world() -> World:
    world = small_world()
    world.playlists[EDITORIAL] = Playlist(EDITORIAL, "Hits", SPOTIFY)
    return world


@pytest.fixture(scope="module")
def development() -> Iterator[Sandbox]:
    with Sandbox(a_world(), clock=fixed_clock()) as running:
        yield running


@pytest.fixture(scope="module")
def extended() -> Iterator[Sandbox]:
    with Sandbox(a_world(), clock=fixed_clock(), profile=Profile.EXTENDED) as running:
        yield running


GONE = [
    ("GET", f"tracks?ids={TRACK_ID}", 403),
    ("GET", f"tracks/?ids={TRACK_ID}", 403),
    ("GET", f"artists?ids={ARTIST.artist_id}", 403),
    ("GET", f"albums/?ids={ALBUM_ID}", 403),
    ("GET", f"audio-features/{TRACK_ID}", 403),
    ("GET", f"audio-features/?ids={TRACK_ID}", 403),
    ("GET", f"audio-features?ids={TRACK_ID}", 403),
    ("GET", f"artists/{ARTIST.artist_id}/top-tracks", 403),
    ("GET", f"playlists/{EDITORIAL}/tracks", 403),
    ("GET", f"me/tracks/contains?ids={TRACK_ID}", 403),
    ("PUT", f"me/tracks?ids={TRACK_ID}", 403),
    ("DELETE", f"me/albums?ids={ALBUM_ID}", 403),
]
NEVER_SERVED = [
    ("GET", "recommendations?seed_genres=pop", 404),
    ("GET", f"artists/{ARTIST.artist_id}/related-artists", 404),
    ("GET", f"audio-analysis/{TRACK_ID}", 403),
    ("GET", "browse/new-releases", 403),
    ("GET", "markets", 403),
    ("PUT", f"playlists/{EDITORIAL}/followers", 403),
    ("GET", "me/following/contains?type=artist&ids=x", 403),
]


@pytest.mark.parametrize(("method", "path", "status"), GONE + NEVER_SERVED)
def test_new_apps_have_lost_it(development: Sandbox, method: str, path: str, status: int) -> None:
    message = {403: "Forbidden", 404: "Not Found"}[status]
    assert message_of(web(development, sign_up(development))(method, path)) == (status, message)


@pytest.mark.parametrize(("method", "path", "status"), GONE)
def test_older_apps_have_it_still(extended: Sandbox, method: str, path: str, status: int) -> None:
    assert web(extended, sign_up(extended))(method, path).status_code == 200


def test_profiles_and_playlists_of_others(development: Sandbox, extended: Sandbox) -> None:
    for sandbox, statuses in ((development, [403, 403, 403]), (extended, [200, 200, 201])):
        account = sign_up(sandbox)
        call = web(sandbox, account)
        answers = [
            call.get(f"users/{account.spotify_id}"),
            call.get(f"users/{account.spotify_id}/playlists"),
            call("POST", f"users/{account.spotify_id}/playlists", json={"name": "Mine"}),
        ]
        assert [answer.status_code for answer in answers] == statuses
    assert web(extended, sign_up(extended))("POST", "users/somebody/playlists", json={"name": "x"}).status_code == 403


def test_several_at_once_with_spotipy(extended: Sandbox) -> None:
    client = spotify(extended, sign_up(extended))
    assert [track and track["name"] for track in client.tracks([TRACK_ID, UNKNOWN])["tracks"]] == ["Song 0", None]
    assert client.albums([ALBUM_ID])["albums"][0]["name"] == "Blue Orchards"
    assert client.artists([GUEST.artist_id])["artists"][0]["genres"] == ["folk"]
    with pytest.warns(DeprecationWarning):
        known, without, unknown = client.audio_features([TRACK_ID, TRACKS[1].track_id, UNKNOWN])
    assert (without, unknown) == (None, None)
    assert known.items() >= {**FEATURES, "id": TRACK_ID, "duration_ms": 180_000, "type": "audio_features"}.items()


@pytest.mark.parametrize(("path", "most"), [("tracks", 50), ("artists", 50), ("albums", 20), ("audio-features", 100)])
def test_not_too_many_at_once(extended: Sandbox, path: str, most: int) -> None:
    call = web(extended, sign_up(extended))
    assert call.get(path, ids=",".join([UNKNOWN] * most)).status_code == 200
    assert message_of(call.get(path, ids=",".join([UNKNOWN] * (most + 1)))) == (400, "Too many ids requested")
    assert call.get(path, ids="short").status_code == 400


REMOVED = [
    (f"tracks/{TRACK_ID}", {"available_markets", "popularity", "preview_url"}),
    (f"albums/{ALBUM_ID}", {"available_markets", "label", "popularity", "genres"}),
    (f"artists/{ARTIST.artist_id}", {"followers", "popularity", "genres"}),
    ("me", {"country", "email", "explicit_content", "followers", "product"}),
]


@pytest.mark.parametrize(("path", "removed"), REMOVED)
def test_fields_that_new_apps_have_lost(development: Sandbox, extended: Sandbox, path: str, removed: set[str]) -> None:
    ours, theirs = (web(sandbox, sign_up(sandbox)).get(path).json() for sandbox in (development, extended))
    assert set(theirs) - set(ours) == removed
    assert set(ours) <= set(theirs)


def test_codes_of_recordings_and_the_account_id_stay(development: Sandbox) -> None:
    account = sign_up(development)
    client = spotify(development, account)
    assert client.track(TRACK_ID)["external_ids"] == {"isrc": TRACKS[0].isrc}
    assert client.me()["account_id"] == account.account_id


@pytest.mark.parametrize(
    ("genres", "value"),
    [
        (DevelopmentGenres.NULL, None),
        (DevelopmentGenres.EMPTY, []),
        (DevelopmentGenres.LISTED, ["hip hop", "conscious hip hop"]),
    ],
)
def test_genres_as_they_have_been_reported(development: Sandbox, genres: DevelopmentGenres, value: object) -> None:
    development.world.development_genres = genres
    artist = spotify(development, sign_up(development)).artist(ARTIST.artist_id)
    development.world.development_genres = DevelopmentGenres.ABSENT
    assert artist["genres"] == value


def test_private_fields_need_their_scopes(extended: Sandbox) -> None:
    profile = web(extended, sign_up(extended), SCOPES - {"user-read-email", "user-read-private"}).get("me").json()
    assert not {"email", "country", "product"} & set(profile)


SCOPED = [
    ("GET", "me/player/recently-played", "user-read-recently-played"),
    ("GET", "me/top/tracks", "user-top-read"),
    ("GET", "me/tracks", "user-library-read"),
    ("GET", "me/following?type=artist", "user-follow-read"),
    ("GET", "me/playlists", "playlist-read-private"),
    ("GET", f"me/library/contains?uris=spotify:track:{TRACK_ID}", "user-library-read"),
    ("PUT", f"me/library?uris=spotify:artist:{ARTIST.artist_id}", "user-follow-modify"),
]


@pytest.mark.parametrize(("method", "path", "scope"), SCOPED)
def test_a_missing_scope(development: Sandbox, method: str, path: str, scope: str) -> None:
    account = sign_up(development)
    refusal = web(development, account, SCOPES - {scope})(method, path)
    assert message_of(refusal) == (403, "Insufficient client scope")
    assert web(development, account, frozenset({scope}))(method, path).status_code == 200


def test_who_is_not_on_the_list_signs_in_and_gets_nowhere(development: Sandbox, extended: Sandbox) -> None:
    for sandbox in (development, extended):
        account = sign_up(sandbox)
        account.on_allow_list = False
        answer = web(sandbox, account).get("me")
        if sandbox is development:
            assert message_of(answer) == (403, "User not registered in the Developer Dashboard")
        else:
            assert answer.status_code == 200


def test_without_premium_the_answer_is_plain_text() -> None:
    world = small_world()
    world.app.has_premium_owner = False
    with Sandbox(world, clock=fixed_clock()) as sandbox, pytest.raises(spotipy.SpotifyException) as refusal:
        spotify(sandbox, sign_up(sandbox)).me()
    assert refusal.value.http_status == 403
    assert "Active premium subscription required for the owner of the app" in refusal.value.msg


@pytest.mark.parametrize(
    ("path", "ours", "theirs"),
    [
        (f"artists/{ARTIST.artist_id}/albums", (5, 1, 10), (20, 1, 50)),
        ("search?q=song&type=track", (5, 0, 10), (20, 0, 50)),
        ("me/tracks", (20, 1, 50), (20, 1, 50)),
        ("me/playlists", (20, 1, 50), (20, 1, 50)),
        ("me/top/artists", (20, 1, 50), (20, 1, 50)),
        (f"albums/{ALBUM_ID}/tracks", (20, 1, 50), (20, 1, 50)),
    ],
)
def test_sizes_of_pages(development: Sandbox, extended: Sandbox, path: str, ours: Any, theirs: Any) -> None:
    for sandbox, (default, least, most) in ((development, ours), (extended, theirs)):
        call = web(sandbox, sign_up(sandbox))
        answer = call.get(path).json()
        assert answer.get("tracks", answer)["limit"] == default
        for limit, status in ((least - 1, 400), (least, 200), (most, 200), (most + 1, 400)):
            response = call.get(path, limit=limit)
            assert response.status_code == status
            assert status == 200 or message_of(response)[1] == "Invalid limit"


def test_ids_that_are_none_and_ids_that_nobody_has(development: Sandbox) -> None:
    call = web(development, sign_up(development))
    for kind in ("tracks", "albums", "artists", "playlists"):
        assert message_of(call.get(f"{kind}/short")) == (400, "invalid id")
        assert message_of(call.get(f"{kind}/{UNKNOWN}")) == (404, "Resource not found")
    assert call.get("no/such/place").status_code == 404


def test_albums_come_with_their_tracks_in_pages(development: Sandbox) -> None:
    client = spotify(development, sign_up(development))
    page = client.album(ALBUM_ID)["tracks"]
    names = [track["name"] for track in page["items"]]
    while page["next"]:
        assert page["next"].startswith(f"{development.spotify_api_url}albums/{ALBUM_ID}/tracks?")
        page = client.next(page)
        names += [track["name"] for track in page["items"]]
    assert names == [f"Song {number}" for number in range(100)]


def test_dates_of_release_say_how_precise_they_are(development: Sandbox) -> None:
    client = spotify(development, sign_up(development))
    said = [
        (album["release_date"], album["release_date_precision"]) for album in map(client.album, (ALBUM_ID, "S" * 22))
    ]
    assert said == [("1983-06-15", "day"), ("1981", "year")]


def test_albums_of_an_artist_by_group(development: Sandbox) -> None:
    client = spotify(development, sign_up(development))

    def names(artist_id: str, groups: str | None) -> list[str]:
        page = client.artist_albums(artist_id, include_groups=groups, limit=10)
        return [album["name"] for album in page["items"]]

    assert names(ARTIST.artist_id, None) == ["Blue Orchards", "Lighthouse"]
    assert names(ARTIST.artist_id, "single") == ["Lighthouse"]
    assert names(GUEST.artist_id, "album") == []
    assert names(GUEST.artist_id, "appears_on") == ["Blue Orchards"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("song 119", ["Song 119"]),
        ('track:"song 11" artist:drowsy', [f"Song {n}" for n in (11, *range(110, 119))]),
        (f"isrc:{TRACKS[42].isrc}", ["Song 42"]),
        ("album:lighthouse year:1980-1982 track:100", ["Song 100"]),
        ('artist:"sól & máni"', ["Song 1"]),
        ("song 1 year:2001", []),
        ("nothing of the kind", []),
    ],
)
def test_search_for_tracks(development: Sandbox, query: str, found: list[str]) -> None:
    tracks = spotify(development, sign_up(development)).search(query, limit=10)["tracks"]
    assert [track["name"] for track in tracks["items"]] == found


def test_search_for_other_kinds(development: Sandbox) -> None:
    answer = spotify(development, sign_up(development)).search("drowsy", type="artist,album,playlist")
    assert [artist["name"] for artist in answer["artists"]["items"]] == [ARTIST.name]
    assert answer["albums"]["total"] == 2
    assert answer["playlists"]["items"] == []
    call = web(development, sign_up(development))
    assert call.get("search", q="x", type="mood").status_code == 400
    assert call.get("search", type="track").status_code == 400
    assert call.get("search", q="x", type="track", offset=1001).status_code == 400
