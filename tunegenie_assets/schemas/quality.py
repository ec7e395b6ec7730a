"""The history of checks. What is made of it is in ml/quality."""

from __future__ import annotations

from tunegenie_assets.schemas.table import BOOLEAN, DATE, STRING, TIMESTAMP, Table, columns_of

CHECK_RESULTS = Table(
    layer="reports",
    name="check_results",
    row="One row is one result of one check of an asset in one run; what the event log forgets stays here.",
    columns=columns_of(
        ("evaluated_on", DATE, "UTC day of evaluated_at.", True),
        ("evaluated_at", TIMESTAMP, "When the check said so (UTC).", True),
        ("run_id", STRING, "Run of Dagster; empty where a sensor looked, outside any run.", True),
        ("asset", STRING, "Asset that was checked, such as `gold/fct_plays`.", True),
        ("check_name", STRING, "Check of that asset.", True),
        ("severity", STRING, "`error` or `warn`: what it is where it does not pass.", True),
        ("is_blocking", BOOLEAN, "Whether what follows waits for it.", True),
        ("passed", BOOLEAN, "Whether it passed.", True),
        ("summary", STRING, "What it found, in words and without the name of any listener."),
    ),
    partition_column="evaluated_on",
)
