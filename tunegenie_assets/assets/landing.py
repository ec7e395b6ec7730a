"""The landed archives: bytes that came from outside, kept as they came. Reading their records is in raw.py."""

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pyarrow as pa
from pydantic import Field

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.archives import ArchiveStore
from tunegenie_assets.resources.importing import (
    FileReport,
    archive_file_table,
    archive_table,
    days_to_build,
    import_files,
    zone_of,
)
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.resources.transient import again_where_transient
from tunegenie_assets.resources.unfinished import unfinished_listeners
from tunegenie_assets.schemas.landing import ARCHIVE_FILES, ARCHIVES
from tunegenie_assets.sources.errors import LandingError


class ImportConfig(dg.Config):
    """Which files to land, and whose they are; without paths the asset lists what is landed already."""

    paths: list[str] = Field(default_factory=list)
    listener: str = "me"
    timezone: str | None = None


@dg.asset(
    key=list(ARCHIVES.key),
    group_name="landing",
    description=ARCHIVES.row,
    owners=list(OWNERS),
    kinds={"python", "file"},
    metadata={"dagster/column_schema": column_schema(ARCHIVES)},
)
@again_where_transient()
def archives(
    context: dg.AssetExecutionContext,
    config: ImportConfig,
    archive_store: ArchiveStore,
    warehouse: dg.ResourceParam[WarehouseIOManager],
) -> dg.MaterializeResult[pa.Table]:
    now = datetime.now(UTC)

    def landed() -> list[FileReport]:
        return import_files(
            [Path(path) for path in config.paths],
            archive_store,
            listener_id=config.listener,
            timezone=config.timezone,
            now=now,
            progress=lambda name, records: context.log.info(f"{name}: {records:,} records read"),
        )

    reports: list[FileReport] | None = None
    try:
        # Before anything lands: what this import brings is not unfinished, and one new day stays one day.
        whole, zone_before = _known_before(archive_store, warehouse, config.listener)
    except LandingError:
        # What is damaged in landing may be what is imported again, and is whole when that is done.
        reports = landed()
        whole, zone_before = _known_before(archive_store, warehouse, config.listener)
    reports = reports or landed()
    for report in reports:
        context.log.log("WARNING" if report.problem else "INFO", report.line)
        for line in (*report.problems, *report.skipped):
            context.log.warning(line)
    if reports and all(report.problem for report in reports):
        raise dg.Failure(description="; ".join(report.line for report in reports), allow_retries=False)
    if zone_of(archive_store, config.listener) != zone_before:
        whole.add(config.listener)
    days = days_to_build(reports, archive_store, today=now.date(), whole_listeners=whole)
    return dg.MaterializeResult(value=archive_table(archive_store), metadata=_metadata(reports, days))


@dg.asset(
    key=list(ARCHIVE_FILES.key),
    deps=[archives],
    group_name="landing",
    description=ARCHIVE_FILES.row,
    owners=list(OWNERS),
    kinds={"python", "file"},
    metadata={"dagster/column_schema": column_schema(ARCHIVE_FILES)},
)
@again_where_transient()
def archive_files(archive_store: ArchiveStore) -> dg.MaterializeResult[pa.Table]:
    rows = archive_file_table(archive_store)
    return dg.MaterializeResult(value=rows)


def _known_before(
    archive_store: ArchiveStore, warehouse: WarehouseIOManager, listener: str
) -> tuple[set[str], str | None]:
    """Whose earlier imports did not reach gold, and the zone that the listener had."""
    return unfinished_listeners(archive_store, warehouse), zone_of(archive_store, listener)


def _metadata(reports: list[FileReport], days: list[date]) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {"files": dg.MetadataValue.json([r.as_json() for r in reports])}
    if days:
        metadata["first_day"] = dg.MetadataValue.text(min(days).isoformat())
        metadata["last_day"] = dg.MetadataValue.text(max(days).isoformat())
    return metadata
