"""`tunegenie stats`: what the warehouse holds, how fresh it is, and what fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from rich.console import Console
from rich.table import Table

from tunegenie_assets.cli import coverage, display, summaries
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.runs import dagster_instance
from tunegenie_assets.keys import LAYERS

BAR_WIDTH = 30
NOTHING_BUILT = "nothing has been built yet; run tunegenie demo, tunegenie import or tunegenie rebuild"
PARTLY_BUILT = "only a part has been built; run again the command that did not come to its end, or tunegenie rebuild"
SUMMED_UP = frozenset(
    {
        "silver.play_ledger",
        "silver.counted_plays",
        "silver.source_agreement",
        "gold.dim_track",
        "gold.dim_listener",
        "gold.fct_plays",
        "gold.daily_listening_summary",
        "gold.genre_analysis_complete",
    }
)
"""Tables that the figures come from."""


@dataclass(frozen=True)
class AssetState:
    """When an asset was last built, and which of its checks did not pass then."""

    built_at: datetime | None
    failed_checks: list[str]


def run(*, as_json: bool) -> None:
    """Print it, or one document of it."""
    out, _ = display.consoles(as_json=as_json)
    platform = Platform.open()
    if not platform.has_warehouse:
        raise CommandError(NOTHING_BUILT)
    sizes = summaries.table_sizes(platform.warehouse)
    built = {f"{size.layer}.{size.name}" for size in sizes}
    if "silver.plays" not in built:
        raise CommandError(NOTHING_BUILT)
    if not built >= SUMMED_UP:
        raise CommandError(PARTLY_BUILT)
    with dagster_instance(platform.settings, to_change=False) as instance:
        states = _states(instance, platform.definitions)
    if as_json:
        display.print_json(_document(platform, sizes, states))
    else:
        _print(platform, sizes, states, out)


def _states(instance: dg.DagsterInstance, definitions: dg.Definitions) -> dict[str, AssetState]:
    graph = definitions.resolve_asset_graph()
    keys = list(graph.get_all_asset_keys())
    events = instance.get_latest_materialization_events(keys)
    failed: dict[dg.AssetKey, list[str]] = {}
    for check in graph.asset_check_keys:
        record = instance.get_latest_asset_check_evaluation_record(check)
        evaluation = record.event.asset_check_evaluation if record and record.event else None
        if evaluation is not None and not evaluation.passed:
            failed.setdefault(check.asset_key, []).append(check.name)
    return {key.to_user_string(): AssetState(_time(events.get(key)), sorted(failed.get(key, []))) for key in keys}


def _time(event: dg.EventLogEntry | None) -> datetime | None:
    return datetime.fromtimestamp(event.timestamp, tz=UTC) if event else None


def _document(
    platform: Platform, sizes: Sequence[summaries.TableSize], states: Mapping[str, AssetState]
) -> dict[str, object]:
    rows = {f"{size.layer}/{size.name}": size.rows for size in sizes}
    counting = platform.settings.counting
    return {
        "command": "stats",
        "warehouse": str(platform.settings.warehouse_path),
        "counting": counting.value,
        "counting_applied": summaries.is_counted_under(platform.warehouse, counting),
        "sources": summaries.sources(platform.warehouse),
        "years": summaries.years_of_listening(platform.warehouse),
        "known": coverage.as_json(platform.warehouse),
        "assets": [
            {
                "asset": name,
                "rows": rows.get(name),
                "built_at": state.built_at.isoformat() if state.built_at else None,
                "failed_checks": state.failed_checks,
            }
            for name, state in _in_order(states)
        ],
    }


def _print(
    platform: Platform, sizes: Sequence[summaries.TableSize], states: Mapping[str, AssetState], out: Console
) -> None:
    out.print(_sources_table(platform))
    out.print()
    years = _years_table(platform)
    if years is not None:
        out.print(years)
        out.print()
    for table in coverage.tables(platform.warehouse):
        out.print(table)
        out.print()
    _print_assets(sizes, states, out)


def _print_assets(sizes: Sequence[summaries.TableSize], states: Mapping[str, AssetState], out: Console) -> None:
    """Those that hold something, were never built or are amiss; of the others only how many there are."""
    rows = {f"{size.layer}/{size.name}": size.rows for size in sizes}
    shown = [
        (
            name,
            rows.get(name),
            f"{state.built_at:%Y-%m-%d %H:%M}" if state.built_at else "never",
            ", ".join(state.failed_checks) or "",
        )
        for name, state in _in_order(states)
        if rows.get(name) != 0 or state.failed_checks or not state.built_at
    ]
    columns = ["asset", "rows", "last built (UTC)", "checks not passed"]
    out.print(display.table("Assets", columns, shown, unwrapped=columns[:-1]))
    if empty := len(states) - len(shown):
        out.print(f"{empty} more are built and hold no row; --json lists them.")


def _sources_table(platform: Platform) -> Table:
    rows = [
        (
            display.source_name(row["source"]),
            int(row["listeners"]),
            int(row["plays"]),
            # A scrobble does not tell how long was listened.
            None if row["hours"] is None else float(row["hours"]),
            row["first_play"].date(),
            row["last_play"].date(),
            int(row["days"]),
        )
        for row in summaries.sources(platform.warehouse)
    ]
    columns = ["source", "listeners", "plays", "hours", "from", "to", "days with plays"]
    return display.table("Listening by source: all plays", columns, rows, unwrapped=columns[1:-1])


def _years_table(platform: Platform) -> Table | None:
    """None where nobody but simulated listeners has plays."""
    years = summaries.years_of_listening(platform.warehouse)
    if not years:
        return None
    longest = max(float(row["hours"] or 0) for row in years) or 1.0
    bars = [
        (
            row["listener_id"],
            str(row["year"]),
            int(row["plays"]),
            None if row["hours"] is None else float(row["hours"]),
            "█" * round(BAR_WIDTH * float(row["hours"] or 0) / longest),
        )
        for row in years
    ]
    return display.table(_years_title(platform), ["listener", "year", "plays", "hours", ""], bars)


def _years_title(platform: Platform) -> str:
    policy = platform.settings.counting
    if summaries.is_counted_under(platform.warehouse, policy):
        return f"Listening by year: plays that count under {policy.value}"
    return f"Listening by year: plays that counted at the last recount; tunegenie recount applies {policy.value}"


def _in_order(states: Mapping[str, AssetState]) -> list[tuple[str, AssetState]]:
    return sorted(states.items(), key=lambda item: (LAYERS.index(item[0].split("/")[0]), item[0]))
