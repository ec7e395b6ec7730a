"""A pass of collection against the stand-in over real HTTP: what lands, what is remembered, what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from tests.unit.sources.collector import EVERYTHING, PLAYS, SCROBBLES, Bench
from tests.unit.sources.services.worlds import TRACK_IDS
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.sandbox.world import SavedItem
from tunegenie_assets.schemas.collected import SAVED_TRACKS
from tunegenie_assets.sources.enriching import AT_MOST, Wanted
from tunegenie_assets.sources.fetching import SCOPES, Fetching
from tunegenie_assets.sources.services.pages import SHARED, SIMULATED
from tunegenie_assets.sources.streams.registry import STREAMS
from tunegenie_assets.sources.streams.rows import page_row, rows_of, scrobble_row

_SNAPSHOTS = (("spotify_top_items", "ada"), ("lastfm_charts", SHARED))


def test_everything_is_collected_once(bench: Bench) -> None:
    first = bench.collect(*SCOPES)
    assert {outcome.problem for outcome in first.values()} == {None}
    assert {stream for stream, _ in first} == {s.name for s in STREAMS}
    # The last 50 of 60 plays; the page itself is none.
    assert first[PLAYS, "ada"].records == 50
    # Of what is more than one pass may look up the rest.
    assert bench.collect("enrichment")["musicbrainz_recordings", "_shared"].records == 15
    before = bench.connected.calls()
    again = bench.collect(*SCOPES)
    assert {key: outcome.records for key, outcome in again.items() if outcome.records} == {}
    # Plays, scrobbles, the latest page of saved tracks, playlists: nothing that is known.
    assert bench.connected.calls() - before == 2 + 1 + 2 + 2
    assert len(bench.plays()) == 50


def test_rows_are_what_the_services_said(bench: Bench) -> None:
    bench.collect(*SCOPES)
    [scrobble, *_] = [scrobble_row(r) for r in bench.state.records(SCROBBLES) if r.day]
    assert (scrobble["artist"], scrobble["export_tool"], scrobble["listener_id"]) == ("Cher", "api", "ada")
    by_stream = {s.name: [row for r in bench.state.records(s.name) for row in rows_of(r)] for s in STREAMS[2:]}
    assert {name: len(rows) for name, rows in by_stream.items()} == {
        "spotify_saved_tracks": 120,
        "spotify_top_items": by_stream["spotify_top_items"].__len__(),
        "spotify_playlists": 3,
        "spotify_playlist_items": 4,
        "spotify_tracks": 4,
        "spotify_albums": 0,
        "spotify_artists": 1,
        "spotify_audio_features": 0,
        "lastfm_artist_tags": 3,
        "lastfm_tracks": 2,
        "listenbrainz_recordings": 2,
        "musicbrainz_artist_links": 2,
        "musicbrainz_artists": 1,
        "musicbrainz_recordings": AT_MOST["musicbrainz"],
        "lastfm_charts": len(by_stream["lastfm_charts"]),
    }
    [top, *_] = [row for row in by_stream["spotify_top_items"] if row["kind"] == "tracks"]
    assert (top["rank"], top["time_range"], top["snapshot_date"]) == (1, "long_term", bench.connected.now().date())
    assert top["item_name"].startswith("Song ")
    kept, gone = [row for row in by_stream["spotify_playlist_items"] if row["listener_id"] == "bob"]
    assert (kept["position"], kept["item_type"], kept["item_name"], kept["artist_name"]) == (
        0,
        "track",
        "Song 0",
        "Cher",
    )
    assert (gone["position"], gone["item_type"], gone["item_name"], gone["is_local"]) == (1, None, None, False)
    assert by_stream["lastfm_charts"]
    names = {row["track_id"]: row["track_name"] for row in by_stream["spotify_tracks"]}
    assert names == {**{TRACK_IDS[n]: f"Song {n}" for n in range(3)}, "9" * 22: None}
    assert [(row["artist_name"], row["tag"]) for row in by_stream["lastfm_artist_tags"]][-1] == ("Nobody at all", None)
    [page] = [page_row(r) for r in bench.state.records(PLAYS, subject="ada", without_day=True)]
    assert (page["items"], page["is_full"]) == (50, True)


def test_late_and_equal_plays_are_neither_lost_nor_doubled(bench: Bench) -> None:
    bench.collect("plays")
    bench.play(1, minutes_ago=90, late=timedelta(hours=3))
    bench.connected.sandbox.clock.advance(timedelta(minutes=30))
    bench.collect("plays")
    assert bench.plays().count("Song 1") == 1
    bench.connected.sandbox.clock.advance(timedelta(hours=4))
    bench.collect("plays")
    bench.collect("plays")
    assert bench.plays().count("Song 1") == 2


def test_late_scrobbles_are_looked_for_once_a_day(bench: Bench) -> None:
    bench.collect("plays")
    bench.play(1, minutes_ago=8 * 24 * 60, late=timedelta(hours=1))
    for _ in range(50):
        bench.connected.sandbox.clock.advance(timedelta(minutes=30))
        assert bench.collect("plays")[SCROBBLES, "ada"].problem is None
    asked = [entry for entry in bench.connected.sandbox.journal if entry.path == "/2.0/"]
    reach = [int(entry.params["to"]) - int(entry.params["from"]) for entry in asked if "from" in entry.params]
    assert sorted(seconds > timedelta(days=14).total_seconds() for seconds in reach) == [False] * 49 + [True]
    rows = [scrobble_row(record) for record in bench.state.records(SCROBBLES, subject="ada") if record.day]
    assert [row["track"] for row in rows].count("Song 1") == 2


def test_a_pass_tells_what_it_does(bench: Bench) -> None:
    lines: list[str] = []
    bench.collector.collect(bench.works("plays", "charts"), tell=lines.append)
    assert lines[:2] == ["spotify recently played of ada: asking", "spotify recently played of ada: 1 answers"]
    assert lines[-1] == "lastfm charts: 2 answers"


def test_works_are_done_in_order_of_importance(bench: Bench) -> None:
    works = [replace(work) for work in bench.works(*SCOPES)]
    outcomes = bench.collector.collect(list(reversed(works)))
    purposes = {stream.name: stream.purpose for stream in STREAMS}
    done = [purposes[outcome.stream] for outcome in outcomes]
    assert done == sorted(done)


def test_what_is_no_longer_saved_is_left_out(bench: Bench) -> None:
    collection = Collection(landing_root=str(bench.connected.folder / "landing"), state_path=str(bench.state_path))

    def saved() -> list[str]:
        rows = collection.whole(SAVED_TRACKS).to_pylist()
        return sorted(row["track_id"] for row in rows if row["listener_id"] == "ada")

    account, clock = bench.connected.sandbox.world.accounts["ada"], bench.connected.sandbox.clock
    bench.collect("library")
    assert saved() == TRACK_IDS[:60]
    gone = account.saved_tracks.pop(10)
    clock.advance(timedelta(days=1))
    account.saved_tracks.insert(0, SavedItem(TRACK_IDS[70], clock.now()))
    # One that goes down to the last walk does not tell of what lies before it.
    bench.collect("library")
    assert saved() == [*TRACK_IDS[:60], TRACK_IDS[70]]
    clock.advance(timedelta(days=6))
    bench.collect("library")
    left = [track for track in TRACK_IDS[:60] if track != gone.item_id]
    assert saved() == [*left, TRACK_IDS[70]]
    clock.advance(timedelta(days=1))
    bench.collect("library")
    assert saved() == [*left, TRACK_IDS[70]]


def test_scrobbles_are_walked_from_a_given_time_whatever_is_known(bench: Bench) -> None:
    bench.collect("plays")
    since = bench.connected.now() - timedelta(days=40)
    works = Fetching(bench.clients(), bench.state, bench.connected.now, since=since).works(["plays"])
    assert not any(outcome.problem for outcome in bench.collector.collect(works))
    asked = [entry.params.get("from") for entry in bench.connected.sandbox.journal if entry.path == "/2.0/"]
    assert asked[-1] == str(int(since.replace(tzinfo=UTC).timestamp()))
    rows = [scrobble_row(record) for record in bench.state.records(SCROBBLES, subject="ada") if record.day]
    assert len(rows) == 60


def test_what_a_stand_in_told_is_asked_again_of_the_service(bench: Bench) -> None:
    simulated = replace(bench.clients(), shared=SIMULATED, most_lookups=2)
    fetching = Fetching(simulated, bench.state, bench.connected.now)
    for _ in range(2):
        outcomes = bench.collector.collect(fetching.works(["enrichment"], EVERYTHING))
        assert {outcome.subject for outcome in outcomes} == {SIMULATED}
    assert sorted(bench.state.keys("spotify_tracks", SIMULATED)) == sorted(TRACK_IDS[:2])
    assert bench.collect("enrichment")["spotify_tracks", SHARED].records == 3


def test_only_what_connected_listeners_heard_is_looked_up(bench: Bench) -> None:
    bench.collect("plays")
    others = replace(bench.clients(), spotify={"cy": bench.clients().spotify["ada"]}, lastfm_names={})
    bench.collector.collect(Fetching(others, bench.state, bench.connected.now).works(["enrichment"]))
    assert not bench.state.keys("spotify_artists", SHARED)
    bench.collect("enrichment", wanted=Wanted())
    assert bench.state.keys("spotify_artists", SHARED)
