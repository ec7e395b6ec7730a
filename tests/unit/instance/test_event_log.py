"""The batched event log must answer whatever is asked of it as Dagster's own does."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import dagster as dg
import pytest

from tunegenie_assets.instance.event_log import BatchedSqliteEventLogStorage
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.partitions import play_days, range_tags

# The two histories are told once, so on one worker.
pytestmark = pytest.mark.xdist_group("event_log")

UPSTREAM, DOWNSTREAM = dg.AssetKey(["silver", "plays"]), dg.AssetKey(["gold", "fct_plays"])
CHECK = dg.AssetCheckKey(DOWNSTREAM, "adds_up")
FIRST = date(2025, 1, 1)
DATA_VERSION = "dagster/data_version"
PLANNED = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED

# First day, number of days, and whether the downstream asset fails.
RUNS = [(FIRST, 30, False), (FIRST + timedelta(days=28), 5, True), (FIRST + timedelta(days=25), 7, False)]
RUN_IDS = [str(UUID(int=number)) for number in range(1, len(RUNS) + 1)]


class Days(dg.Config):
    fail: bool = False


@dg.asset(key=UPSTREAM, partitions_def=play_days, backfill_policy=dg.BackfillPolicy.single_run())
def upstream(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    for number, day in enumerate(context.partition_keys):
        context.add_asset_metadata({"dagster/partition_row_count": number}, partition_key=day)
    days = len(context.partition_keys)
    return dg.MaterializeResult(value=None, metadata={"days": days}, data_version=dg.DataVersion(f"{days} days"))


@dg.asset(
    key=DOWNSTREAM,
    deps=[UPSTREAM],
    partitions_def=play_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    code_version="1",
)
def downstream(config: Days) -> None:
    if config.fail:
        raise dg.Failure("the warehouse is gone", allow_retries=False)


@dg.asset_check(asset=DOWNSTREAM, name=CHECK.name)
def adds_up(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    last = context.run.tags["dagster/asset_partition_range_end"]
    return dg.AssetCheckResult(passed=last != "2025-02-01", metadata={"last": last})


JOB = dg.Definitions(
    assets=[upstream, downstream],
    asset_checks=[adds_up],
    jobs=[dg.define_asset_job("build")],
).resolve_job_def("build")


def history_of(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance after the three runs."""
    for run_id, (first, days, fail) in zip(RUN_IDS, RUNS, strict=True):
        result = JOB.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=range_tags(first, first + timedelta(days=days - 1)),
            run_config={"ops": {DOWNSTREAM.to_python_identifier(): {"config": {"fail": fail}}}},
            raise_on_error=False,
        )
        assert result.success is not fail
    return instance


