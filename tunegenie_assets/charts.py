"""Pictures for asset metadata and pages: pure functions from a table to an Altair chart, and the way to embed one."""

from __future__ import annotations

import base64

import altair as alt
import dagster as dg
import pandas as pd
import pyarrow as pa

WIDTH = 640
HEIGHT = 240
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#eeca3b", "#b279a2", "#72b7b2", "#9d755d", "#ff9da6")
_GREY = "#dddddd"
_MAP_EDGE = 1.15
_NAME_HEIGHT = 12
_LETTER_WIDTH = 5.5
"""Of names on a map, in pixels."""


def bars(rows: pa.Table, category: str, value: str, *, title: str, value_title: str, top: int = 15) -> alt.Chart:
    """Horizontal bars of the `top` categories, longest first."""
    frame = _frame(rows, value, category).nlargest(top, value)
    return (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X(value, type="quantitative", title=value_title),
            y=alt.Y(category, type="nominal", sort="-x", title=None),
        )
        .properties(width=WIDTH, height=max(60, 20 * len(frame)))
    )


def months(rows: pa.Table, value: str, *, title: str, value_title: str) -> alt.Chart:
    """One bar a month; `rows` has the columns year and month."""
    frame = _frame(rows, value, "year", "month")
    frame["date"] = pd.to_datetime(frame[["year", "month"]].astype(int).assign(day=1))
    return (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X("date", type="temporal", timeUnit="yearmonth", title=None),
            y=alt.Y(value, type="quantitative", title=value_title),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def days(rows: pa.Table, day: str, value: str, *, title: str, value_title: str) -> alt.Chart:
    """One column a day; days without rows stay empty."""
    frame = _frame(rows, value, day)
    frame[day] = pd.to_datetime(frame[day])
    width = max(1.0, min(12.0, WIDTH / (1 + (frame[day].max() - frame[day].min()).days) - 1))
    return (
        alt.Chart(frame, title=title)
        .mark_bar(width=width)
        .encode(
            x=alt.X(day, type="temporal", title=None),
            y=alt.Y(value, type="quantitative", title=value_title),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def completeness(rows: pa.Table, total: str, *, title: str) -> alt.Chart:
    """A bar for each column but `total`, in their order: the share of rows that have a value, in the one row given."""
    [counts] = rows.to_pylist()
    of = float(counts.pop(total)) or 1.0
    frame = pd.DataFrame({"column": list(counts), "share": [float(count) / of for count in counts.values()]})
    return (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X(
                "share", type="quantitative", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
            ),
            y=alt.Y("column", type="nominal", title=None, sort=None),
        )
        .properties(width=WIDTH, height=16 * len(frame))
    )


def years(rows: pa.Table, year: str, value: str, *, title: str, value_title: str) -> alt.Chart:
    """One column a year; years without rows stay empty."""
    frame = _frame(rows, value, year)
    return (
        alt.Chart(frame, title=title)
        .mark_bar(width=max(1, min(20, WIDTH // (1 + int(frame[year].max() - frame[year].min())) - 1)))
        .encode(
            x=alt.X(year, type="quantitative", title=None, axis=alt.Axis(format="d"), scale=alt.Scale(zero=False)),
            y=alt.Y(value, type="quantitative", title=value_title),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def week(rows: pa.Table, value: str, *, title: str, value_title: str) -> alt.Chart:
    """A field for each hour of each weekday, darker the larger its value.

    `rows` has the columns weekday_name and local_hour.
    """
    frame = _frame(rows, value, "weekday_name", "local_hour")
    return (
        alt.Chart(frame, title=title)
        .mark_rect()
        .encode(
            x=alt.X("local_hour", type="ordinal", title="hour", scale=alt.Scale(domain=list(range(24)))),
            y=alt.Y("weekday_name", type="nominal", title=None, scale=alt.Scale(domain=list(WEEKDAYS))),
            color=alt.Color(value, type="quantitative", title=value_title, scale=alt.Scale(scheme="blues")),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def grouped_bars(rows: pa.Table, category: str, group: str, value: str, *, title: str) -> alt.Chart:
    """Bars of each group side by side within a category."""
    frame = _frame(rows, value, category, group)
    return (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X(value, type="quantitative", title=None),
            y=alt.Y(category, type="nominal", title=None),
            yOffset=alt.YOffset(group, type="nominal"),
            color=alt.Color(group, type="nominal", title=None),
        )
        .properties(width=WIDTH)
    )


def history(rows: pa.Table, date: str, group: str, value: str, *, title: str, value_title: str) -> alt.Chart:
    """A line for each group over dates, with a point at each."""
    frame = _frame(rows, value, date, group)
    frame[date] = pd.to_datetime(frame[date])
    return (
        alt.Chart(frame, title=title)
        .mark_line(point=True)
        .encode(
            x=alt.X(date, type="temporal", title=None),
            y=alt.Y(value, type="quantitative", title=value_title),
            color=alt.Color(group, type="nominal", title=None),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def stacked_shares(rows: pa.Table, *, title: str, missing: str) -> alt.Chart:
    """One bar for each `what`, made of the `share` (0 to 1) of each `source`; `missing` is the last part, in grey."""
    frame = _frame(rows, "share", "what", "source")
    sources = [*sorted(set(frame["source"]) - {missing}), missing]
    frame["place"] = frame["source"].map(sources.index)
    colours = alt.Scale(domain=sources, range=[*_COLOURS[: len(sources) - 1], _GREY])
    return (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X(
                "share", type="quantitative", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
            ),
            y=alt.Y("what", type="nominal", title=None, sort=None),
            color=alt.Color("source", type="nominal", title=None, scale=colours),
            order=alt.Order("place", type="quantitative"),
        )
        .properties(width=WIDTH, height=max(60, 24 * frame["what"].nunique()))
    )


def ranges(rows: pa.Table, *, title: str, band: str) -> alt.LayerChart | alt.FacetChart:
    """For each `what` a grey band, from 0 to 1, and beside it from `low` to `high` with a tick at `middle`.

    `rows` has these columns, in units of the band; `band` says what the band is. What reaches further than twice the
    width of the band to either side is cut.
    """
    frame = rows.to_pandas()
    frame["band_low"], frame["band_high"] = 0.0, 1.0
    what = alt.Y("what", type="nominal", title=None, sort=None, axis=alt.Axis(labelLimit=WIDTH))
    scale = alt.Scale(domain=[-2, 3], clamp=True)
    base = alt.Chart(frame, title=alt.Title(title, subtitle=band)).encode(y=what)
    bands = base.mark_bar(color=_GREY).encode(
        x=alt.X("band_low", type="quantitative", scale=scale, title=None, axis=None), x2="band_high"
    )
    spans = base.mark_rule(color=_COLOURS[0], strokeWidth=2).encode(
        x=alt.X("low", type="quantitative", scale=scale), x2="high"
    )
    middles = base.mark_tick(color=_COLOURS[1], thickness=3).encode(x=alt.X("middle", type="quantitative", scale=scale))
    return alt.layer(bands, spans, middles).properties(width=WIDTH, height=max(60, 22 * len(frame)))


def genre_map(rows: pa.Table, *, title: str, top: int = 300, names: int = 80) -> alt.LayerChart | alt.FacetChart:
    """The `top` genres as circles where `x` and `y` say: as large as their `plays`, coloured by their `genre_cluster`.

    Named are `names` of them: the strongest of the clusters, then the most played, but none over another.
    """
    frame = _frame(rows, "plays", "genre", "genre_cluster", "is_strongest", "x", "y")
    frame = frame.sort_values(["is_strongest", "plays", "genre"], ascending=[False, False, True]).head(top)
    frame["name"] = [name if row < names else "" for row, name in enumerate(_apart(frame))]
    clusters = frame.groupby("genre_cluster")["plays"].sum().sort_values(ascending=False, kind="stable").index.tolist()
    side = alt.Scale(domain=[-_MAP_EDGE, _MAP_EDGE])
    said = "near genres keep the same company, larger ones are played more; directions mean nothing"
    base = alt.Chart(frame, title=alt.Title(title, subtitle=said)).encode(
        x=alt.X("x", type="quantitative", scale=side, axis=None),
        y=alt.Y("y", type="quantitative", scale=side, axis=None),
    )
    circles = base.mark_circle(opacity=0.7).encode(
        size=alt.Size("plays", type="quantitative", scale=alt.Scale(range=[12, 900]), legend=None),
        color=alt.Color(
            "genre_cluster",
            type="nominal",
            title=None,
            scale=alt.Scale(domain=clusters, scheme="tableau10" if len(clusters) <= 10 else "tableau20"),
            legend=alt.Legend(orient="bottom", columns=3, labelLimit=WIDTH // 3),
        ),
    )
    labels = base.mark_text(fontSize=_NAME_HEIGHT - 2).encode(text=alt.Text("name", type="nominal"))
    return alt.layer(circles, labels).properties(width=WIDTH, height=WIDTH)


def _apart(frame: pd.DataFrame) -> list[str]:
    """Of each row its genre, or nothing where that would be written over one before it."""
    scale = WIDTH / (2 * _MAP_EDGE)
    taken: list[tuple[float, float, float]] = []
    names: list[str] = []
    for genre, x, y in zip(frame["genre"], frame["x"], frame["y"], strict=True):
        half = len(genre) * _LETTER_WIDTH / 2
        place = x * scale, y * scale
        is_free = all(
            abs(place[0] - left) >= half + other or abs(place[1] - down) >= _NAME_HEIGHT for left, down, other in taken
        )
        names.append(genre if is_free else "")
        if is_free:
            taken.append((*place, half))
    return names


def _frame(rows: pa.Table, value: str, *others: str) -> pd.DataFrame:
    """The columns with plain floats for values: a warehouse's sum is a decimal."""
    frame = rows.select([*others, value]).to_pandas()
    frame[value] = frame[value].astype(float)
    return frame


def as_metadata(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dg.MarkdownMetadataValue:
    """The chart as a picture that the Dagster UI shows."""
    import vl_convert  # noqa: PLC0415  # loads a JavaScript engine, half a second that only a drawn chart should pay

    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    encoded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return dg.MetadataValue.md(f"![chart](data:image/svg+xml;base64,{encoded})")
