"""Genres guessed from the company that artists keep, for the days of a run. The rules are in ml/genres."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from ml.genres.guessing import guess_genres
from ml.genres.inference import Judged
from ml.genres.placing import family_by_genre
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.partitions import play_days
from tunegenie_assets.resources.partition_counts import count_by_day, days_of, record_counts
from tunegenie_assets.resources.tables import WarehouseIOManager, column_schema
from tunegenie_assets.schemas.results import GENRE_EVIDENCE, GENRE_TAXONOMY, INFERRED_GENRES

CONTEXT_DAYS = 730
"""Of listening before a run's first day that tell what company an artist keeps."""
HEARD = """
select days.listener_id, days.artist_id, days.play_date, days.may_train
from silver.listener_artist_days as days
inner join (
    select distinct listener_id from silver.listener_artist_days where play_date >= ? and play_date < ?
) as listening on days.listener_id = listening.listener_id
where days.play_date >= ? and days.play_date < ?
order by days.listener_id, days.play_date, days.artist_id
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
    description=(
        f"{INFERRED_GENRES.row}\n\nOnly artists that were heard on the days of the run and of whom nobody tells one."
    ),
    owners=list(OWNERS),
    kinds={"python", "numpy"},
    partitions_def=play_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[GUESSES_HOLD],
    metadata={
        "partition_expr": INFERRED_GENRES.partition_column,
        "dagster/column_schema": column_schema(INFERRED_GENRES),
    },
)
def inferred_genres(  # noqa: ANN201  # of an asset with checks Dagster takes an annotation to mean that it has no value
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseIOManager], **tables: pa.Table
):
    start, end = days_of(context)
    guesses = guess_genres(
        warehouse.query(HEARD, [start, end, start - timedelta(days=CONTEXT_DAYS), end]),
        tables["playlists"],
        tables["told"],
        tables["artists"],
        families=family_by_genre(tables["places"]),
        first_day=start,
    )
    record_counts(context, context.asset_key, count_by_day(guesses.rows, "inferred_on"), (start, end))
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
