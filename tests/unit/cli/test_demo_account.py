"""The account of the demo: the same for the same population, on its days, connected while its block runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ml.listeners.population import PopulationSpec
from tunegenie_assets.cli.demo_account import CONNECTED, connected_account, simulated_account
from tunegenie_assets.sources.services.state import CollectorState, Record

SPEC = PopulationSpec(listeners=3, seed=5, first_day=date(2025, 3, 1), until=date(2025, 3, 11))


def test_the_same_population_has_the_same_account() -> None:
    one, other = (simulated_account(SPEC, 42) for _ in range(2))
    assert list(one.accounts) == [CONNECTED]
    assert one.accounts[CONNECTED] == other.accounts[CONNECTED]


def test_plays_lie_on_the_days_of_the_population_however_they_are_told() -> None:
    plays = simulated_account(SPEC, 42).accounts[CONNECTED].plays
    assert len(plays) > 50
    told = [play.ended_at - timedelta(milliseconds=play.item.duration_ms) for play in plays if play.item]
    begun = [play.started_at for play in plays]
    assert datetime(2025, 3, 1, tzinfo=UTC) <= min(told + begun)
    assert max(begun) < datetime(2025, 3, 11, tzinfo=UTC)


def test_the_account_is_connected_until_the_block_ends(tmp_path: Path) -> None:
    state = CollectorState(tmp_path / "collector.sqlite")
    with connected_account(SPEC, 42, state) as account:
        services = account.services
        assert [token.listener_id for token in services.tokens()] == [CONNECTED]
        assert services.time.now() == datetime(2025, 3, 11)
        services.time.sleep(90)
        assert account.sandbox.clock.now() == datetime(2025, 3, 11, 0, 1, 30, tzinfo=UTC)
        spotify = services.clients(state, services.time.now, services.time.sleep).spotify[CONNECTED]
        assert spotify.recently_played().text.count('"played_at"') == 50
        assert account.calls() == {"login": 3, "spotify": 2}
    assert not Path(services.tokens_path).exists()
    assert state.calls_since("spotify", datetime(2025, 1, 1)) == []


def test_a_later_pass_comes_later(tmp_path: Path) -> None:
    state = CollectorState(tmp_path / "collector.sqlite")
    asked_at = datetime(2025, 3, 11, 0, 5)
    record = Record("spotify_playlists", CONNECTED, "p|s", None, 200, asked_at, "f", 0, 0, "{}")
    state.absorb("f", [record], first_counts=())
    with connected_account(SPEC, 42, state) as account:
        assert account.services.time.now() == asked_at + timedelta(seconds=1)