def home_of(folder: Path, *, is_batched: bool) -> str:
    if is_batched:
        prepare_dagster_home(folder)
    else:
        (folder / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def batched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = home_of(tmp_path_factory.mktemp("batched"), is_batched=True)
    with pytest.MonkeyPatch.context() as environment, dg.DagsterInstance.from_config(home) as instance:
        environment.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")
        yield history_of(instance)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = home_of(tmp_path_factory.mktemp("stock"), is_batched=False)
    with pytest.MonkeyPatch.context() as environment, dg.DagsterInstance.from_config(home) as instance:
        environment.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
        yield history_of(instance)


keys = pytest.mark.parametrize("key", [UPSTREAM, DOWNSTREAM], ids=lambda key: key.to_user_string())


def told(event: dg.EventLogEntry | None) -> tuple[str, str | None, Mapping[str, Any], Mapping[str, str]]:
    """What an entry says, less the numbers of other events, which no two logs share."""
    assert event is not None
    materialization = event.asset_materialization
    assert materialization is not None
    metadata = {name: value.value for name, value in materialization.metadata.items()}
    tags = {name: value for name, value in (materialization.tags or {}).items() if "event_pointer" not in name}
    return event.run_id, materialization.partition, metadata, tags


def test_the_storages_are_those_to_compare(batched: dg.DagsterInstance, stock: dg.DagsterInstance) -> None:
    assert isinstance(batched.event_log_storage, BatchedSqliteEventLogStorage)
    assert not isinstance(stock.event_log_storage, BatchedSqliteEventLogStorage)


@keys
def test_materialized_days(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    days = batched.get_materialized_partitions(key)
    assert days == stock.get_materialized_partitions(key)
    assert len(days) == (33 if key == UPSTREAM else 32)


@keys
def test_all_materializations(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    def events(instance: dg.DagsterInstance) -> list[object]:
        records = instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=key), limit=1000).records
        return [told(record.event_log_entry) for record in records]

    assert events(batched) == events(stock)
    assert len(events(batched)) == (42 if key == UPSTREAM else 37)


@keys
def test_materializations_of_a_day(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    def events(instance: dg.DagsterInstance) -> list[object]:
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=["2025-01-25", "2025-01-31"])
        return [told(record.event_log_entry) for record in instance.fetch_materializations(wanted, limit=10).records]

    assert events(batched) == events(stock)
    assert {event[0] for event in events(batched)} <= set(RUN_IDS)  # pyright: ignore[reportIndexIssue]


@keys
def test_latest_materialization(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    event = batched.get_latest_materialization_event(key)
    assert told(event) == told(stock.get_latest_materialization_event(key))
    assert told(event)[0] == RUN_IDS[2]
    by_key = batched.get_latest_materialization_events([UPSTREAM, DOWNSTREAM])
    assert told(by_key[key]) == told(event)


@keys
def test_latest_event_of_each_day(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    def order(instance: dg.DagsterInstance) -> list[str]:
        numbers = instance.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION)
        return sorted(numbers, key=numbers.__getitem__)

    assert order(batched) == order(stock)
    assert set(order(batched)) == batched.get_materialized_partitions(key)


@keys
def test_numbers_of_events_lead_to_the_events(batched: dg.DagsterInstance, key: dg.AssetKey) -> None:
    numbers = batched.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION)
    for day, number in numbers.items():
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[day])
        (record,) = batched.fetch_materializations(wanted, limit=1).records
        assert record.storage_id == number


