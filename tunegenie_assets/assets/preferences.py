"""What listeners said about their history, as tables: exclusions, zones, travellers.

Storing it is in sources/preferences.py; what follows from it is in the dbt models.
"""

from collections.abc import Callable

import dagster as dg
import pyarrow as pa

from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.preferences import Preferences
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.landing import EXCLUSIONS, LISTENER_ZONES, TRAVELLERS
from tunegenie_assets.schemas.table import Table


def _preference(table: Table, command: str, read: Callable[[Preferences], pa.Table]) -> dg.AssetsDefinition:
    """The asset of what listeners said of one matter, with the command that edits it."""

    @dg.asset(
        key=list(table.key),
        group_name="landing",
        description=f"{table.row}\n\nEdited by `{command}`.",
        owners=list(OWNERS),
        kinds={"python", "file"},
        metadata={"dagster/column_schema": column_schema(table)},
    )
    def preference(preferences: Preferences) -> dg.MaterializeResult[pa.Table]:
        return dg.MaterializeResult(value=read(preferences))

    return preference


exclusions = _preference(EXCLUSIONS, "tunegenie exclude", Preferences.exclusions)
listener_zones = _preference(LISTENER_ZONES, "tunegenie timezone", Preferences.listener_zones)
travellers = _preference(TRAVELLERS, "tunegenie timezone --follow-travels", Preferences.travellers)
