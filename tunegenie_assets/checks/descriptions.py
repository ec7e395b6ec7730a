"""Checks of what is known about tracks: how complete it is and whose it is, and how far sources agree.

Nothing that fails here stops a run: it tells what to look up, or which source to doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
import pyarrow as pa

from tunegenie_assets import charts
from tunegenie_assets.checks.factories import WARN, query_check

COMPLETE_SHARE = 0.95
FEWEST_COMPARED = 50
"""Agreement on fewer plays or tracks is chance."""
LEAST_AGREEMENT: Mapping[str, float] = {
    # A scrobbler that was off for half of the time is to be looked at; one that leaves out short plays is not.
    "plays": 0.5,
    "artists of plays": 0.95,
    "titles of plays": 0.95,
    "lengths of plays": 0.9,
    "lengths of tracks": 0.9,
    # Single, album and compilation are all true.
    "albums of tracks": 0.3,
}

WHOSE = """
with played as (
    select distinct plays.track_id, listeners.is_simulated
    from silver.plays as plays
    inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
),

known as (
    select
        played.is_simulated,
        case when tracks.track_name <> '' then 'plays' end as name,
        case when tracks.artist_name <> '' then 'plays' end as artist,
        tracks.album_source as album,
        tracks.duration_source as duration,
        nullif(tracks.genre_source, 'unclassified') as genre
    from played
    inner join gold.dim_track as tracks on played.track_id = tracks.track_id
)

select is_simulated, name, artist, album, duration, genre, count(*) as tracks
from known
group by is_simulated, name, artist, album, duration, genre
order by is_simulated, tracks desc, name, artist, album, duration, genre
"""
AGREEMENT = """
select what, source, other_source, compared, agreeing_share
from silver.source_agreement
order by what, source, other_source
"""
NOBODY = "nobody"
COLUMNS = ("name", "artist", "album", "duration", "genre")


@dataclass(frozen=True)
class Completeness:
    """What is known of the tracks that were played."""

    tracks: int
    whose: str
    complete_share: float
    """Of the tracks that have all of COLUMNS."""
    by_source: Mapping[str, Mapping[str | None, float]]
    """Of each column the share that each source gave; None is nobody."""

    def share(self, column: str) -> float:
        return 1 - self.by_source[column].get(None, 0.0)


def measure_completeness(rows: pa.Table) -> Completeness | None:
    """Of the tracks that people played; of what simulated listeners did, where nobody else has played anything.

    `rows` are those of WHOSE. None where nothing has been played.
    """
    groups = rows.to_pylist()
    people = [group for group in groups if not group["is_simulated"]]
    judged = people or groups
    total = sum(group["tracks"] for group in judged)
    if not total:
        return None
    complete = sum(group["tracks"] for group in judged if all(group[column] for column in COLUMNS))
    return Completeness(
        tracks=total,
        whose="people" if people else "simulated listeners",
        complete_share=complete / total,
        by_source={
            column: {source: tracks / total for source, tracks in _counts(judged, column).items()} for column in COLUMNS
        },
    )


def judge_completeness(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    """Whether enough tracks have all of COLUMNS, and by source who gave them."""
    known = measure_completeness(rows)
    if known is None:
        return True, {"tracks": 0}
    bars = [
        {"what": column, "source": source or NOBODY, "share": share}
        for column, shares in known.by_source.items()
        for source, share in shares.items()
    ]
    chart = charts.stacked_shares(
        pa.Table.from_pylist(bars), title="Who knows what about the tracks that were played", missing=NOBODY
    )
    shares = ", ".join(f"{column} {known.share(column):.1%}" for column in COLUMNS if known.share(column) < 1)
    return known.complete_share >= COMPLETE_SHARE, {
        "summary": f"{known.complete_share:.1%} of {known.tracks:,} tracks have all"
        + (f" ({shares})" if shares else ""),
        "tracks": known.tracks,
        "whose": known.whose,
        "complete_share": round(known.complete_share, 4),
        **{f"{column}_share": round(known.share(column), 4) for column in COLUMNS},
        "by_source": charts.as_metadata(chart),
    }


def _counts(groups: Sequence[Mapping[str, Any]], column: str) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    for group in groups:
        counts[group[column]] = counts.get(group[column], 0) + group["tracks"]
    return counts


def judge_agreement(rows: pa.Table) -> tuple[bool, dict[str, Any]]:
    """Whether no two sources disagree more than is usual."""
    lines = ["| what | source | other source | compared | agree |", "| --- | --- | --- | ---: | ---: |"]
    doubtful: list[str] = []
    for row in rows.to_pylist():
        pair = f"{row['source']} | {row['other_source']}"
        lines.append(f"| {row['what']} | {pair} | {row['compared']} | {row['agreeing_share']:.1%} |")
        if row["compared"] >= FEWEST_COMPARED and row["agreeing_share"] < LEAST_AGREEMENT[row["what"]]:
            doubtful.append(f"{row['what']}: {row['source']} and {row['other_source']}")
    summary = f"{rows.num_rows} comparisons; to be looked at: {', '.join(doubtful) or 'none'}"
    return not doubtful, {"summary": summary, "agreement": dg.MetadataValue.md("\n".join(lines))}


tracks_are_complete = query_check(
    ["gold", "dim_track"],
    "played_tracks_are_complete",
    WHOSE,
    judge_completeness,
    description=(
        f"At least {COMPLETE_SHARE:.0%} of the tracks that people played have name, artist, album, duration and genre. "
        "What is missing comes from `tunegenie run-once enrichment`, or from a catalogue (TUNEGENIE_CATALOGUE)."
    ),
    severity=WARN,
    additional_deps=[["silver", "listeners"]],
)

sources_agree = query_check(
    ["silver", "source_agreement"],
    "sources_agree",
    AGREEMENT,
    judge_agreement,
    description="Sources that tell of the same plays and tracks tell the same of them, as far as they usually do.",
    severity=WARN,
)

DESCRIPTION_CHECKS: list[dg.AssetChecksDefinition] = [tracks_are_complete, sources_agree]
