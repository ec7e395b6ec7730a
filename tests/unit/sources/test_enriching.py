"""What is looked up in a pass against the stand-in over real HTTP, and what is never asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.collector import Bench
from tests.unit.sources.services.worlds import ARTIST_ID, MBID, TRACK_IDS, Connected, a_clock, a_world
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule
from tunegenie_assets.sandbox.profile import Profile
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import Artist
from tunegenie_assets.sources.enriching import AT_MOST, Wanted
from tunegenie_assets.sources.streams.musicbrainz import BY_NAME, BY_SPOTIFY_ID
from tunegenie_assets.sources.streams.rows import rows_of

LINKS, TAGS, LASTFM_TRACKS = "musicbrainz_artist_links", "lastfm_artist_tags", "lastfm_tracks"
NOTHING = Wanted()


def rows(bench: Bench, stream: str) -> list[dict[str, Any]]:
    return [row for record in bench.state.records(stream) for row in rows_of(record)]


def picked(bench: Bench, stream: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows(bench, stream)]


def enriched(bench: Bench, wanted: Wanted) -> int:
    """How many calls it took."""
    before = bench.connected.calls()
    outcomes = bench.collect("enrichment", wanted=wanted)
    assert {outcome.problem for outcome in outcomes.values()} == {None}
    return bench.connected.calls() - before


def unlink(bench: Bench) -> None:
    """MusicBrainz knows the artist, and nobody told it of the artist's page at Spotify."""
    bench.connected.sandbox.faults = FaultPlan([FaultRule(Fault(status=404, body="{}"), path="/ws/2/url")])


def test_the_first_pass_looks_up_what_it_has_just_collected(bench: Bench) -> None:
    tracks = bench.connected.sandbox.world.tracks
    tracks[TRACK_IDS[59]] = replace(tracks[TRACK_IDS[59]], isrc="QZABC2600059")
    bench.collect("plays", "enrichment", wanted=NOTHING)
    assert picked(bench, "spotify_artists", "artist_id", "artist_name") == [(ARTIST_ID, "Cher")]
    assert picked(bench, TAGS, "artist_name", "tag") == [("Cher", "pop"), ("Cher", "seen live")]
    assert picked(bench, LINKS, "asked_by", "asked_for", "artist_mbid") == [(BY_SPOTIFY_ID, ARTIST_ID, MBID)]
    assert picked(bench, "musicbrainz_artists", "artist_mbid", "artist_name", "genre") == [(MBID, "Cher", "pop")]
    recordings = picked(bench, "musicbrainz_recordings", "track_name", "duration_ms", "isrc")
    assert recordings[-1] == ("Song 59", 180_000, "QZABC2600059")
    assert recordings[-2] == ("Song 58", 180_000, None)


def test_tracks_by_name(bench: Bench) -> None:
    names = [("Cher", "Song 7"), ("Nobody", "No | song"), (" ", "Song 7")]
    enriched(bench, Wanted(named_tracks=names))
    columns = ("asked_artist", "asked_track", "artist_name", "track_name", "album_name", "duration_ms")
    expected = [
        ("Cher", "Song 7", "Cher", "Song 7", "Believe", 180_000),
        ("Nobody", "No | song", None, None, None, None),
    ]
    assert picked(bench, LASTFM_TRACKS, *columns) == expected
    assert picked(bench, "listenbrainz_recordings", *columns) == expected
    [found, _] = rows(bench, "listenbrainz_recordings")
    assert (found["recording_mbid"], found["artist_mbid"]) == ("00000000-0000-4000-8000-000000000007", MBID)
    assert enriched(bench, Wanted(named_tracks=names)) == 0


def test_names_that_were_shortened_to_be_asked_are_known_in_full(bench: Bench) -> None:
    wanted = Wanted(named_tracks=[("a" * 200, "b" * 200)])
    enriched(bench, wanted)
    assert picked(bench, "listenbrainz_recordings", "asked_artist", "asked_track") == wanted.named_tracks
    assert enriched(bench, wanted) == 0


