from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from benches.collect import faulty
from benches.collect.listening import disturbed, heavy_listeners
from tunegenie_assets.sandbox.world import Artist, LocalFile, PlayEvent, Track

BEGIN = datetime(2026, 8, 3, tzinfo=UTC)
ARTIST = Artist("a" * 22, "Cher")
TRACKS = [Track(f"{n:022d}", f"Song {n}", (ARTIST.artist_id,), "b" * 22, 180_000) for n in range(7)]


def plays(count: int) -> list[PlayEvent]:
    ends = [BEGIN + timedelta(minutes=4 * n) for n in range(count)]
    return [PlayEvent(TRACKS[n % 7], end - timedelta(minutes=3), end) for n, end in enumerate(ends)]


def test_every_disturbance_happens_and_no_play_is_dropped() -> None:
    before = plays(5_000)
    after, again = (disturbed(before, Random(1)) for _ in range(2))
    assert [play.started_at for play in after] == [play.started_at for play in before]
    assert after == again
    late = [play.visible_from - play.ended_at for play in after if play.visible_from]
    assert min(late) > timedelta(minutes=19)
    assert any(wait > timedelta(days=1) for wait in late)
    assert any(one.visible_from and one.visible_from == other.visible_from for one, other in pairwise(after))
    assert any(play.private_session for play in after)
    assert any(isinstance(play.item, LocalFile) for play in after)
    assert any(play.item is None for play in after)
    together = [(one, other) for one, other in pairwise(after) if one.ended_at == other.ended_at]
    assert together
    assert all(one.item != other.item for one, other in together)


def test_listeners_are_heavy_and_the_same_each_time() -> None:
    world, again = (heavy_listeners(1, listeners=2, begin=BEGIN, days=2) for _ in range(2))
    assert [a.plays for a in world.accounts.values()] == [a.plays for a in again.accounts.values()]
    for account in world.accounts.values():
        assert len(account.visible_plays(BEGIN)) > 50
        assert len(account.visible_plays(BEGIN + timedelta(days=2))) > len(account.visible_plays(BEGIN)) + 50


def test_a_tenth_of_the_requests_of_each_kind_is_struck() -> None:
    plan = faulty.plan(1)
    for method, path in (("GET", "/v1/me/player/recently-played"), ("POST", "/api/token"), ("GET", "/2.0/")):
        struck = [fault for _ in range(5_000) if (fault := plan.strike(method, path))]
        assert 0.085 < len(struck) / 5_000 < 0.115
        kinds = {str(fault) for fault in struck}
        assert len(kinds) >= len(faulty.ANYWHERE)
        assert (str(faulty.LONG) in kinds) == (path != "/api/token")
    assert plan.strike("GET", "/__admin/clock") is None
