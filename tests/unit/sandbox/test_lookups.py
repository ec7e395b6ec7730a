from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.unit.sandbox.worlds import (
    AGENT,
    ARTIST,
    GUEST,
    LISTENBRAINZ_TOKEN,
    MBID,
    TRACKS,
    fixed_clock,
    small_world,
)
from tunegenie_assets.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), clock=fixed_clock()) as running:
        yield running


def musicbrainz(sandbox: Sandbox, path: str, agent: str = AGENT, **params: str) -> requests.Response:
    params = {"fmt": "json", **params}
    return requests.get(sandbox.musicbrainz_url + path, params=params, headers={"User-Agent": agent}, timeout=10)


def listenbrainz(sandbox: Sandbox, path: str, token: str = LISTENBRAINZ_TOKEN, **params: str) -> requests.Response:
    headers = {"Authorization": f"Token {token}"}
    return requests.get(sandbox.listenbrainz_url + path, params=params, headers=headers, timeout=10)


def test_an_artist_with_what_is_asked_for(sandbox: Sandbox) -> None:
    artist = musicbrainz(sandbox, f"artist/{MBID}", inc="genres tags").json()
    assert (artist["id"], artist["name"]) == (MBID, ARTIST.name)
    assert [(genre["name"], genre["count"]) for genre in artist["genres"]] == [("hip hop", 6)]
    assert [tag["name"] for tag in artist["tags"]] == ["hip hop", "seen live"]
    assert "tags" not in musicbrainz(sandbox, f"artist/{MBID}", inc="genres").json()


def test_artists_that_are_none(sandbox: Sandbox) -> None:
    assert musicbrainz(sandbox, "artist/not-an-id").status_code == 400
    assert musicbrainz(sandbox, f"artist/{MBID[:-1]}e").status_code == 404


def test_a_recording_by_its_id(sandbox: Sandbox) -> None:
    mbid = str(TRACKS[3].mbid)
    found = musicbrainz(sandbox, f"recording/{mbid}", inc="isrcs").json()
    assert (found["id"], found["title"], found["length"], found["isrcs"]) == (
        mbid,
        "Song 3",
        TRACKS[3].duration_ms,
        [TRACKS[3].isrc],
    )
    assert "isrcs" not in musicbrainz(sandbox, f"recording/{mbid}").json()
    assert musicbrainz(sandbox, f"recording/{MBID}").status_code == 404
    assert musicbrainz(sandbox, "recording/not-an-id").status_code == 400


def test_the_artist_of_an_address(sandbox: Sandbox) -> None:
    address = f"https://open.spotify.com/artist/{ARTIST.artist_id}"
    found = musicbrainz(sandbox, "url", resource=address, inc="artist-rels").json()
    assert found["resource"] == address
    assert [relation["artist"]["id"] for relation in found["relations"]] == [MBID]
    unlinked = f"https://open.spotify.com/artist/{GUEST.artist_id}"
    assert musicbrainz(sandbox, "url", resource=unlinked, inc="artist-rels").status_code == 404


@pytest.mark.parametrize(
    ("query", "scores"), [('artist:"drowsy mirrors"', [100]), ("Drowsy", [70]), ('artist:"say \\"no\\""', [])]
)
def test_a_search(sandbox: Sandbox, query: str, scores: list[int]) -> None:
    found = musicbrainz(sandbox, "artist", query=query).json()
    assert [artist["score"] for artist in found["artists"]] == scores
    assert found["count"] == len(scores)


@pytest.mark.parametrize("agent", ["", "python-requests/2.34", "Mozilla/5.0"])
def test_who_asks_says_their_name(sandbox: Sandbox, agent: str) -> None:
    for path in (f"artist/{MBID}", f"recording/{MBID}", "artist", "url"):
        assert musicbrainz(sandbox, path, agent=agent).status_code == 403


def test_musicbrainz_speaks_json_when_it_is_told(sandbox: Sandbox) -> None:
    assert musicbrainz(sandbox, f"artist/{MBID}", fmt="xml").status_code == 406


def test_a_recording_by_its_names(sandbox: Sandbox) -> None:
    names = {"artist_name": "drowsy mirrors", "recording_name": "song 3"}
    plain = listenbrainz(sandbox, "metadata/lookup/", **names).json()
    assert (plain["recording_mbid"], plain["recording_name"]) == (TRACKS[3].mbid, "Song 3")
    assert "metadata" not in plain
    answer = listenbrainz(sandbox, "metadata/lookup/", **names, metadata="true", inc="artist tag")
    tags = answer.json()["metadata"]["tag"]["artist"]
    assert [(tag["tag"], "genre_mbid" in tag) for tag in tags] == [("hip hop", True), ("seen live", False)]
    assert "X-RateLimit-Reset-In" in answer.headers


def test_names_that_mean_nothing_known(sandbox: Sandbox) -> None:
    answer = listenbrainz(sandbox, "metadata/lookup/", artist_name="Nobody", recording_name="Song 3")
    assert (answer.status_code, answer.json()) == (200, {})


def test_several_recordings_by_id(sandbox: Sandbox) -> None:
    mbids = f"{TRACKS[0].mbid},{MBID}"
    found = listenbrainz(sandbox, "metadata/recording/", recording_mbids=mbids, inc="tag").json()
    assert list(found) == [TRACKS[0].mbid]
    assert found[TRACKS[0].mbid]["tag"]["artist"][0]["tag"] == "hip hop"


def test_lookups_need_a_token_two_names_and_few_letters(sandbox: Sandbox) -> None:
    names = {"artist_name": "a", "recording_name": "b"}
    path = "metadata/lookup/"
    assert listenbrainz(sandbox, path, token="wrong", **names).status_code == 401  # noqa: S106 - no token
    assert listenbrainz(sandbox, "metadata/recording/", token="wrong").status_code == 401  # noqa: S106 - no token
    assert listenbrainz(sandbox, path, artist_name="a").status_code == 400
    assert listenbrainz(sandbox, path, artist_name="a", recording_name="b" * 250).status_code == 400
