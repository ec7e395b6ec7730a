"""The taxonomy as tables: from the rows of its seeds, and the place of every genre that occurs.

The rules are in taxonomy.py.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ml.genres.gathering import NOT_TOLD
from ml.genres.names import normalise_genre
from ml.genres.taxonomy import Taxonomy

GENRE_TAXONOMY_SCHEMA = pa.schema(
    [
        ("genre", pa.string()),
        ("parent", pa.string()),
        ("family", pa.string()),
        ("matched_by", pa.string()),
    ]
)


def taxonomy_of(rows: pa.Table, aliases: pa.Table) -> Taxonomy:
    """The taxonomy of the seeds: `rows` are genre, parent and family, `aliases` are alias and genre."""
    named = (rows[column].to_pylist() for column in ("genre", "parent", "family"))
    told = (aliases[column].to_pylist() for column in ("alias", "genre"))
    return Taxonomy(zip(*named, strict=True), zip(*told, strict=True))


def placed_genres(genres: Iterable[pa.ChunkedArray], taxonomy: Taxonomy) -> pa.Table:
    """GENRE_TAXONOMY: one row per genre that occurs in any of the columns, sorted by it; nulls and blanks are none."""
    occurring = {normalise_genre(genre) for column in genres for genre in column.unique().drop_null().to_pylist()}
    matches = [taxonomy.match(genre) for genre in sorted(occurring - set(NOT_TOLD))]
    return pa.Table.from_pylist([vars(match) for match in matches], schema=GENRE_TAXONOMY_SCHEMA)


def family_by_genre(places: pa.Table) -> dict[str, str]:
    """The family of each genre of GENRE_TAXONOMY."""
    return dict(zip(places["genre"].to_pylist(), places["family"].to_pylist(), strict=True))
