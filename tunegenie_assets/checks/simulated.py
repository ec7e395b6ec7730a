"""Whether simulated listeners listen like people. The figures are those of ml/listeners/realism.py.

Nothing that fails here stops a run: plays that look unlike listening are still plays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa

from ml.listeners.realism import (
    MEANINGS,
    REAL,
    Judged,
    Likeness,
    figures_of,
    histories_of,
    judge_figures,
    judge_likeness,
)
from tunegenie_assets import charts
from tunegenie_assets.checks.factories import WARN, query_check

FEWEST_LISTENERS = 30
"""Of fewer the median says little."""
FEWEST_PLAYS = 200
"""Of a listener with fewer plays no figure says anything."""
MOST_STRAYS = 1
"""A population drawn at random may stray once in where its medians lie, and once in how its listeners differ."""

# A hundred listeners tell as much as a million.
PLAYS = """
select listener_id, started_at, ms_played, track_id, artist_name, reason_end
from synthetic.plays
where listener_id in (select listener_id from synthetic.listeners order by listener_id limit 100)
"""


def judge_simulated(plays: pa.Table) -> tuple[bool, dict[str, Any]]:
    """Whether the population's medians lie where people's figures do, with a picture; too small a one passes."""
    histories = [history for history in histories_of(plays) if len(history.track) >= FEWEST_PLAYS]
    if len(histories) < FEWEST_LISTENERS:
        summary = f"{len(histories)} listeners with {FEWEST_PLAYS} plays are too few to tell"
        return True, {"summary": summary, "listeners": len(histories)}
    figures = [figures_of(history) for history in histories]
    judged = judge_figures(figures)
    likenesses = judge_likeness(histories)
    outside = [judgement.real.meaning for judgement in judged if not judgement.is_inside]
    unlike = [judgement.real.meaning for judgement in judged if not judgement.differs_alike]
    unusual = [likeness.distribution for likeness in likenesses if not likeness.is_usual]
    told = {"outside": outside, "differing otherwise": unlike, "unlike a real archive": unusual}
    strays = "; ".join(f"{what}: {', '.join(figures)}" for what, figures in told.items() if figures)
    summary = f"{len(judged) - len(outside)} of {len(judged)} figures lie within those of people"
    if too_short := len(REAL) - len(judged):
        summary += f" ({too_short} need a longer history)"
    passed = len(outside) <= MOST_STRAYS and len(unlike) <= MOST_STRAYS and not unusual
    return passed, {
        "summary": f"{summary}; {strays}" if strays else summary,
        "listeners": len(histories),
        "figures": dg.MetadataValue.md(_as_markdown(judged, likenesses)),
        "beside_people": charts.as_metadata(_chart(judged, figures)),
    }


def _as_markdown(judged: Sequence[Judged], likenesses: Sequence[Likeness]) -> str:
    lines = ["| figure | three people | median | inside | differ by |", "| --- | --- | ---: | --- | ---: |"]
    for figure in judged:
        inside = "yes" if figure.is_inside else "no"
        people = f"{figure.real.least:g} to {figure.real.most:g}"
        lines.append(
            f"| {figure.real.meaning} | {people} | {figure.median:.3g} | {inside} | {figure.spread:.2f} times |"
        )
    lines += ["", "Differ by: the range of three listeners beside that of the three people, on average."]
    lines += ["", "Listeners that are nearer to the middle than a real archive:", ""]
    lines += [f"- {MEANINGS[likeness.distribution]}: {likeness.nearer_share:.0%}" for likeness in likenesses]
    return "\n".join(lines)


def _chart(
    judged: Sequence[Judged], figures: Sequence[Mapping[str, float]]
) -> charts.alt.LayerChart | charts.alt.FacetChart:
    rows: list[dict[str, object]] = []
    for figure in judged:
        values = np.array([of_listener[figure.figure] for of_listener in figures])
        low, middle, high = (np.quantile(values, [0.1, 0.5, 0.9]) - figure.real.least) / (
            figure.real.most - figure.real.least
        )
        rows.append({"what": figure.real.meaning, "low": low, "middle": middle, "high": high})
    return charts.ranges(
        pa.Table.from_pylist(rows),
        title="Simulated listeners beside people",
        band="grey: from the least to the most of three people; blue: 8 of 10 listeners; orange: the listeners' median",
    )


listens_like_people = query_check(
    ["synthetic", "plays"],
    "listens_like_people",
    PLAYS,
    judge_simulated,
    description=(
        "Sessions, skips and, where there are years, repeats and favourites of simulated listeners are such as three "
        "people's were; of a hundred listeners, who tell as much as all."
    ),
    severity=WARN,
    additional_deps=[["synthetic", "listeners"]],
)

SIMULATION_CHECKS: list[dg.AssetChecksDefinition] = [listens_like_people]
"""Checks of the simulated population."""
