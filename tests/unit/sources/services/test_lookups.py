from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from tests.unit.sources.services.loopback import NOW, Answer, Ledger, Loopback, Time, a_caller
from tunegenie_assets.sources.services.errors import BadCredentials, NotFound, Parked, Refused
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient
from tunegenie_assets.sources.services.musicbrainz import MusicBrainzClient
from tunegenie_assets.sources.services.responses import Purpose

AGENT = "TuneGenie/1 (me@example.com)"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback([Answer(json={})]) as loopback:
        yield loopback


def musicbrainz(server: Loopback, time: Time | None = None, budget: Ledger | None = None) -> MusicBrainzClient:
    return MusicBrainzClient(a_caller(time, budget), user_agent=AGENT, base_url=server.url + "ws/2/")


def listenbrainz(server: Loopback, token: SecretStr | None = None) -> ListenBrainzClient:
    return ListenBrainzClient(a_caller(), user_agent=AGENT, token=token, base_url=server.url + "1/")


def test_musicbrainz_is_asked_as_it_wants(server: Loopback) -> None:
    budget = Ledger()
    client = musicbrainz(server, budget=budget)
    client.artist(MBID)
    client.recording(MBID)
    client.artist_of_spotify_id("x1")
    client.search_artist('AC\\DC "live"')
    assert [(seen.path, {name: values[0] for name, values in seen.query.items()}) for seen in server.seen] == [
        (f"/ws/2/artist/{MBID}", {"inc": "genres tags", "fmt": "json"}),
        (f"/ws/2/recording/{MBID}", {"inc": "isrcs", "fmt": "json"}),
        ("/ws/2/url", {"resource": "https://open.spotify.com/artist/x1", "inc": "artist-rels", "fmt": "json"}),
        ("/ws/2/artist", {"query": 'artist:"AC\\\\DC \\"live\\""', "limit": "5", "fmt": "json"}),
    ]
    assert {seen.headers["User-Agent"] for seen in server.seen} == {AGENT}
    assert budget.spent == [("musicbrainz", Purpose.ENRICHMENT)] * 4


def test_musicbrainz_is_asked_once_a_second(server: Loopback) -> None:
    time = Time()
    client = musicbrainz(server, time)
    for _ in range(4):
        client.artist(MBID)
    assert (time.now - NOW).total_seconds() >= 3


def test_an_id_cannot_lead_elsewhere(server: Loopback) -> None:
    musicbrainz(server).artist("../url?x")
    assert server.seen[0].path == "/ws/2/artist/..%2Furl%3Fx"


def test_musicbrainz_says_too_many_with_503(server: Loopback) -> None:
    server.answers.appendleft(Answer(503, text="", headers={"Retry-After": "1"}))
    assert musicbrainz(server).artist(MBID).status == 200
    server.answers.clear()
    server.answers.append(Answer(503, text=""))
    with pytest.raises(Parked, match="MusicBrainz: rate limit"):
        musicbrainz(server).artist(MBID)


def test_an_artist_that_was_merged_is_found(server: Loopback) -> None:
    server.answers.appendleft(Answer(301, text="", headers={"Location": f"/ws/2/artist/{MBID}"}))
    assert musicbrainz(server).artist("old").path == f"artist/{MBID}"


def test_nobody_linked_it(server: Loopback) -> None:
    server.answers.appendleft(Answer(404, json={"error": "Not Found"}))
    with pytest.raises(NotFound):
        musicbrainz(server).artist_of_spotify_id("x1")


def test_listenbrainz_is_asked_as_it_wants(server: Loopback) -> None:
    client = listenbrainz(server, SecretStr("t0ken"))
    response = client.lookup("Rick Astley", "Never Gonna Give You Up")
    client.recordings([MBID, MBID])
    asked = [(seen.path, {name: values[0] for name, values in seen.query.items()}) for seen in server.seen]
    names = {"artist_name": "Rick Astley", "recording_name": "Never Gonna Give You Up"}
    assert asked == [
        ("/1/metadata/lookup/", {**names, "metadata": "true", "inc": "artist tag"}),
        ("/1/metadata/recording/", {"recording_mbids": f"{MBID},{MBID}", "inc": "tag"}),
    ]
    assert server.seen[0].headers["Authorization"] == "Token t0ken"
    assert "t0ken" not in repr(response)


def test_without_a_token_none_is_sent(server: Loopback) -> None:
    listenbrainz(server).lookup("a", "b")
    assert "Authorization" not in server.seen[0].headers


@pytest.mark.parametrize(("artist", "recording"), [("a" * 300, "b" * 300), ("a", "b" * 300), ("a" * 300, "b")])
def test_long_names_are_shortened_to_what_is_taken(server: Loopback, artist: str, recording: str) -> None:
    listenbrainz(server).lookup(artist, recording)
    query = server.seen[0].query
    assert 0 < len(query["artist_name"][0]) + len(query["recording_name"][0]) <= 250


def test_listenbrainz_says_when_it_listens_again(server: Loopback) -> None:
    server.answers.appendleft(Answer(429, json={}, headers={"X-RateLimit-Reset-In": "600"}))
    with pytest.raises(Parked, match="ListenBrainz: rate limit; the work goes on after 2026-03-01 12:10 UTC"):
        listenbrainz(server).lookup("a", "b")


@pytest.mark.parametrize(("status", "error"), [(401, BadCredentials), (400, Refused), (404, NotFound)])
def test_refusals_of_listenbrainz_are_typed(server: Loopback, status: int, error: type[Exception]) -> None:
    server.answers.appendleft(Answer(status, json={}))
    with pytest.raises(error, match="ListenBrainz"):
        listenbrainz(server).lookup("a", "b")