@pytest.mark.parametrize("errors_in_200", [True, False])
def test_what_nobody_knows_is_asked_once(bench: Bench, errors_in_200: bool) -> None:
    bench.connected.sandbox.world.lastfm_errors_in_200 = errors_in_200
    nobody = "11111111-1111-4111-8111-111111111111"
    wanted = Wanted(
        tracks=["9" * 22],
        albums=["9" * 22],
        artists=["9" * 22],
        artist_names=["Nobody"],
        named_tracks=[("Nobody", "Nothing")],
        recordings=[nobody],
    )
    enriched(bench, wanted)
    assert picked(bench, TAGS, "artist_name", "tag") == [("Nobody", None)]
    assert picked(bench, LASTFM_TRACKS, "asked_artist", "track_name") == [("Nobody", None)]
    assert picked(bench, LINKS, "asked_for", "artist_mbid") == [("Nobody", None), ("9" * 22, None)]
    assert picked(bench, "musicbrainz_recordings", "recording_mbid", "track_name", "isrc") == [(nobody, None, None)]
    # Whether an app has audio features is found out daily, and was not there to be asked.
    assert enriched(bench, wanted) == 0


def test_an_artist_whose_address_is_not_linked_is_asked_for_by_name(bench: Bench) -> None:
    unlink(bench)
    wanted = Wanted(artists=[ARTIST_ID], artist_names=["CHER"])
    enriched(bench, wanted)
    assert picked(bench, LINKS, "asked_by", "artist_mbid") == [(BY_SPOTIFY_ID, None)]
    enriched(bench, wanted)
    assert picked(bench, LINKS, "asked_by", "artist_mbid") == [(BY_NAME, MBID), (BY_SPOTIFY_ID, None)]
    assert picked(bench, "musicbrainz_artists", "artist_name") == [("Cher",)]


def test_a_name_that_two_have_is_nobody_for_certain(bench: Bench) -> None:
    other = Artist("0" * 21 + "C", "cher", mbid="22222222-2222-4222-8222-222222222222")
    bench.connected.sandbox.world.artists[other.artist_id] = other
    enriched(bench, Wanted(artist_names=["Cher"]))
    assert picked(bench, LINKS, "asked_by", "artist_mbid") == [(BY_NAME, None)]


def test_a_merged_artist_is_known_by_the_id_that_was_asked_for(bench: Bench) -> None:
    world = bench.connected.sandbox.world
    merged = "33333333-3333-4333-8333-333333333333"
    enriched(bench, Wanted(artist_names=["Cher"], again=True))
    body = f'{{"id": "{merged}", "name": "Cher", "genres": [{{"name": "pop", "count": 3}}]}}'
    bench.connected.sandbox.faults = FaultPlan([FaultRule(Fault(status=200, body=body), path=f"/ws/2/artist/{MBID}")])
    assert world.artists[ARTIST_ID].mbid == MBID
    enriched(bench, Wanted(artist_names=["Cher"], again=True))
    assert picked(bench, "musicbrainz_artists", "artist_mbid", "genre", "count") == [(MBID, "pop", 3)]


def test_again_asks_for_exactly_what_is_asked_and_for_all_of_it(bench: Bench) -> None:
    bench.collect("plays", "enrichment", wanted=NOTHING)
    bench.connected.sandbox.world.artist_tags[ARTIST_ID].pop()
    names = [f"Nobody {number}" for number in range(AT_MOST["lastfm"])]
    wanted = Wanted(artist_names=[*names, "Cher"], again=True)
    lastfm = replace(bench.clients(), spotify={}, musicbrainz=None, listenbrainz=None)
    bench.clients = lambda: lastfm
    assert enriched(bench, wanted) == len(names) + 1
    assert [row["tag"] for row in rows(bench, TAGS) if row["artist_name"] == "Cher"] == ["pop"]


