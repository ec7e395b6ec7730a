"""What follows by itself, by condition: pages and measures over the whole warehouse, at most once an hour.

The rest is left to jobs on purpose. Days travel through the layers in one run over a range
(`BackfillPolicy.single_run`); a condition on each table would split that chain into a run for each of its waves, and
a backfill of a year into a run for each day. The recommender is trained by the week and behind a gate.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

SENSOR = "what_follows"
HOURLY = "50 * * * *"
"""Away from the full hour, when services are asked and builds begin."""

# A pass of collection may change gold every half hour, and a page takes longer to write than anyone looks at it.
# After a tick of the clock that nothing was done for since, a change is taken up; nothing happens without a change.
HOURLY_AFTER_CHANGES = (
    dg.AutomationCondition.any_deps_updated().since_last_handled()
    & dg.AutomationCondition.cron_tick_passed(HOURLY).since_last_handled()
    # The first one comes with a build. Not `any_deps_missing`: of 20 years of days some are always missing.
    & ~dg.AutomationCondition.missing()
    # A build that is under way may still change what the page shows; DuckDB has one writer anyway.
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("hourly_after_changes")

CONDITIONS: dict[dg.AssetKey, dg.AutomationCondition[Any]] = {
    # An import or a correction leaves them out, to be quick, and the daily build may be hours away.
    dg.AssetKey(["reports", "dbt_docs"]): HOURLY_AFTER_CHANGES,
    dg.AssetKey(["publish", "cortex_semantic_model"]): HOURLY_AFTER_CHANGES,
    # An import can move listening further than a month of days: `retrain_on_drift` acts on what it says.
    dg.AssetKey(["recommender", "drift"]): HOURLY_AFTER_CHANGES,
}


def with_automation(spec: dg.AssetSpec) -> dg.AssetSpec:
    condition = CONDITIONS.get(spec.key)
    return spec.replace_attributes(automation_condition=condition) if condition else spec


def build_automation_sensor(*, is_collecting: bool) -> dg.AutomationConditionSensorDefinition:
    """What evaluates the conditions; off until somebody switches it on in the UI, unless `is_collecting`."""
    return dg.AutomationConditionSensorDefinition(
        SENSOR,
        target=dg.AssetSelection.assets(*CONDITIONS),
        default_status=dg.DefaultSensorStatus.RUNNING if is_collecting else dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=120,
        description=(
            "Writes pages about the warehouse and measures drift once an hour where something they show has changed."
        ),
    )
