"""What runs when something happens: a file appears in the inbox, something has been landed, parked work is due,
listening has moved; and what is reported without a run: that an authorization comes to its end.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import dagster as dg

from tunegenie_assets.alerts.scrubbing import readable
from tunegenie_assets.checks.authorizations import present_standing
from tunegenie_assets.checks.collected import waiting
from tunegenie_assets.instance.left_over import process_of
from tunegenie_assets.jobs import (
    AGAIN_WHEN_KILLED,
    BUILD_COLLECTED,
    COLLECT,
    IMPORT_ARCHIVES,
    TRAIN_RECOMMENDER,
    collect_request,
    import_archives,
    land_archives,
    train_recommender,
    training_request,
)
from tunegenie_assets.partitions import range_tags, week_of
from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.model_store import DRIFT_KEY, WANTS_TRAINING
from tunegenie_assets.resources.services import Services
from tunegenie_assets.schemas.landing import ARCHIVES, PAGE_FILES
from tunegenie_assets.sources.collecting import Clock
from tunegenie_assets.sources.fetching import SCOPE_OF
from tunegenie_assets.sources.services.state import ParkedWork

ARCHIVES_KEY = dg.AssetKey(list(ARCHIVES.key))
PAGES_KEY = dg.AssetKey(list(PAGE_FILES.key))
IMPORT_FOLLOWS_TAG = "tunegenie/import_follows"
"""On a landing run whose caller starts the import itself."""
MOST_LANDINGS = 100
"""Landings looked at in one tick; the next tick goes on from there."""
EXPIRY_SECONDS = 6 * 3600
SETTLE_SECONDS = 5.0
"""A file that changed later than this is still being copied."""


def build_sensors(
    inbox: Path,
    default_listener: str,
    collection: Collection,
    services: Services,
    is_in_use: Callable[[], bool],
    *,
    is_collecting: bool = False,
) -> list[dg.SensorDefinition]:
    """The inbox sensor, the sensors that build what has been landed, and those that look after collection.

    `is_in_use` says whether a recommender is. Unless `is_collecting`, the latter are off until somebody switches them
    on in the UI.
    """
    status = dg.DefaultSensorStatus.RUNNING if is_collecting else dg.DefaultSensorStatus.STOPPED

    return [
        _inbox_sensor(inbox, default_listener, services.time.now),
        _days_sensor(
            "landed_archives", ARCHIVES_KEY, IMPORT_ARCHIVES, "Imports the days that a newly landed archive holds."
        ),
        _days_sensor(
            "landed_pages", PAGES_KEY, BUILD_COLLECTED, "Builds the days of the plays that services newly told of."
        ),
        _parked_work_sensor(collection, services.time.now, status),
        _token_expiry_sensor(services, status),
        _drift_sensor(services.time.now, status),
        _first_training_sensor(is_in_use, services.time.now, status),
    ]


def _inbox_sensor(inbox: Path, default_listener: str, clock: Clock) -> dg.SensorDefinition:
    @dg.sensor(
        name="inbox",
        job=land_archives,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Lands each new file of the inbox folder. A file in `inbox/<listener>/` belongs to that listener, "
            "a file directly in the inbox to TUNEGENIE_LISTENER."
        ),
    )
    def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        files = dict(settled_files(inbox, clock().replace(tzinfo=UTC).timestamp()))
        new = {name: signature for name, signature in files.items() if seen.get(name) != signature}
        for name in new:
            if not _is_utf8(name):
                context.log.warning(f"{readable(name)} in the inbox is left alone: rename it, its name is not UTF-8")
        requests = [
            land_request(inbox / name, signature, inbox, default_listener)
            for name, signature in new.items()
            if _is_utf8(name)
        ]
        if not new:
            return dg.SkipReason(f"nothing new in {inbox}")
        reason = None if requests else dg.SkipReason(f"nothing in {inbox} that can be landed")
        return dg.SensorResult(run_requests=requests, skip_reason=reason, cursor=json.dumps(files))

    return inbox_sensor


def _days_sensor(name: str, key: dg.AssetKey, job_name: str, description: str) -> dg.SensorDefinition:
    """A run of the job over the days that each materialization of `key` names."""

    # Not an asset sensor: that looks at the latest landing only, and two may come between two ticks.
    @dg.sensor(name=name, job_name=job_name, default_status=dg.DefaultSensorStatus.RUNNING, description=description)
    def landed_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        cursor = _place_in_log(context.instance, key, context.cursor)
        landed = context.instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, after_storage_id=cursor), limit=MOST_LANDINGS, ascending=True
        ).records
        if not landed:
            return dg.SkipReason("nothing new has been landed")
        requests = [request for record in landed if (request := import_request(context.instance, record))]
        reason = None if requests else dg.SkipReason("nothing has been landed that is not built as well")
        return dg.SensorResult(
            run_requests=requests, skip_reason=reason, cursor=f"{landed[-1].storage_id} {landed[-1].run_id}"
        )

    return landed_sensor


def _place_in_log(instance: dg.DagsterInstance, key: dg.AssetKey, cursor: str | None) -> int | None:
    """The id of the last landing that was looked at; None where the log has begun anew since, with lower ids.

    Its landings are then looked at again: Dagster drops a request whose run key it has seen.
    """
    if not cursor:
        return None
    storage_id, _, run_id = cursor.partition(" ")
    newest = instance.fetch_materializations(key, limit=1).records
    if not newest or (newest[0].storage_id, newest[0].run_id) == (int(storage_id), run_id):
        return int(storage_id)
    return int(storage_id) if newest[0].storage_id > int(storage_id) else None


def _parked_work_sensor(collection: Collection, clock: Clock, status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="parked_work",
        job_name=COLLECT,
        minimum_interval_seconds=300,
        default_status=status,
        description="Takes up work that a quota or a long pause parked, when its time has come.",
    )
    def parked_work_sensor() -> dg.RunRequest | dg.SkipReason:
        parked, now = waiting(collection), clock()
        if not parked:
            return dg.SkipReason("no work is parked")
        due = [work for work in parked if work.retry_at <= now]
        if not due:
            return dg.SkipReason(f"parked work waits until {parked[0].retry_at:%Y-%m-%d %H:%M} UTC")
        scopes = sorted({SCOPE_OF[work.stream] for work in due if work.stream in SCOPE_OF})
        return collect_request(scopes, run_key=_key_of_due(due, now))

    return parked_work_sensor


def _key_of_due(due: Sequence[ParkedWork], now: datetime) -> str:
    """The same for the same works within an hour, so that one that stays parked is asked for hourly.

    Not of one work alone: Dagster drops a request whose key it has seen, and what is due after that would never go on.
    """
    works = sorted(f"{work.service}|{work.stream}|{work.subject}|{work.retry_at.isoformat()}" for work in due)
    return f"{now:%Y-%m-%dT%H}|{sha256(' '.join(works).encode()).hexdigest()}"


def _token_expiry_sensor(services: Services, status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="token_expiry",
        minimum_interval_seconds=EXPIRY_SECONDS,
        default_status=status,
        description="Reports the check `authorized` when an authorization comes near its end, ends or is renewed.",
    )
    def token_expiry_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        standing = present_standing(services)
        says = dg.SkipReason(standing.says)
        if standing.stages == json.loads(context.cursor or "{}"):
            return says
        reports = [standing.as_evaluation()]
        return dg.SensorResult(asset_events=reports, skip_reason=says, cursor=json.dumps(standing.stages))

    return token_expiry_sensor


def _drift_sensor(clock: Clock, status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """A training of the current week, once a week at most, where listening has moved too far."""

    @dg.asset_sensor(
        asset_key=DRIFT_KEY,
        name="retrain_on_drift",
        job_name=TRAIN_RECOMMENDER,
        default_status=status,
        description="Trains the recommender before its time where listening has moved far from what it learnt.",
    )
    def drift_sensor(_context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest | dg.SkipReason:
        materialization = event.asset_materialization
        wanted = materialization and materialization.metadata.get(WANTS_TRAINING)
        if not (wanted and wanted.value):
            return dg.SkipReason("listening is much as it was when the recommender was trained")
        week = week_of(clock().date())
        return training_request(week, run_key=f"drift:{week.isoformat()}")

    return drift_sensor


def _first_training_sensor(
    is_in_use: Callable[[], bool], clock: Clock, status: dg.DefaultSensorStatus
) -> dg.SensorDefinition:
    """After an import by the inbox: the command line trains by itself, and later trainings are the schedule's."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="first_training",
        monitored_jobs=[import_archives],
        request_job=train_recommender,
        default_status=status,
        description="Trains the recommender once an import is built, where none is in use yet.",
    )
    def first_training(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if process_of(context.dagster_run) is not None:
            return dg.SkipReason("the command that imported trains by itself")
        if is_in_use():
            return dg.SkipReason("a recommender is in use; the next one comes with the week")
        week = week_of(clock().date())
        # The same for all imports of a day: a training that failed is tried again with the next day's import.
        return training_request(week, run_key=f"first:{clock():%Y-%m-%d}")

    return first_training


def settled_files(inbox: Path, now: float) -> Iterator[tuple[str, str]]:
    """Names below `inbox`, at most one folder deep and not hidden, with a signature that changes when the file does."""
    for path in sorted([*inbox.glob("[!.]*"), *inbox.glob("[!.]*/[!.]*")]):
        if not path.is_file():
            continue
        status = path.stat()
        if now - status.st_mtime >= SETTLE_SECONDS:
            yield path.relative_to(inbox).as_posix(), f"{status.st_size}-{status.st_mtime_ns}"


def _is_utf8(name: str) -> bool:
    """Neither Dagster nor the warehouse can store another name."""
    return readable(name) == name


def land_request(path: Path, signature: str, inbox: Path, default_listener: str) -> dg.RunRequest:
    """A run that lands one file for the listener its folder names."""
    listener = default_listener if path.parent == inbox else path.parent.name
    config = {"paths": [str(path)], "listener": listener}
    return dg.RunRequest(
        run_key=f"{path.relative_to(inbox).as_posix()}:{signature}",
        tags=AGAIN_WHEN_KILLED,
        run_config={"ops": {ARCHIVES_KEY.to_python_identifier(): {"config": config}}},
    )


def import_request(instance: dg.DagsterInstance, landing: dg.EventLogRecord) -> dg.RunRequest | None:
    """A run over the days of one landing; None where it holds no days, or whoever landed it imports it as well."""
    materialization = landing.asset_materialization
    metadata = materialization.metadata if materialization else {}
    if "first_day" not in metadata:
        return None
    run = instance.get_run_by_id(landing.run_id)
    if run is not None and IMPORT_FOLLOWS_TAG in run.tags:
        return None
    first, last = (date.fromisoformat(str(metadata[name].value)) for name in ("first_day", "last_day"))
    return dg.RunRequest(run_key=landing.run_id, tags=range_tags(first, last) | AGAIN_WHEN_KILLED)
