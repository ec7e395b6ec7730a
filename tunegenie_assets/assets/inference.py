"""Genres guessed from the company that artists keep. The rules are in ml/genres."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.genres.guessing import guess_genres
from ml.genres.inference import Judged
from ml.genres.placing import family_by_genre
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.results import GENRE_EVIDENCE, GENRE_TAXONOMY, INFERRED_GENRES

HEARD = """
select listener_id, artist_id, play_date, may_train
from silver.listener_artist_days
order by listener_id, play_date, artist_id
"""
FEWEST_JUDGED = 200
"""Known artists: on fewer the shares below say little."""
LEAST_GAIN = 0.02
"""Over the most common family, as a share of the artists."""
MOST_CALIBRATION_ERROR = 0.1
GUESSES_HOLD = dg.AssetCheckSpec(
    "guesses_hold_for_known_artists",
    asset=dg.AssetKey(list(INFERRED_GENRES.key)),
    description=(
        "Artists whose family is known, guessed as if it were not: more often right than the most common family would "
        f"be, and as sure as right, to {MOST_CALIBRATION_ERROR:.0%}. Not judged on fewer than {FEWEST_JUDGED}."
    ),
)


@dg.asset(
    key=list(INFERRED_GENRES.key),
    ins={
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key)),
        "places": dg.AssetIn(list(GENRE_TAXONOMY.key)),
        "artists": dg.AssetIn(
            ["silver", "artists"],
            metadata={"columns": ["artist_id", "artist_name", "popularity", "popularity_source"]},
        ),
        "playlists": dg.AssetIn(["silver", "playlist_artists"]),
    },
    deps=[["silver", "listener_artist_days"]],
    group_name="enrichment",
    # Whole: a guess rests on the whole history, and what was built day by day must equal what is built anew.
    description=f"{INFERRED_GENRES.row}\n\nOnly artists of whom nobody tells one.",
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    check_specs=[GUESSES_HOLD],
    metadata={"dagster/column_schema": column_schema(INFERRED_GENRES)},
)
def inferred_genres(  # noqa: ANN201  # of an asset with checks Dagster takes an annotation to mean that it has no value
    warehouse: dg.ResourceParam[WarehouseIOManager], **tables: pa.Table
):
    guesses = guess_genres(
        warehouse.query(HEARD),
        tables["playlists"],
        tables["told"],
        tables["artists"],
        families=family_by_genre(tables["places"]),
    )
    return dg.MaterializeResult(value=guesses.rows, check_results=[_held(guesses.judged)])


def _held(judged: Judged) -> dg.AssetCheckResult:
    few = judged.artists < FEWEST_JUDGED
    gain = judged.family_top1 - judged.majority_top1
    told: Sequence[tuple[str, Any]] = (
        ("artists", judged.artists),
        ("family_top1", round(judged.family_top1, 4)),
        ("majority_top1", round(judged.majority_top1, 4)),
        ("calibration_error", round(judged.calibration_error, 4)),
    )
    summary = (
        f"{judged.artists} known artists are too few to tell"
        if few
        else f"{judged.family_top1:.0%} right, {judged.majority_top1:.0%} by the most common family"
    )
    return dg.AssetCheckResult(
        passed=few or (gain > LEAST_GAIN and judged.calibration_error <= MOST_CALIBRATION_ERROR),
        severity=dg.AssetCheckSeverity.WARN,
        check_name=GUESSES_HOLD.name,
        description=summary,
        metadata=dict(told),
    )
