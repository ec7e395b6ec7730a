"""What the code location declares, held by a snapshot: keys, groups, partitions, checks, jobs, schedules, sensors.

`make snapshot` accepts a change on purpose.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.freshness import REASON, policy_for, window_for
from tunegenie_assets.keys import LAYERS
from tunegenie_assets.partitions import play_days
from tunegenie_assets.settings import PREFIX, load_settings

SNAPSHOT = Path(__file__).parent / "snapshots" / "definitions.json"


@pytest.fixture(scope="module", autouse=True)
def no_settings() -> Iterator[None]:
    """Tests that ran before in this process may have left settings, such as those of production."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patched.delenv(name)
        yield


@pytest.fixture(scope="module")
def definitions(no_settings: None, tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(load_settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    return list(definitions.resolve_all_asset_specs())


def described(definitions: dg.Definitions, specs: list[dg.AssetSpec]) -> dict[str, Any]:
    graph = definitions.resolve_asset_graph()
    checks = {
        f"{key.asset_key.to_user_string()}: {key.name}": "blocking" if graph.get_check_spec(key).blocking else "reports"
        for key in graph.asset_check_keys
    }
    return {
        "assets": {
            spec.key.to_user_string(): {
                "group": spec.group_name,
                "kinds": sorted(spec.kinds),
                "owners": list(spec.owners),
                "partitions": type(spec.partitions_def).__name__ if spec.partitions_def else None,
                "depends_on": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            }
            for spec in sorted(specs, key=lambda spec: spec.key)
        },
        "checks": dict(sorted(checks.items())),
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
            for job in (definitions.resolve_job_def(name) for name in _job_names(definitions))
        },
        "schedules": {s.name: [s.cron_schedule, s.execution_timezone, s.job_name] for s in _schedules(definitions)},
        "sensors": {s.name: s.job_name if s.targets else None for s in definitions.sensors or []},
    }


def _schedules(definitions: dg.Definitions) -> list[dg.ScheduleDefinition]:
    return [s for s in definitions.schedules or [] if isinstance(s, dg.ScheduleDefinition)]


def _job_names(definitions: dg.Definitions) -> list[str]:
    return sorted(job.name for job in definitions.jobs or [])


def test_the_graph_is_the_one_that_was_accepted(definitions: dg.Definitions, specs: list[dg.AssetSpec]) -> None:
    found = described(definitions, specs)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_the_setting_switches_collection_on(tmp_path: Path) -> None:
    collecting = build_definitions(load_settings(home=tmp_path, collecting="on"))
    statuses = {schedule.default_status for schedule in _schedules(collecting)}
    assert statuses == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.default_status for sensor in collecting.sensors or ()} == {dg.DefaultSensorStatus.RUNNING}


def test_definitions_are_loadable(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_asset_can_be_read_by_a_newcomer(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        name = spec.key.to_user_string()
        assert spec.key.path[0] in LAYERS, name
        assert spec.group_name == spec.key.path[0], name
        first_line = (spec.description or "").splitlines()[0]
        assert first_line.startswith("One "), f"{name}: the description begins with what one row is: {first_line!r}"
        assert spec.owners, name
        assert spec.kinds, name


def test_every_asset_has_the_freshness_policy_of_the_table(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        assert spec.freshness_policy == policy_for(spec.key), spec.key.to_user_string()


def test_every_asset_says_why_it_may_be_so_old(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        assert spec.metadata[REASON] == dg.MetadataValue.text(window_for(spec.key).reason), spec.key.to_user_string()


def test_every_asset_links_to_code_that_exists(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        files = [Path(one.file_path) for one in spec.metadata["dagster/code_references"].code_references]
        assert files, spec.key.to_user_string()
        assert all(file.is_file() for file in files), spec.key.to_user_string()
        if "dbt" in spec.kinds and spec.group_name != "reports":
            assert files[0].suffix in {".sql", ".csv"}, spec.key.to_user_string()


def test_every_asset_has_what_the_ui_filters_by(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        name = spec.key.to_user_string()
        expected = "by_day" if spec.partitions_def == play_days else "by_week" if spec.partitions_def else "whole"
        assert spec.tags["kept"] == expected, name
        schema = spec.metadata.get("dagster/column_schema")
        if schema is None:
            continue
        assert spec.metadata["dagster/table_name"].split(".")[1:] == spec.key.path, name
        tells_of_people = any(column.name == "listener_id" for column in schema.columns)
        is_invented = spec.tags.get("source") == "simulator"
        assert ("contains" in spec.tags) is (tells_of_people and not is_invented), name


def test_every_table_shows_its_columns(specs: list[dg.AssetSpec]) -> None:
    files = {"reports/dbt_docs", "reports/data_quality", "publish/cortex_semantic_model"}
    without = {"recommender/model", "recommender/published_model", "recommender/drift", *files}
    for spec in specs:
        name = spec.key.to_user_string()
        if name in without:
            continue
        schema = spec.metadata.get("dagster/column_schema")
        assert isinstance(schema, dg.TableSchema), name
        assert all(column.description for column in schema.columns), name


def test_every_asset_has_a_check(definitions: dg.Definitions, specs: list[dg.AssetSpec]) -> None:
    checked = {key.asset_key for key in definitions.resolve_asset_graph().asset_check_keys}
    unchecked = {spec.key for spec in specs} - checked
    assert not unchecked, sorted(key.to_user_string() for key in unchecked)


def test_every_check_says_what_it_asks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    silent = [key for key in graph.asset_check_keys if not graph.get_check_spec(key).description]
    assert silent == []


def test_the_report_comes_after_everything_else(specs: list[dg.AssetSpec]) -> None:
    before = {spec.key: {dep.asset_key for dep in spec.deps} for spec in specs}
    reached: set[dg.AssetKey] = set()
    waiting = [dg.AssetKey(["reports", "data_quality"])]
    while waiting:
        key = waiting.pop()
        reached.add(key)
        waiting += before.get(key, set()) - reached
    assert not before.keys() - reached


def test_pages_go_stale_within_hours_where_services_are_asked_by_the_clock(tmp_path: Path) -> None:
    collecting = build_definitions(load_settings(home=tmp_path, collecting="on"))
    [pages] = [spec for spec in collecting.resolve_all_asset_specs() if spec.key.path == ["landing", "page_files"]]
    assert pages.freshness_policy == policy_for(pages.key, is_collecting=True) != policy_for(pages.key)
