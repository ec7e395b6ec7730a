"""The clients of Last.fm, MusicBrainz and ListenBrainz against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.unit.sources.services.worlds import ARTIST_ID, LASTFM_KEY, MBID, NOW, Connected, a_clock, a_world
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.limits import Limits
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sources.services.errors import BadCredentials, NotFound, PrivateProfile
from tunegenie_assets.sources.services.lastfm import LastfmClient, as_list, as_object, scrobbles_in, tags_in
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient
from tunegenie_assets.sources.services.musicbrainz import MusicBrainzClient

AGENT = "TuneGenie/1 (me@example.com)"
UNTIL = NOW.replace(tzinfo=None)


@pytest.fixture(params=[False, True], ids=["lists", "single objects"])
def connected(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connected]:
    world = a_world()
    world.lastfm_single_as_object = request.param
    world.lastfm_errors_in_200 = request.param
    # Both services refuse who asks too often.
    limits = Limits(lastfm_per_second=5, musicbrainz_per_second=1)
    with Sandbox(world, clock=a_clock(), limits=limits) as sandbox:
        yield Connected(sandbox, tmp_path)


def lastfm(connected: Connected, key: str = LASTFM_KEY) -> LastfmClient:
    return LastfmClient(connected.caller, SecretStr(key), user_agent=AGENT, base_url=connected.sandbox.lastfm_url)


def names(client: LastfmClient, *, since: datetime | None = None, until: datetime = UNTIL) -> list[str]:
    pages = client.scrobbles("fm-ada", since=since, until=until)
    return [row["name"] for page in pages for row in scrobbles_in(page.json)]


def test_every_scrobble_is_found_once(connected: Connected) -> None:
    assert names(lastfm(connected)) == [f"Song {number}" for number in range(60)]


def test_a_range_holds_its_begin_and_not_its_end(connected: Connected) -> None:
    # Song 0 ended a minute ago and began three minutes earlier, the others four minutes apart.
    began = [UNTIL - timedelta(minutes=4 * number + 4) for number in range(60)]
    assert names(lastfm(connected), since=began[5], until=began[2]) == ["Song 3", "Song 4", "Song 5"]
    assert names(lastfm(connected), since=began[5], until=began[4]) == ["Song 5"]
    assert names(lastfm(connected), since=UNTIL - timedelta(days=9), until=UNTIL - timedelta(days=8)) == []


@pytest.mark.parametrize(
    "fault",
    [Fault(status=500), Fault(truncate_json=True), Fault(empty_200=True), Fault(disconnect_mid_body=True)]
    + [Fault(body=f'{{"error": {code}, "message": "try again"}}') for code in (8, 11, 16, 29)],
    ids=str,
)
def test_no_passing_fault_costs_a_scrobble(connected: Connected, fault: Fault) -> None:
    connected.sandbox.faults = FaultPlan([FaultRule(fault, path="/2.0/", calls=(1, 2))])
    assert len(names(lastfm(connected))) == 60


def test_a_private_profile_an_unknown_name_and_a_wrong_key(connected: Connected) -> None:
    connected.sandbox.world.accounts["ada"].lastfm_private = True
    with pytest.raises(PrivateProfile, match="the listener hides recent listening"):
        names(lastfm(connected))
    with pytest.raises(NotFound, match="no listener of the name"):
        next(lastfm(connected).scrobbles("nobody", until=UNTIL))
    with pytest.raises(BadCredentials, match="API key"):
        lastfm(connected, "wrong").artist_tags("Cher")


def test_tags_charts_and_tracks(connected: Connected) -> None:
    client = lastfm(connected)
    assert [(tag["name"], tag["count"]) for tag in tags_in(client.artist_tags("Cher").json)] == [
        ("pop", 100),
        ("seen live", 40),
    ]
    with pytest.raises(NotFound, match="artist 'Nobody At All'"):
        client.artist_tags("Nobody At All")
    assert as_list(as_object(client.chart_artists().json)["artists"]["artist"])[0]["name"] == "Cher"
    assert as_list(as_object(client.chart_tracks().json)["tracks"]["track"])[0]["artist"]["name"] == "Cher"
    assert as_object(client.track_info("Cher", "Song 1").json)["track"]["name"] == "Song 1"


def test_no_more_calls_than_the_services_bear(connected: Connected) -> None:
    client = lastfm(connected)
    for _ in range(12):
        client.artist_tags("Cher")
    musicbrainz = MusicBrainzClient(connected.caller, user_agent=AGENT, base_url=connected.sandbox.musicbrainz_url)
    for _ in range(3):
        musicbrainz.artist(MBID)
    refused = [entry for entry in connected.sandbox.journal if entry.status != 200]
    assert refused == []
    assert len(connected.sandbox.journal) == 15


def test_genres_of_an_artist_of_spotify(connected: Connected) -> None:
    client = MusicBrainzClient(connected.caller, user_agent=AGENT, base_url=connected.sandbox.musicbrainz_url)
    [relation] = as_list(as_object(client.artist_of_spotify_id(ARTIST_ID).json)["relations"])
    assert relation["artist"]["id"] == MBID
    assert "pop" in {genre["name"] for genre in client.artist(MBID).items("genres")}
    assert client.search_artist("Cher").items("artists")[0]["id"] == MBID
    with pytest.raises(NotFound):
        client.artist_of_spotify_id("9" * 22)


def test_a_recording_by_its_names(connected: Connected) -> None:
    connected.sandbox.world.listenbrainz_tokens.add("t0ken")
    client = ListenBrainzClient(
        connected.caller, user_agent=AGENT, token=SecretStr("t0ken"), base_url=connected.sandbox.listenbrainz_url
    )
    assert client.lookup("Cher", "Song 1").fields()["recording_name"] == "Song 1"
    assert client.lookup("Nobody At All", "Nothing").fields() == {}
