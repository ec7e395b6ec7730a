"""What to tell dbt for one step of a Dagster run: pure functions from the selection and window to arguments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date


def build_arguments(model_ids: Iterable[str], test_ids: Iterable[str]) -> list[str]:
    """`dbt build` of exactly these models and these tests.

    Tests are named one by one, and indirect selection is off: a test that also reads a model of a later step
    would otherwise run too early.
    """
    selected = sorted({*map(_selector, model_ids), *map(_selector, test_ids)})
    if not selected:
        raise ValueError("nothing is selected")
    return ["build", "--indirect-selection", "empty", "--select", *selected]


def variables(
    window: tuple[date, date] | None, settings: Mapping[str, str], sources_with_records: Iterable[str]
) -> list[str]:
    """The `--vars` of one call: the settings that models depend on, the window, and the sources of plays that have any.

    `window` is the half-open range of UTC days to rebuild, or None for all.
    """
    values: dict[str, object] = {**settings, "sources_with_records": sorted(sources_with_records)}
    if window is not None:
        start, end = window
        if end <= start:
            raise ValueError(f"the window from {start} to {end} is empty")
        values |= {"window_start": start.isoformat(), "window_end": end.isoformat()}
    return ["--vars", json.dumps(values)]


def _selector(unique_id: str) -> str:
    """`model.tunegenie.silver_plays` or `test.tunegenie.not_null_x.1a2b` to the name that selects it."""
    return unique_id.split(".")[2]
