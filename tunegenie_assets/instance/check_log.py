"""What checks said, from Dagster's event log, by methods of the instance; one question goes to its storage.

Asking the log for all evaluations at once is marked for removal in Dagster 2.0; its runs, and the events of a run, are
not. What sensors reported outside any run is found as the latest result of its check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import dagster as dg

from ml.quality.standing import Result

MOST_RUNS = 2000
"""Of a log that was never read before: a year of half-hourly collection would take minutes to go through."""
_EVALUATION = dg.DagsterEventType.ASSET_CHECK_EVALUATION
_EVALUATED = {"SUCCEEDED", "FAILED"}


def results_since(
    instance: dg.DagsterInstance, since: datetime | None, checks: Iterable[dg.AssetCheckKey]
) -> list[tuple[Result, bool]]:
    """The results of runs that changed after `since`, naive UTC, and whether each was of a blocking check.

    The oldest first. Some may be older than `since`: of a run that went on after it.
    """
    after = dg.RunsFilter(updated_after=since.replace(tzinfo=UTC)) if since else None
    runs = instance.get_run_records(filters=after, limit=MOST_RUNS)
    found = [one for run in runs for one in _of_run(instance, run.dagster_run.run_id)]
    in_runs = {(result.asset, result.check, result.evaluated_at) for result, _ in found}
    latest = (_latest(instance, key) for key in checks)
    found += [
        one
        for one in latest
        if one is not None and (one[0].asset, one[0].check, one[0].evaluated_at) not in in_runs and not one[0].run_id
    ]
    return sorted(found, key=lambda one: (one[0].evaluated_at, one[0].asset, one[0].check))


def latest_evaluations(
    instance: dg.DagsterInstance, checks: Iterable[dg.AssetCheckKey]
) -> dict[dg.AssetCheckKey, dg.AssetCheckEvaluation | None]:
    """What each check said in the last run that announced it; those that no run ever announced are absent.

    None until the run comes to the check, and for good where the run failed before.
    """
    # Asked of the storage: the instance has no such method, and would be asked once for each check, every minute.
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(checks))
    return {key: record.evaluation if record.status.value in _EVALUATED else None for key, record in records.items()}


def _of_run(instance: dg.DagsterInstance, run_id: str) -> Iterator[tuple[Result, bool]]:
    cursor, has_more = None, True
    while has_more:
        page = instance.get_records_for_run(run_id, cursor=cursor, of_type=_EVALUATION)
        yield from (_result(record.event_log_entry) for record in page.records)
        cursor, has_more = page.cursor, page.has_more


def _latest(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> tuple[Result, bool] | None:
    record = instance.get_latest_asset_check_evaluation_record(key)
    is_evaluated = record is not None and record.event is not None and record.event.asset_check_evaluation is not None
    return _result(record.event) if is_evaluated and record and record.event else None


def _result(entry: dg.EventLogEntry) -> tuple[Result, bool]:
    evaluation = entry.asset_check_evaluation
    if evaluation is None:
        raise ValueError(f"no evaluation of a check: {entry.user_message}")
    result = Result(
        asset=evaluation.asset_key.to_user_string(),
        check=evaluation.check_name,
        run_id=entry.run_id,
        evaluated_at=datetime.fromtimestamp(entry.timestamp, tz=UTC).replace(tzinfo=None),
        severity=evaluation.severity.value.lower(),
        passed=evaluation.passed,
        summary=evaluation.description,
    )
    return result, bool(evaluation.blocking)
