"""Which dbt tables have a picture: the rows it needs and how it is drawn. The drawing itself is in charts.py.

All listeners of the warehouse together, and the titles say so: the Dagster UI shows a table and not a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pyarrow as pa

from tunegenie_assets import charts


@dataclass(frozen=True)
class Picture:
    """The query whose rows `draw` makes a chart of."""

    sql: str
    draw: Callable[[pa.Table], alt.Chart]


def _genres(rows: pa.Table) -> alt.Chart:
    return charts.bars(rows, "primary_genre", "plays", title="Plays by genre, all listeners", value_title="plays")


def _months(rows: pa.Table) -> alt.Chart:
    return charts.months(rows, "plays", title="Plays by month, all listeners", value_title="plays")


def _week(rows: pa.Table) -> alt.Chart:
    return charts.week(rows, "plays", title="Plays by hour and weekday, local time, all listeners", value_title="plays")


def _eras(rows: pa.Table) -> alt.Chart:
    title = "Plays by year of release, all listeners"
    return charts.years(rows, "release_year", "plays", title=title, value_title="plays")


def _streaks(rows: pa.Table) -> alt.Chart:
    return charts.bars(rows, "streak", "days", title="Longest streaks of any listener", value_title="days in a row")


def _days(rows: pa.Table) -> alt.Chart:
    return charts.days(rows, "day", "plays", title="Plays a day, all listeners, the last year", value_title="plays")


def _completeness(rows: pa.Table) -> alt.Chart:
    return charts.completeness(rows, "row_count", title="How complete the columns are, all listeners")


def _platforms(rows: pa.Table) -> alt.Chart:
    return charts.stacked_shares(rows, title="Devices by year, share of plays of all listeners", missing="unknown")


SHOWN_BY_COLUMN: frozenset[tuple[str, ...]] = frozenset(
    {("silver", "plays"), ("gold", "dim_track"), ("gold", "dim_artist"), ("gold", "dim_album")}
)
"""Whose picture is the share of values that each column has: what sources lack shows here."""

PICTURES: Mapping[tuple[str, ...], Picture] = {
    ("gold", "fct_plays"): Picture(
        "select play_date as day, count(*) as plays from gold.fct_plays group by play_date order by day desc limit 366",
        _days,
    ),
    ("gold", "genre_analysis_complete"): Picture(
        "select primary_genre, sum(total_plays) as plays from gold.genre_analysis_complete group by primary_genre",
        _genres,
    ),
    ("gold", "monthly_insights_complete"): Picture(
        "select year, month, sum(total_plays) as plays from gold.monthly_insights_complete group by year, month",
        _months,
    ),
    ("gold", "hour_by_weekday"): Picture(
        """
        select weekday_name, local_hour, sum(plays) as plays
        from gold.hour_by_weekday
        group by weekday_name, local_hour
        """,
        _week,
    ),
    ("gold", "era_listening"): Picture(
        """
        select release_year, sum(plays) as plays
        from gold.era_listening
        where release_year is not null
        group by release_year
        """,
        _eras,
    ),
    ("gold", "listening_streaks"): Picture(
        """
        select concat(listener_id, ' from ', cast(first_date as varchar)) as streak, days
        from gold.listening_streaks
        order by days desc, listener_id, first_date
        limit 15
        """,
        _streaks,
    ),
    ("gold", "platform_mix"): Picture(
        """
        select cast(year as varchar) as what, platform_family as source,
               cast(sum(plays) as double) / sum(sum(plays)) over (partition by year) as share
        from gold.platform_mix
        group by year, platform_family
        order by year, platform_family
        """,
        _platforms,
    ),
}


def picture_of(table: tuple[str, ...], columns: Sequence[str]) -> Picture | None:
    """The picture of a table with these columns; None where words and figures are enough."""
    if table not in SHOWN_BY_COLUMN:
        return PICTURES.get(table)
    counts = ", ".join(f"count({column}) as {column}" for column in columns)
    return Picture(f"select count(*) as row_count, {counts} from {table[0]}.{table[1]}", _completeness)  # noqa: S608  # names of the graph
