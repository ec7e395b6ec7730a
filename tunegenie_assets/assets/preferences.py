"""What listeners said about their history, as tables: exclusions, zones, travellers.

Storing it is in sources/preferences.py; what follows from it is in the dbt models.
"""

import dagster as dg
import pyarrow as pa

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.preferences import Preferences
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS


@dg.asset(
    key=list(EXCLUSIONS.key),
    group_name="landing",
    description=f"{EXCLUSIONS.row}\n\nEdited by `tunegenie exclude`.",
    owners=list(OWNERS),
    kinds={"python", "file"},
    metadata={"dagster/column_schema": column_schema(EXCLUSIONS)},
)
def exclusions(preferences: Preferences) -> dg.MaterializeResult[pa.Table]:
    return dg.MaterializeResult(value=preferences.exclusions())


@dg.asset(
    key=list(LISTENER_ZONES.key),
    group_name="landing",
    description=f"{LISTENER_ZONES.row}\n\nEdited by `tunegenie timezone`.",
    owners=list(OWNERS),
    kinds={"python", "file"},
    metadata={"dagster/column_schema": column_schema(LISTENER_ZONES)},
)
def listener_zones(preferences: Preferences) -> dg.MaterializeResult[pa.Table]:
    return dg.MaterializeResult(value=preferences.listener_zones())


@dg.asset(
    key=list(TRAVELLERS.key),
    group_name="landing",
    description=f"{TRAVELLERS.row}\n\nEdited by `tunegenie timezone --follow-travels`.",
    owners=list(OWNERS),
    kinds={"python", "file"},
    metadata={"dagster/column_schema": column_schema(TRAVELLERS)},
)
def travellers(preferences: Preferences) -> dg.MaterializeResult[pa.Table]:
    return dg.MaterializeResult(value=preferences.travellers())
