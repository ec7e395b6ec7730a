"""What is known of the tracks that were played, by whom, and how far sources agree: the part of `stats` about that."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from tunegenie_assets.checks.descriptions import AGREEMENT, COLUMNS, WHOSE, Completeness, measure_completeness
from tunegenie_assets.cli import display
from tunegenie_assets.cli.summaries import Rows
from tunegenie_assets.resources.tables import WarehouseIOManager

_NAMES = {
    "spotify_api": "Spotify",
    "history": "own history",
    "longest_play": "longest play",
    "inferred_name": "its name",
}
"""What a source of descriptions is called where it stands beside sources of plays."""


def completeness(warehouse: WarehouseIOManager) -> Completeness | None:
    """None where nothing has been played."""
    return measure_completeness(warehouse.query(WHOSE))


def agreement(warehouse: WarehouseIOManager) -> Rows:
    """Of each pair of sources and each thing that both tell, how many were compared and which share agrees."""
    return warehouse.query(AGREEMENT).to_pylist()


def tables(warehouse: WarehouseIOManager) -> Iterator[Table]:
    """As a person reads it; none about what there is nothing to say of."""
    known = completeness(warehouse)
    if known is not None:
        rows = [(column, f"{known.share(column):.1%}", _givers(known, column)) for column in COLUMNS]
        title = f"Known of {known.tracks:,} tracks that {known.whose} played ({known.complete_share:.1%} have all)"
        yield display.table(title, ["what", "share", "from"], rows)
    pairs = agreement(warehouse)
    if pairs:
        rows = [
            (
                row["what"],
                _name(row["source"]),
                _name(row["other_source"]),
                row["compared"],
                f"{row['agreeing_share']:.1%}",
            )
            for row in pairs
        ]
        yield display.table("How far sources agree", ["in", "source", "and", "compared", "agree"], rows)


def as_json(warehouse: WarehouseIOManager) -> dict[str, object]:
    """The same for machines."""
    known = completeness(warehouse)
    shares = None if known is None else {column: round(known.share(column), 4) for column in COLUMNS}
    return {
        "tracks": None if known is None else known.tracks,
        "complete_share": None if known is None else round(known.complete_share, 4),
        "shares": shares,
        "agreement": agreement(warehouse),
    }


def _givers(known: Completeness, column: str) -> str:
    shares = known.by_source[column]
    given = sorted((source for source in shares if source is not None), key=lambda source: (-shares[source], source))
    return ", ".join(f"{_name(source)} {shares[source]:.1%}" for source in given)


def _name(source: str) -> str:
    return _NAMES.get(source) or display.source_name(source)
