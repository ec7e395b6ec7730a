from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.sources.errors import InvalidRequestError, LandingError, SourceError
from tunegenie_assets.sources.preferences import (
    Exclusion,
    ListenerZone,
    PreferenceStore,
    Statement,
    in_force,
    make_exclusion,
    spotify_id_in,
)

TRACK_ID = "4uLU6hMCjMI75M1A2tKUQC"
NEW_YEAR = date(2024, 1, 1)


@pytest.fixture(params=["local", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PreferenceStore:
    roots = {
        "local": tmp_path / "landing",
        "file": f"file://{tmp_path}/landing",
        "memory": f"memory://{uuid4().hex}/landing",
    }
    return PreferenceStore(roots[request.param])


def exclusion(artist: str | None = "The Gutters", listener_id: str = "ada", now: datetime = LANDED_AT) -> Exclusion:
    return make_exclusion(listener_id, artist=artist, now=now)


def after(minutes: int) -> datetime:
    return LANDED_AT + timedelta(minutes=minutes)


def test_what_is_excluded_is_read_back(store: PreferenceStore) -> None:
    assert store.exclusions() == []
    whole = make_exclusion(
        "ada",
        artist=" The  Gutters ",
        track=f"spotify:track:{TRACK_ID}",
        playlist="Sleep",
        first_date=NEW_YEAR,
        last_date=NEW_YEAR,
        now=LANDED_AT,
    )
    assert whole == Exclusion("ada", "The Gutters", None, TRACK_ID, "Sleep", NEW_YEAR, NEW_YEAR, LANDED_AT)
    assert store.exclude(whole) is whole
    store.exclude(make_exclusion("bob", track="Été [live]", now=LANDED_AT))
    assert store.exclusions()[0] == whole
    assert (store.exclusions()[1].track_name, store.exclusions()[1].listener_id) == ("Été [live]", "bob")


def test_same_exclusion_twice_is_one_and_keeps_its_time(store: PreferenceStore) -> None:
    first = exclusion()
    assert store.exclude(first) is first
    again = exclusion("THE  GUTTERS", now=after(1))
    assert again.exclusion_id == first.exclusion_id
    assert store.exclude(again) == first
    assert store.exclusions() == [first]


def test_taking_back_leaves_the_others(store: PreferenceStore) -> None:
    gutters, lids = exclusion(), exclusion("The Lids")
    store.exclude(gutters)
    store.exclude(lids)
    assert store.take_back(gutters.exclusion_id, after(1)) == gutters
    assert store.exclusions() == [lids]
    assert store.take_back(gutters.exclusion_id, after(2)) is None
    later = replace(gutters, excluded_at=after(3))
    assert store.exclude(later) is later
    assert store.exclusions() == [lids, later]


def test_ids_tell_listeners_and_contents_apart() -> None:
    different = [
        exclusion(),
        exclusion(listener_id="bob"),
        make_exclusion("ada", track="The Gutters", now=LANDED_AT),
        make_exclusion("ada", playlist="The Gutters", now=LANDED_AT),
        make_exclusion("ada", artist="The Gutters", first_date=NEW_YEAR, now=LANDED_AT),
        make_exclusion("ada", artist="The Gutters", last_date=NEW_YEAR, now=LANDED_AT),
    ]
    assert len({e.exclusion_id for e in different}) == len(different)
    assert all(len(e.exclusion_id) == 8 for e in different)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: make_exclusion("ada", now=LANDED_AT), "needs an artist"),
        (lambda: exclusion("  "), "artist '  ': expected a name"),
        (lambda: exclusion("caf\udce9"), "expected a name"),
        (lambda: exclusion(listener_id="../etc"), "expected 1 to 64"),
        (lambda: exclusion(listener_id="sim-1"), "are simulated"),
        (lambda: make_exclusion("ada", track="spotify:album:x", now=LANDED_AT), "expected spotify:track:"),
        (
            lambda: make_exclusion("ada", first_date=NEW_YEAR, last_date=NEW_YEAR - timedelta(days=1), now=LANDED_AT),
            "2023-12-31 lies before the first date 2024-01-01",
        ),
    ],
)
def test_what_cannot_be_excluded_is_named(make: Callable[[], Exclusion], expected: str) -> None:
    with pytest.raises(InvalidRequestError, match=expected) as caught:
        make()
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "track_id"),
    [
        (f"spotify:track:{TRACK_ID}", TRACK_ID),
        (f"https://open.spotify.com/track/{TRACK_ID}", TRACK_ID),
        (f" https://open.spotify.com/intl-de/track/{TRACK_ID}/?si=ab12#t ", TRACK_ID),
        ("Tin Roof", None),
        ("Track: one", None),
        (TRACK_ID, None),
    ],
)
def test_a_track_is_a_reference_or_a_name(text: str, track_id: str | None) -> None:
    assert spotify_id_in(text, "track") == track_id


@pytest.mark.parametrize(
    "text", ["spotify:track:", "spotify:track:short", f"https://open.spotify.com/artist/{TRACK_ID}", "spotify:local:a"]
)
def test_a_reference_to_something_else_is_no_name(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="22 letters and digits"):
        spotify_id_in(text, "track")


