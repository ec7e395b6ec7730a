"""Checks of what other programs read, on the file as it was written and not on what it was written from."""

from __future__ import annotations

import dagster as dg
import yaml
from pydantic import ValidationError

from ml.assistant.cortex.fields import MOST_BYTES, CortexModel
from ml.assistant.cortex.words import SAMPLES
from tunegenie_assets.checks.factories import WARN
from tunegenie_assets.resources.report_folder import CORTEX_FILE, CORTEX_MODEL, ReportFolder
from tunegenie_assets.resources.tables import WarehouseIOManager

KEY = dg.AssetKey(["publish", CORTEX_MODEL])


@dg.asset_check(asset=KEY, description="The file has the fields that Snowflake publishes, and no others.")
def has_published_fields(reports: ReportFolder) -> dg.AssetCheckResult:
    try:
        model = CortexModel.model_validate(yaml.safe_load(reports.read(CORTEX_MODEL, CORTEX_FILE)))
    except (ValidationError, yaml.YAMLError) as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    return dg.AssetCheckResult(passed=True, metadata={"tables": len(model.tables)})


@dg.asset_check(asset=KEY, description=f"At most {MOST_BYTES:,} bytes, above which Cortex Analyst refuses the file.")
def is_small_enough(reports: ReportFolder) -> dg.AssetCheckResult:
    size = len(reports.read(CORTEX_MODEL, CORTEX_FILE).encode())
    return dg.AssetCheckResult(
        passed=size <= MOST_BYTES, description=f"{size:,} bytes", metadata={"bytes": size, "most": MOST_BYTES}
    )


@dg.asset_check(
    asset=KEY, description="Sample values are of artists and genres, and none is the name or id of a listener."
)
def shows_nobody(reports: ReportFolder, warehouse: dg.ResourceParam[WarehouseIOManager]) -> dg.AssetCheckResult:
    model = CortexModel.model_validate(yaml.safe_load(reports.read(CORTEX_MODEL, CORTEX_FILE)))
    listeners = warehouse.query("select listener_id, display_name from gold.dim_listener").to_pylist()
    known = {value for row in listeners for value in row.values()}
    found = [
        f"{table}.{column}: {value}"
        for (table, column), values in model.sampled.items()
        for value in values
        if (table, column) not in SAMPLES or value in known
    ]
    # A listener may be called like an artist or a genre: to be looked at, and no more than that.
    return dg.AssetCheckResult(
        passed=not found,
        severity=WARN,
        # A name that may be a listener's does not travel into reports.
        description=f"{len(found):,} to be looked at" if found else "no sample names a listener",
        metadata={"found": dg.MetadataValue.json(found)},
    )


PUBLISHING_CHECKS: list[dg.AssetChecksDefinition] = [has_published_fields, is_small_enough, shows_nobody]
