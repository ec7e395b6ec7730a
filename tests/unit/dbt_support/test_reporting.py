from __future__ import annotations

import dagster as dg

from tunegenie_assets.dbt_support.reporting import lineage_metadata


def test_lineage_is_told_to_programs_and_to_people() -> None:
    own = ("gold", "days", "ms")
    origins = {"gold.days": {"ms": frozenset({("silver", "plays", "ms_played"), own}), "plays": frozenset()}}
    [(key, told)] = lineage_metadata(origins).items()
    assert key == dg.AssetKey(["gold", "days"])
    # What an incremental model reads of itself is no lineage.
    deps = [dg.TableColumnDep(asset_key=dg.AssetKey(["silver", "plays"]), column_name="ms_played")]
    assert told["dagster/column_lineage"].deps_by_column == {"ms": deps, "plays": []}
    assert told["columns_come_from"].value.splitlines()[2:] == [
        "| ms | silver.plays.ms_played |",
        "| plays | no column: a constant, or rows counted |",
    ]