@keys
def test_record_of_the_asset(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    assert record_of(batched, key) == record_of(stock, key)
    assert record_of(batched, key)[1] == RUN_IDS[2]
    assert batched.get_asset_keys() == stock.get_asset_keys()


def test_latest_check_evaluation(batched: dg.DagsterInstance, stock: dg.DagsterInstance) -> None:
    def evaluation(instance: dg.DagsterInstance) -> tuple[object, ...]:
        record = instance.get_latest_asset_check_evaluation_record(CHECK)
        assert record is not None
        assert record.event is not None
        result = record.event.get_dagster_event().asset_check_evaluation_data
        return record.run_id, record.status, result.passed, {k: v.value for k, v in result.metadata.items()}

    assert evaluation(batched) == evaluation(stock)
    assert evaluation(batched)[0] == RUN_IDS[2]


def test_check_evaluation_points_at_the_latest_materialization(batched: dg.DagsterInstance) -> None:
    record = batched.get_latest_asset_check_evaluation_record(CHECK)
    assert record is not None
    assert record.event is not None
    target = record.event.get_dagster_event().asset_check_evaluation_data.target_materialization_data
    assert target is not None
    (latest,) = batched.fetch_materializations(DOWNSTREAM, limit=1).records
    assert (target.run_id, target.storage_id) == (RUN_IDS[2], latest.storage_id)


@keys
def test_tags_of_events(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    def tags(instance: dg.DagsterInstance) -> list[object]:
        records = instance.fetch_materializations(key, limit=1000).records
        return [instance.get_event_tags_for_asset(key, filter_event_id=record.storage_id) for record in records]

    assert tags(batched) == tags(stock)
    assert all(tags(batched))
    version = {DATA_VERSION: "30 days"}
    found = batched.get_event_tags_for_asset(key, version)
    assert found == stock.get_event_tags_for_asset(key, version)
    assert len(found) == (30 if key == UPSTREAM else 0)


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_events_of_a_run(batched: dg.DagsterInstance, stock: dg.DagsterInstance, run_id: str) -> None:
    def counts(instance: dg.DagsterInstance) -> Counter[str]:
        entries = instance.all_logs(run_id)
        return Counter(e.get_dagster_event().event_type_value for e in entries if e.is_dagster_event)

    ours, theirs = counts(batched), counts(stock)
    assert ours.pop(PLANNED.value) == 2, "one for each asset, whatever the days"
    assert theirs.pop(PLANNED.value) == 2 * RUNS[RUN_IDS.index(run_id)][1]
    assert ours == theirs


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_order_of_events_of_a_run(batched: dg.DagsterInstance, stock: dg.DagsterInstance, run_id: str) -> None:
    def order(instance: dg.DagsterInstance) -> list[tuple[str, str | None]]:
        events = [e.get_dagster_event() for e in instance.all_logs(run_id) if e.is_dagster_event]
        return [(e.event_type_value, e.partition) for e in events if e.event_type is not PLANNED]

    assert order(batched) == order(stock)


@keys
def test_status_of_days(batched: dg.DagsterInstance, stock: dg.DagsterInstance, key: dg.AssetKey) -> None:
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(40)]
    ours, theirs = (i.get_status_by_partition(key, days, play_days) for i in (batched, stock))
    assert ours is not None
    assert theirs is not None
    differing = {day: (ours.get(day), theirs.get(day)) for day in days if ours.get(day) != theirs.get(day)}
    # The one day that no other run did: announced one by one it has failed, announced with all others it is missing.
    failed = {"2025-02-02": (None, dg.AssetPartitionStatus.FAILED)} if key == DOWNSTREAM else {}
    assert differing == failed


@pytest.mark.parametrize("size", [7, 2000])
def test_events_may_come_in_batches_of_any_size(tmp_path: Path, batched: dg.DagsterInstance, size: int) -> None:
    with dg.DagsterInstance.from_config(home_of(tmp_path, is_batched=True)) as replayed:
        for run_id in RUN_IDS:
            entries = batched.all_logs(run_id)
            for start in range(0, len(entries), size):
                replayed.event_log_storage.store_event_batch(entries[start : start + size])
            assert replayed.all_logs(run_id) == entries
        for key in (UPSTREAM, DOWNSTREAM):
            assert replayed.get_materialized_partitions(key) == batched.get_materialized_partitions(key)
            assert record_of(replayed, key) == record_of(batched, key)
            assert latest_number(replayed, key) == replayed.fetch_materializations(key, limit=1).records[0].storage_id


@pytest.mark.parametrize("is_batched", [True, False])
def test_announcement_after_a_materialization_hides_nothing(
    tmp_path: Path, batched: dg.DagsterInstance, *, is_batched: bool
) -> None:
    (before, _), (after, announced) = (the_two_events(batched, run_id) for run_id in RUN_IDS[:2])
    with dg.DagsterInstance.from_config(home_of(tmp_path, is_batched=is_batched)) as replayed:
        replayed.event_log_storage.store_event_batch([before])
        replayed.event_log_storage.store_event_batch([after, announced])
        assert record_of(replayed, UPSTREAM) == (told(after), RUN_IDS[1])


def the_two_events(instance: dg.DagsterInstance, run_id: str) -> tuple[dg.EventLogEntry, dg.EventLogEntry]:
    """A materialization of the upstream asset in this run, and its announcement."""
    entries = {e.get_dagster_event().event_type: e for e in instance.all_logs(run_id) if is_about(e, UPSTREAM)}
    return entries[dg.DagsterEventType.ASSET_MATERIALIZATION], entries[PLANNED]


def is_about(entry: dg.EventLogEntry, key: dg.AssetKey) -> bool:
    return entry.is_dagster_event and entry.get_dagster_event().asset_key == key


def record_of(instance: dg.DagsterInstance, key: dg.AssetKey) -> tuple[object, str | None]:
    (record,) = instance.get_asset_records([key])
    return told(record.asset_entry.last_materialization), record.asset_entry.last_run_id


def latest_number(instance: dg.DagsterInstance, key: dg.AssetKey) -> int | None:
    (record,) = instance.get_asset_records([key])
    return record.asset_entry.last_materialization_storage_id