def test_one_pass_looks_up_so_many_of_the_most_played(bench: Bench) -> None:
    mbids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(100)]
    enriched(bench, Wanted(recordings=["not an id", *reversed(mbids)]))
    most = AT_MOST["musicbrainz"]
    assert picked(bench, "musicbrainz_recordings", "recording_mbid") == [(mbid,) for mbid in mbids[-most:]]
    enriched(bench, Wanted(recordings=mbids))
    assert len(rows(bench, "musicbrainz_recordings")) == 2 * most


def test_a_pass_takes_no_more_than_five_minutes(bench: Bench) -> None:
    many = [f"Nobody {number}" for number in range(300)]
    mbids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(300)]
    begin = bench.connected.now()
    enriched(bench, Wanted(artist_names=many, named_tracks=[(name, "x") for name in many], recordings=mbids))
    assert timedelta(minutes=3) < bench.connected.now() - begin <= timedelta(minutes=5)


def test_a_budget_goes_to_artists_and_tracks_first(bench: Bench) -> None:
    wanted = Wanted(tracks=TRACK_IDS[:2], albums=["9" * 22], artists=[ARTIST_ID])
    enriched(bench, wanted)
    asked = [entry.path.split("/")[2] for entry in bench.connected.sandbox.journal if entry.path.startswith("/v1/")]
    # Several at once are tried before one by one.
    order = [kind for kind in asked if kind in ("artists", "tracks", "albums", "audio-features")]
    assert list(dict.fromkeys(order)) == ["artists", "tracks", "albums", "audio-features"]


def test_audio_features_of_what_was_heard_and_of_what_was_looked_up(tmp_path: Path) -> None:
    with Sandbox(a_world(), clock=a_clock(), profile=Profile.EXTENDED) as sandbox:
        bench = Bench(Connected(sandbox, tmp_path))
        bench.collect("enrichment", wanted=Wanted(tracks=[TRACK_IDS[100]]))
        bench.collect("plays", "enrichment", wanted=NOTHING)
        tracks = {track for (track,) in picked(bench, "spotify_audio_features", "track_id")}
    assert tracks == {*TRACK_IDS[:50], TRACK_IDS[100]}


def test_what_is_unknown_among_many_is_asked_once(tmp_path: Path) -> None:
    with Sandbox(a_world(), clock=a_clock(), profile=Profile.EXTENDED) as sandbox:
        bench = Bench(Connected(sandbox, tmp_path))
        unknown = ["9" * 22, "8" * 22]
        wanted = Wanted(tracks=[unknown[0], TRACK_IDS[0], unknown[1]], albums=unknown, artists=unknown)
        enriched(bench, wanted)
        names = dict(picked(bench, "spotify_tracks", "track_id", "track_name"))
        assert names == {unknown[0]: None, TRACK_IDS[0]: "Song 0", unknown[1]: None}
        assert enriched(bench, wanted) == 0


def test_a_track_that_answers_under_another_id_is_known_under_both(bench: Bench) -> None:
    asked, told = "A" * 22, "B" * 22
    body = f'{{"id": "{told}", "name": "x"}}'
    bench.connected.sandbox.faults = FaultPlan([FaultRule(Fault(status=200, body=body), path=f"/v1/tracks/{asked}")])
    bench.collect("enrichment", wanted=Wanted(tracks=[asked]))
    assert picked(bench, "spotify_tracks", "track_id", "track_name") == [(asked, "x"), (told, "x")]


@pytest.mark.parametrize("what", ["not on the allow-list", "authorization ended"])
def test_what_is_looked_up_does_not_hang_on_one_listener(bench: Bench, what: str) -> None:
    world = bench.connected.sandbox.world
    if what == "authorization ended":
        world.grants.revoke("ada")
        bench.connected.sandbox.clock.advance(timedelta(hours=2))
    else:
        world.accounts["ada"].on_allow_list = False
    assert enriched(bench, Wanted(tracks=TRACK_IDS[:2])) > 0
    assert len(rows(bench, "spotify_tracks")) == 2