def test_later_zone_for_one_date_counts(store: PreferenceStore) -> None:
    store.set_zone("ada", "Europe/Zurich", None, LANDED_AT)
    store.set_zone("ada", "Asia/Tokyo", NEW_YEAR, after(1))
    store.set_zone("bob", "Europe/Oslo", None, after(2))
    # The clock was set back: what is said later counts nevertheless.
    store.set_zone("ada", "America/Denver", None, after(-10))
    assert [(z.listener_id, z.timezone, z.first_date) for z in store.zones()] == [
        ("ada", "Asia/Tokyo", NEW_YEAR),
        ("ada", "America/Denver", None),
        ("bob", "Europe/Oslo", None),
    ]


def test_a_withdrawn_zone_is_gone(store: PreferenceStore) -> None:
    tokyo = store.set_zone("ada", "Asia/Tokyo", NEW_YEAR, LANDED_AT)
    assert store.withdraw_zone("ada", None, LANDED_AT) is None
    assert store.withdraw_zone("bob", NEW_YEAR, LANDED_AT) is None
    assert store.withdraw_zone("ada", NEW_YEAR, LANDED_AT) == tokyo
    assert store.withdraw_zone("ada", NEW_YEAR, after(1)) is None
    assert store.zones() == []


def test_zone_and_listener_must_be_known_and_nothing_is_stored(tmp_path: Path) -> None:
    store = PreferenceStore(tmp_path / "landing")
    for listener_id, zone in (("ada", "Mars/Olympus"), ("Ada Lovelace", "UTC")):
        with pytest.raises(SourceError):
            store.set_zone(listener_id, zone, None, LANDED_AT)
    with pytest.raises(SourceError):
        store.set_travelling("..", follows=True, now=LANDED_AT)
    assert not (tmp_path / "landing").exists()


def test_travelling_is_chosen_and_left(store: PreferenceStore) -> None:
    assert not store.set_travelling("ada", follows=False, now=LANDED_AT)
    assert store.set_travelling("ada", follows=True, now=LANDED_AT)
    assert not store.set_travelling("ada", follows=True, now=after(1))
    assert store.set_travelling("bob", follows=True, now=after(1))
    assert [t.listener_id for t in store.travellers()] == ["ada", "bob"]
    assert store.set_travelling("ada", follows=False, now=after(2))
    assert [t.listener_id for t in store.travellers()] == ["bob"]


def test_nothing_said_is_ever_overwritten(tmp_path: Path) -> None:
    store = PreferenceStore(tmp_path / "landing")
    for _ in range(12):
        store.exclude(exclusion())
        store.take_back(exclusion().exclusion_id, LANDED_AT)
    assert store.exclusions() == []
    files = sorted((tmp_path / "landing" / "preferences" / "ada" / "exclusions").iterdir())
    assert len(files) == 24
    assert files[0].name == "20260101T000000000000Z-0000.json"


def test_a_file_that_landing_did_not_write_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "preferences" / "ada" / "zones"
    folder.mkdir(parents=True)
    (folder / "note.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LandingError, match=r"note\.json is damaged: not a preference"):
        PreferenceStore(tmp_path / "landing").zones()


zones = st.builds(
    ListenerZone,
    listener_id=st.sampled_from(["ada", "bob"]),
    timezone=st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Oslo"]),
    first_date=st.sampled_from([None, NEW_YEAR]),
    given_at=st.integers(0, 9).map(after),
)
histories = st.lists(st.builds(Statement[ListenerZone], zones, st.booleans()), max_size=12)


@given(histories)
def test_the_last_word_on_each_subject_counts(history: list[Statement[ListenerZone]]) -> None:
    found = in_force(history)
    last = {statement.preference.subject: statement for statement in history}
    assert {zone.subject: zone for zone in found} == {k: s.preference for k, s in last.items() if not s.withdrawn}
    assert len({zone.subject for zone in found}) == len(found)


@given(histories)
def test_saying_everything_again_changes_nothing(history: list[Statement[ListenerZone]]) -> None:
    once = {zone.subject: zone for zone in in_force(history)}
    assert {zone.subject: zone for zone in in_force([*history, *history])} == once
    assert {zone.subject: zone for zone in in_force([*history, *map(Statement, once.values())])} == once


@given(histories, histories)
def test_one_listener_does_not_change_what_another_said(
    ada: list[Statement[ListenerZone]], bob: list[Statement[ListenerZone]]
) -> None:
    own = [replace(s, preference=replace(s.preference, listener_id="ada")) for s in ada]
    other = [replace(s, preference=replace(s.preference, listener_id="bob")) for s in bob]
    of_ada = [zone for zone in in_force([*other, *own, *other]) if zone.listener_id == "ada"]
    assert of_ada == in_force(own)


@given(histories)
def test_everything_can_be_taken_back(history: list[Statement[ListenerZone]]) -> None:
    withdrawals = [Statement(zone, withdrawn=True) for zone in in_force(history)]
    assert in_force([*history, *withdrawals]) == []
