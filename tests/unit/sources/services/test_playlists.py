from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sources.services.worlds import TRACK_URIS, Connected, a_clock, a_world
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import Playlist
from tunegenie_assets.sources.services.errors import NotFound, ServerFailure
from tunegenie_assets.sources.services.playlists import PushResult, push_playlist

COMMITTED = Fault(commit_then_status=502)
REFUSED = Fault(status=502)


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    with Sandbox(a_world(), clock=a_clock()) as sandbox:
        connected = Connected(sandbox, tmp_path)
        connected.log_in()
        yield connected


def push(connected: Connected, uris: list[str], name: str = "For Ada", description: str = "made") -> PushResult:
    return push_playlist(connected.client(), name, uris, description)


def named(connected: Connected, name: str = "For Ada") -> list[Playlist]:
    return [playlist for playlist in connected.sandbox.world.playlists.values() if playlist.name == name]


def held(playlist: Playlist) -> list[str]:
    return [item.item.uri for item in playlist.items if item.item is not None]


@pytest.mark.parametrize("count", [0, 1, 100, 101, 120])
def test_a_playlist_is_made_with_at_most_100_items_a_call(connected: Connected, count: int) -> None:
    result = push(connected, TRACK_URIS[:count])
    [playlist] = named(connected)
    assert result == PushResult(playlist.playlist_id, "created", count)
    assert held(playlist) == TRACK_URIS[:count]
    assert playlist.public is False
    assert playlist.description.startswith("made [tunegenie:")
    assert result.url == f"https://open.spotify.com/playlist/{playlist.playlist_id}"


def test_what_is_there_is_not_written_again(connected: Connected) -> None:
    push(connected, TRACK_URIS)
    writes = connected.calls("POST", "/v1/") + connected.calls("PUT")
    assert push(connected, TRACK_URIS).outcome == "unchanged"
    assert connected.calls("POST", "/v1/") + connected.calls("PUT") == writes


def test_another_content_takes_the_place_of_the_last(connected: Connected) -> None:
    first = push(connected, TRACK_URIS)
    mark = named(connected)[0].description
    second = push(connected, TRACK_URIS[::-1], description="new")
    [playlist] = named(connected)
    assert (second.playlist_id, second.outcome) == (first.playlist_id, "replaced")
    assert held(playlist) == TRACK_URIS[::-1]
    assert playlist.description != mark
    assert playlist.description.startswith("new [tunegenie:")
    assert push(connected, TRACK_URIS[::-1]).outcome == "unchanged"


def test_the_same_track_twice_stays_twice(connected: Connected) -> None:
    uris = [TRACK_URIS[0]] * 150
    push(connected, uris)
    assert held(named(connected)[0]) == uris


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("fault", [COMMITTED, REFUSED, Fault(disconnect_mid_body=True), Fault(empty_200=True)], ids=str)
@pytest.mark.parametrize("path", ["*/me/playlists", "*/items"])
def test_no_fault_of_a_post_makes_anything_twice(connected: Connected, path: str, fault: Fault, call: int) -> None:
    connected.sandbox.faults = FaultPlan([FaultRule(fault, method="POST", path=path, calls=tuple(range(1, call + 1)))])
    result = push(connected, TRACK_URIS)
    [playlist] = named(connected)
    assert (result.outcome, held(playlist)) == ("created", TRACK_URIS)
    assert push(connected, TRACK_URIS).outcome == "unchanged"


@pytest.mark.parametrize("fault", [COMMITTED, REFUSED, Fault(truncate_json=True)], ids=str)
def test_no_fault_of_a_put_matters(connected: Connected, fault: Fault) -> None:
    push(connected, TRACK_URIS)
    connected.sandbox.faults = FaultPlan([FaultRule(fault, method="PUT", calls=(1, 2, 4))])
    push(connected, TRACK_URIS[:110][::-1])
    assert held(named(connected)[0]) == TRACK_URIS[:110][::-1]


def test_a_push_that_was_given_up_goes_on_with_the_next(connected: Connected) -> None:
    connected.sandbox.faults = FaultPlan([FaultRule(REFUSED, method="POST", path="*/items")])
    with pytest.raises(ServerFailure):
        push(connected, TRACK_URIS)
    assert held(named(connected)[0]) == TRACK_URIS[:100]
    connected.sandbox.faults = FaultPlan()
    replaced = connected.calls("PUT")
    push(connected, TRACK_URIS)
    assert [held(playlist) for playlist in named(connected)] == [TRACK_URIS]
    assert connected.calls("PUT") == replaced, "it went on from what was there"


def test_a_service_that_is_down_is_not_asked_for_ever(connected: Connected) -> None:
    connected.sandbox.faults = FaultPlan([FaultRule(REFUSED, method="POST", path="*/me/playlists")])
    with pytest.raises(ServerFailure):
        push(connected, TRACK_URIS)
    assert connected.calls("POST", "/me/playlists") <= 4
    assert named(connected) == []


def test_a_playlist_of_the_listener_with_the_same_name_is_left_alone(connected: Connected) -> None:
    own = str(connected.client().create_playlist("For Ada", "my own").fields()["id"])
    result = push(connected, TRACK_URIS[:1])
    assert result.playlist_id != own
    assert held(connected.sandbox.world.playlists[own]) == []


def test_a_playlist_of_somebody_else_that_is_followed_is_left_alone(connected: Connected) -> None:
    connected.log_in("bob")
    theirs = push_playlist(connected.client("acc-bob"), "For Ada", TRACK_URIS[:2], "made")
    connected.sandbox.world.accounts["ada"].playlist_ids.insert(0, theirs.playlist_id)
    ours = push(connected, TRACK_URIS[:1])
    assert ours.outcome == "created"
    assert held(connected.sandbox.world.playlists[theirs.playlist_id]) == TRACK_URIS[:2]


def test_a_description_is_one_line_that_fits(connected: Connected) -> None:
    push(connected, TRACK_URIS[:1], description="two\nlines " + "x" * 400)
    description = named(connected)[0].description
    assert len(description) <= 300
    assert description.startswith("two lines xxx")
    assert push(connected, TRACK_URIS[:1]).outcome == "unchanged"


def test_a_track_that_spotify_does_not_know_is_told(connected: Connected) -> None:
    with pytest.raises(NotFound):
        push(connected, ["spotify:track:" + "9" * 22])
