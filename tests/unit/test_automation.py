"""What follows by condition: evaluated as the daemon does, on an instance in memory, with a clock of the test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from tunegenie_assets.automation import CONDITIONS, build_automation_sensor, with_automation
from tunegenie_assets.partitions import play_days, range_tags

DRIFT = dg.AssetKey(["recommender", "drift"])
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dg.asset(key=["silver", "plays"], partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
def plays() -> None: ...


@dg.asset(key=["gold", "dim_track"])
def tracks() -> None: ...


@dg.asset(key=DRIFT, deps=[plays, tracks])
def drift() -> None: ...


class Clock:
    """Ticks of the sensor that evaluates the conditions; `later` moves its clock."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.now = START
        self.cursor: dg.AutomationConditionCursor | None = None
        specs = dg.map_asset_specs(with_automation, [plays, tracks, drift])
        self.definitions = dg.Definitions(specs)

    def tick(self, **later: float) -> int:
        """How often drift is asked for."""
        self.now += timedelta(**later)
        result = dg.evaluate_automation_conditions(
            self.definitions,
            self.instance,
            asset_selection=dg.AssetSelection.all(),
            cursor=self.cursor,
            evaluation_time=self.now,
        )
        self.cursor = result.cursor
        assert result.get_num_requested(plays.key) == result.get_num_requested(tracks.key) == 0
        return result.get_num_requested(DRIFT)

    def build(self, *assets: dg.AssetsDefinition, days: int = 1) -> None:
        first = datetime(2025, 1, 1, tzinfo=UTC).date()
        tags = range_tags(first, first + timedelta(days=days - 1)) if plays in assets else {}
        assert dg.materialize(list(assets), instance=self.instance, tags=tags).success


@pytest.fixture
def clock() -> Iterator[Clock]:
    with dg.DagsterInstance.ephemeral() as instance:
        clock = Clock(instance)
        clock.build(plays)
        clock.build(tracks)
        clock.build(drift)
        assert clock.tick() == 0
        yield clock


def test_a_change_is_followed_after_the_next_tick_of_the_hour_and_once(clock: Clock) -> None:
    clock.build(tracks)
    assert clock.tick(minutes=10) == 0
    assert clock.tick(minutes=45) == 1
    clock.build(drift)
    assert [clock.tick(minutes=30) for _ in range(6)] == [0] * 6


def test_nothing_is_requested_where_nothing_changed(clock: Clock) -> None:
    assert [clock.tick(hours=1) for _ in range(5)] == [0] * 5


def test_changes_all_the_time_are_followed_once_an_hour(clock: Clock) -> None:
    asked = 0
    for _ in range(24):
        clock.build(tracks)
        if clock.tick(minutes=10):
            asked += 1
            clock.build(drift)
    assert asked == 4


def test_a_backfill_of_a_year_asks_for_one_run(clock: Clock) -> None:
    clock.build(plays, days=365)
    assert [clock.tick(hours=1) for _ in range(2)] == [1, 0]


def test_a_build_that_makes_it_as_well_asks_for_nothing(clock: Clock) -> None:
    clock.build(tracks, drift)
    assert [clock.tick(hours=1) for _ in range(3)] == [0] * 3


def test_it_waits_until_a_build_before_it_has_ended(clock: Clock) -> None:
    clock.build(tracks)
    job = dg.Definitions([tracks], jobs=[dg.define_asset_job("build_tracks")]).resolve_job_def("build_tracks")
    run = clock.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, asset_selection=frozenset([tracks.key])
    )
    assert [clock.tick(hours=1) for _ in range(2)] == [0, 0]
    clock.instance.report_run_failed(run)
    assert clock.tick(hours=1) == 1


def test_what_was_never_built_waits_for_a_build() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        clock = Clock(instance)
        assert [clock.tick(hours=1) for _ in range(3)] == [0] * 3


def test_what_follows_is_whole_tables_only() -> None:
    """A condition on days would ask for a run for each of them."""
    assert {key.path[0] for key in CONDITIONS} <= {"reports", "publish", "recommender"}
    assert with_automation(plays.get_asset_spec()).automation_condition is None


@pytest.mark.parametrize(("is_collecting", "status"), [(True, "RUNNING"), (False, "STOPPED")])
def test_it_is_on_where_the_platform_works_by_the_clock(is_collecting: bool, status: str) -> None:
    assert build_automation_sensor(is_collecting=is_collecting).default_status.value == status
