"""All tables that Python writes: the IO managers create, guard and describe them, and dbt reads them as sources."""

from __future__ import annotations

from collections.abc import Iterable

from tunegenie_assets.schemas.catalogue import (
    CATALOGUE_TRACKS,
    SYNTHETIC_CATALOGUE,
    SYNTHETIC_LISTENERS,
    SYNTHETIC_PLAYS,
)
from tunegenie_assets.schemas.clusters import GENRE_CLUSTERS
from tunegenie_assets.schemas.collected import COLLECTED, LISTENING
from tunegenie_assets.schemas.histories import REJECTED_RECORDS
from tunegenie_assets.schemas.landing import ARCHIVE_FILES, ARCHIVES, EXCLUSIONS, LISTENER_ZONES, PAGE_FILES, TRAVELLERS
from tunegenie_assets.schemas.quality import CHECK_RESULTS
from tunegenie_assets.schemas.recommender import RECOMMENDER
from tunegenie_assets.schemas.results import (
    ARTIST_GENRES,
    GENRE_EVIDENCE,
    GENRE_TAXONOMY,
    INFERRED_GENRES,
)
from tunegenie_assets.schemas.table import Table

TABLES: tuple[Table, ...] = (
    ARCHIVES,
    ARCHIVE_FILES,
    EXCLUSIONS,
    LISTENER_ZONES,
    TRAVELLERS,
    PAGE_FILES,
    *LISTENING,
    *COLLECTED,
    REJECTED_RECORDS,
    CATALOGUE_TRACKS,
    SYNTHETIC_CATALOGUE,
    SYNTHETIC_LISTENERS,
    SYNTHETIC_PLAYS,
    GENRE_EVIDENCE,
    INFERRED_GENRES,
    ARTIST_GENRES,
    GENRE_TAXONOMY,
    GENRE_CLUSTERS,
    *RECOMMENDER,
    CHECK_RESULTS,
)

LAYERS: tuple[str, ...] = (*sorted({table.layer for table in TABLES}), "bronze", "silver", "gold")
"""Every schema of the warehouse: those of Python's tables, then those of dbt's models."""


def table_for(key: Iterable[str]) -> Table:
    """The table with this two-part key; raises KeyError with the known keys."""
    wanted = tuple(key)
    for table in TABLES:
        if table.key == wanted:
            return table
    known = ", ".join("/".join(table.key) for table in TABLES)
    raise KeyError(f"no table {'/'.join(wanted)}; known: {known}")
