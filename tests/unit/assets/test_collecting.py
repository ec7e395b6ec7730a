"""The asset that asks the services, against the stand-in: what its configuration means, and two passes at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import dagster as dg
import duckdb
import pytest

from tests.unit.sources.services.worlds import ARTIST_ID, LASTFM_KEY, SECRET, TRACK_IDS, URI, a_world, agree
from tunegenie_assets.assets.collecting import page_files
from tunegenie_assets.keys import BUILD_COLLECTED
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.services import build_services
from tunegenie_assets.sandbox.clock import SandboxClock
from tunegenie_assets.sandbox.server import Sandbox
from tunegenie_assets.sandbox.world import PlayEvent
from tunegenie_assets.settings import Settings, load_settings
from tunegenie_assets.sources.services.spotify import SCOPES
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.wiring import build_resources

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Bench:
    """Ada and bob, connected to a stand-in whose clock is the real one, which the asset goes by."""

    settings: Settings
    sandbox: Sandbox

    def collect(self, **config: object) -> list[dict[str, Any]]:
        """One pass; returns its outcomes."""
        with dg.DagsterInstance.ephemeral() as instance:
            outcomes: Any = self.told(instance, **config)["outcomes"].value
        return outcomes

    def told(self, instance: dg.DagsterInstance, **config: object) -> Mapping[str, dg.MetadataValue[Any]]:
        """The metadata of one pass."""
        result = dg.materialize(
            [page_files],
            instance=instance,
            resources=build_resources(self.settings),
            run_config={
                "ops": {page_files.key.to_python_identifier(): {"config": config}},
                "loggers": {"console": {"config": {"log_level": "ERROR"}}},
            },
        )
        [event] = result.get_asset_materialization_events()
        return event.materialization.metadata

    def heard(self, days_ago: int) -> None:
        """Ada heard a song, of which Last.fm learns now."""
        account = self.sandbox.world.accounts["ada"]
        ended_at = NOW - timedelta(days=days_ago)
        track = self.sandbox.world.tracks[TRACK_IDS[days_ago]]
        account.plays.append(PlayEvent(track, ended_at - timedelta(minutes=3), ended_at))

    def asked(self, method: str) -> Counter[str]:
        """How often which artist was asked for by this method of Last.fm."""
        calls = [entry.params for entry in self.sandbox.journal if entry.params.get("method") == method]
        return Counter(params["artist"] for params in calls)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Sandbox(a_world(), clock=SandboxClock(NOW)) as sandbox:
        settings = load_settings(
            home=tmp_path / "home",
            spotify_client_id="id",
            spotify_client_secret=SECRET,
            spotify_redirect_uri=URI,
            spotify_api_url=sandbox.spotify_api_url,
            spotify_accounts_url=sandbox.accounts_url,
            lastfm_api_key=LASTFM_KEY,
            lastfm_names="ada=fm-ada,bob=fm-bob",
            lastfm_url=sandbox.lastfm_url,
        )
        services = build_services(settings)
        state = CollectorState(settings.collector_path)
        login = services.login(services.caller(state, lambda: NOW.replace(tzinfo=None), lambda _: None))
        for listener in ("ada", "bob"):
            pending = login.begin(listener, SCOPES)
            login.finish(pending, agree(pending.url, listener))
        yield Bench(settings, sandbox)


def test_two_passes_at_once_ask_for_nothing_twice(bench: Bench) -> None:
    both = Barrier(2)

    def one_pass() -> list[dict[str, Any]]:
        both.wait()
        return bench.collect(scopes=["enrichment"], artist_names=["Cher", "Sonny", "Nobody at all"])

    with ThreadPoolExecutor(2) as threads:
        passes = [thread.result() for thread in [threads.submit(one_pass) for _ in range(2)]]
    assert bench.asked("artist.getTopTags") == {"Cher": 1, "Sonny": 1, "Nobody at all": 1}
    assert min(sum(outcome["pages"] for outcome in outcomes) for outcomes in passes) == 0


def test_a_pass_tells_the_days_of_a_build_that_was_killed(bench: Bench) -> None:
    @dg.job(name=BUILD_COLLECTED)
    def build() -> None: ...

    long_ago = date(2003, 1, 1)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.create_run_for_job(build, status=dg.DagsterRunStatus.FAILURE, tags=range_tags(long_ago, long_ago))
        assert bench.told(instance, scopes=["plays"])["first_day"].value == long_ago.isoformat()
        # Without scopes the asset is listed and nothing is asked or owed.
        assert "first_day" not in bench.told(instance)


def test_only_the_listeners_named_are_asked_for(bench: Bench) -> None:
    outcomes = bench.collect(scopes=["plays"], listeners=["bob"])
    assert {(one["stream"], one["subject"]) for one in outcomes} == {
        ("spotify_recently_played", "bob"),
        ("lastfm_scrobbles", "bob"),
    }
    assert bench.collect(scopes=["plays"], listeners=["carol"]) == []


def test_scrobbles_are_walked_again_from_the_first_of_the_days(bench: Bench) -> None:
    bench.collect(scopes=["plays"], listeners=["ada"])
    for days_ago in (6, 7):
        bench.heard(days_ago)

    def found(**config: object) -> int:
        outcomes = bench.collect(scopes=["plays"], listeners=["ada"], **config)
        [scrobbles] = [one for one in outcomes if one["stream"] == "lastfm_scrobbles"]
        return len(_days(bench)) if scrobbles["problem"] is None else -1

    before = len(_days(bench))
    assert found() == before
    assert found(since_days=7) == before + 1
    assert found(since_days=8) == before + 2
    assert found(since_days=8) == before + 2


def _days(bench: Bench) -> list[datetime]:
    records = CollectorState(bench.settings.collector_path).records("lastfm_scrobbles", subject="ada")
    return [record.requested_at for record in records if record.day is not None]


def test_named_artists_are_asked_for_again_and_nothing_else(bench: Bench) -> None:
    named: dict[str, object] = {"artist_names": ["Cher"], "artist_ids": [ARTIST_ID]}
    for times in (1, 2, 3):
        again = times > 1
        outcomes = bench.collect(scopes=["enrichment"], again=again, **named)
        pages = {one["stream"]: one["pages"] for one in outcomes if one["pages"]}
        assert pages.keys() >= {"lastfm_artist_tags", "spotify_artists"}
        assert not pages.keys() & {"spotify_tracks", "spotify_albums", "spotify_audio_features"}
        assert bench.asked("artist.getTopTags") == {"Cher": times}
    assert bench.collect(scopes=["enrichment"], **named)
    assert bench.asked("artist.getTopTags") == {"Cher": 3}


def test_all_unknown_artists_and_no_track(bench: Bench) -> None:
    warehouse = warehouse_for(bench.settings)
    warehouse.create_all()
    with duckdb.connect(str(bench.settings.warehouse_path)) as connection:
        connection.execute("create schema silver")
        connection.execute("create table silver.listeners as select 'ada' as listener_id, false as is_simulated")
        connection.execute(
            f"""
            create table silver.plays as
            select 'ada' as listener_id, '{TRACK_IDS[0]}' as track_id, 'Song' as track_name, 'a' as artist_id,
                   'Cher' as artist_name, null::varchar as recording_mbid
            """
        )
        connection.execute(
            """
            create table silver.tracks as
            select *, null::varchar as album_name, null::varchar as duration_source from silver.plays
            """
        )
    for pages in (1, 0):
        outcomes = bench.collect(scopes=["enrichment"], only_artists=True)
        assert sum(one["pages"] for one in outcomes) == pages
    assert bench.asked("artist.getTopTags") == {"Cher": 1}
    outcomes = bench.collect(scopes=["enrichment"])
    assert "spotify_tracks" in {one["stream"] for one in outcomes if one["pages"]}
