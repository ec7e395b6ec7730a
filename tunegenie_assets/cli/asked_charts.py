"""The chart of an answer as a file: PNG, SVG or HTML. Bars in the terminal are in asking.py.

Periods are columns, or lines where several names have figures in each; everything else is a bar with its name.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import altair as alt
import pandas as pd

from ml.assistant.assistant import Answer, Assistant
from ml.assistant.figures_told import named_window
from ml.assistant.filters_told import Names
from ml.assistant.query import Grain
from ml.assistant.telling import headline
from ml.assistant.values import PERFORMERS, in_order, is_in_order, period, shortly, written
from ml.assistant.vocabulary import TIME, Metric, Vocabulary
from tunegenie_assets.cli.errors import CommandError

SUFFIXES = (".png", ".html", ".svg")
WIDTH = 720
HEIGHT = 320
MOST_COLUMNS = 31
"""Periods that stand side by side with their names; more share an axis of dates."""
MOST_LINES = 8
MOST_BARS = 50
_ROW_HEIGHT = 24
_LONGEST_LABEL = 340
_LETTER_WIDTH = 5.5
"""In pixels, as the others."""
_SHORT = {
    Grain.YEAR: "%Y",
    Grain.MONTH: "%b %Y",
    Grain.WEEK: "%-d %b %Y",
    Grain.DAY: "%-d %b %Y",
}
_CODES = {Grain.DAY: "D", Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}
_TICKS = 8
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30, Grain.QUARTER: 91, Grain.YEAR: 365}
"""Of the last column, which no other follows."""
_PLAIN_UNITS = ("share", "percent", "year", "0 to 1", "0 to 100", "none")


def save_chart(answer: Answer, assistant: Assistant, path: Path) -> None:
    """Draw the first metric of an answer.

    Raises:
        CommandError: the answer has no chart, or the file cannot be written there.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise CommandError(
            f"a chart is written as {', '.join(SUFFIXES)}, not as {path.suffix or 'a file without ending'}"
        )
    if not path.parent.is_dir():
        raise CommandError(f"the chart cannot be written: there is no folder {path.parent}")
    executor = assistant.executor
    chart = chart_of(answer, executor.compiler.vocabulary, assistant.names, executor.listener)
    if path.suffix.lower() == ".html":
        chart.save(str(path), inline=True)
    else:
        chart.save(str(path), scale_factor=2)


def chart_of(answer: Answer, vocabulary: Vocabulary, names: Names, listener: str) -> alt.Chart | alt.LayerChart:
    """The chart of an answer with several rows of figures.

    Raises:
        CommandError: it has none.
    """
    metrics = [name for name in answer.columns if name in vocabulary.metrics]
    if not metrics or len(answer.rows) < 2:
        raise CommandError("there is no chart of this answer: only several rows of figures have one")
    metric = vocabulary.metrics[metrics[0]]
    rows = in_order(answer.query, answer.columns, answer.rows)
    named = [index for index, name in enumerate(answer.columns) if name not in vocabulary.metrics]
    frame = pd.DataFrame(
        {
            "what": [_label(answer, row, named) for row in rows],
            "value": pd.to_numeric(pd.Series([row[answer.columns.index(metric.name)] for row in rows])).astype(float),
        }
    )
    title = _Title(headline(answer.query, answer.columns, vocabulary, names), answer, listener)
    grain = answer.query.grain
    if grain is not None and answer.query.comparison is None and answer.query.limit is None:
        begins = [row[0] for row in rows]
        return _over_time(frame.assign(when=pd.to_datetime(pd.Series(begins))), grain, metric, title)
    if is_in_order(answer.query, answer.columns) and len(named) == 1 and frame["what"].nunique() > 2:
        return _columns(frame, metric, title)
    return _bars(frame, metric, title)


class _Title:
    """What is shown; below it when, and whose listening it is."""

    def __init__(self, shown: str, answer: Answer, listener: str) -> None:
        self.shown = shown
        windows = [answer.query.window, *([answer.query.comparison.window] if answer.query.comparison else [])]
        told = " and ".join(named_window(window) for window in windows)
        self.below = f"{told[:1].upper()}{told[1:]} · {listener}"

    def params(self, more: str = "") -> alt.TitleParams:
        return alt.TitleParams(
            self.shown,
            subtitle=f"{self.below}{more}",
            anchor="start",
            frame="bounds",
            fontSize=16,
            subtitleFontSize=12,
            subtitleColor="#666666",
            offset=12,
        )


def _label(answer: Answer, row: tuple[object, ...], names: list[int]) -> str:
    """What a row is of; of a list of things their dates stay in the table."""
    told = ""
    for index in names:
        column, value = answer.columns[index], row[index]
        if column.startswith(f"{TIME}__"):
            grain = Grain(column.removeprefix(f"{TIME}__"))
            # Over time the axis tells the period, unless each has a name of its own.
            if answer.query.limit is not None or answer.query.comparison is not None:
                told += (", " if told else "") + period(value, grain)
        elif not isinstance(value, date):
            between = " by " if column in (*PERFORMERS, "artist") else ", "
            told += (between if told else "") + written(column, value)
    return told


def _over_time(frame: pd.DataFrame, grain: Grain, metric: Metric, title: _Title) -> alt.Chart | alt.LayerChart:
    if (frame["what"] != "").any():
        return _lines(frame, grain, metric, title)
    periods = _periods(frame["when"], grain)
    if len(periods) <= MOST_COLUMNS:
        labels = [_short(when, grain) for when in periods]
        return _columns(frame.assign(what=[_short(when, grain) for when in frame["when"]]), metric, title, labels)
    until = dict(zip(periods, [*periods[1:], periods[-1] + pd.Timedelta(days=_DAYS[grain])], strict=True))
    return (
        alt.Chart(frame.assign(until=frame["when"].map(until)), title=title.params())
        .mark_bar(stroke="white", strokeWidth=0.3)
        .encode(
            x=alt.X("when:T", title=None),
            x2="until:T",
            y=_height(metric),
            y2=alt.Y2Datum(0),
            tooltip=_tooltip(metric, "when"),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def _lines(frame: pd.DataFrame, grain: Grain, metric: Metric, title: _Title) -> alt.Chart:
    """A line for each name; where nothing was counted in a period, it goes down to 0."""
    order = list(frame.groupby("what")["value"].sum().sort_values(ascending=False, kind="stable").index)
    shown = order[:MOST_LINES]
    periods = _periods(frame["when"], grain)
    frame = frame[frame["what"].isin(shown)]
    if metric.is_added_up:
        every = pd.MultiIndex.from_product([shown, periods], names=["what", "when"])
        frame = frame.groupby(["what", "when"])["value"].sum().reindex(every, fill_value=0.0).reset_index()
    over = alt.X("when:T", title=None)
    if len(periods) <= MOST_COLUMNS:
        frame = frame.assign(of=[_short(when, grain) for when in frame["when"]])
        over = _side_by_side("of:O", [_short(when, grain) for when in periods])
    more = f" · the first {MOST_LINES} of {len(order)}" if len(order) > MOST_LINES else ""
    legend = alt.Legend(orient="bottom", columns=4, labelLimit=WIDTH // 4 - 30, symbolStrokeWidth=3)
    return (
        alt.Chart(frame, title=title.params(more))
        .mark_line(point=True)
        .encode(
            x=over,
            y=_height(metric),
            color=alt.Color("what:N", title=None, sort=shown, legend=legend),
            tooltip=["what:N", *_tooltip(metric, "when")],
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def _columns(frame: pd.DataFrame, metric: Metric, title: _Title, labels: list[str] | None = None) -> alt.Chart:
    """Columns, which begin at 0; years lie far from it, and are a line."""
    chart = alt.Chart(frame, title=title.params())
    marks = chart.mark_line(point=True) if metric.unit == "year" else chart.mark_bar()
    over = _side_by_side("what:O", labels or list(frame["what"]))
    return marks.encode(x=over, y=_height(metric), tooltip=_tooltip(metric, "what")).properties(
        width=WIDTH, height=HEIGHT
    )


def _side_by_side(field: str, labels: list[str]) -> alt.X:
    angle = 0 if sum(len(label) + 2 for label in labels) * _LETTER_WIDTH < WIDTH else -45
    axis = alt.Axis(labelAngle=angle, labelLimit=_LONGEST_LABEL)
    return alt.X(field, sort=labels, scale=alt.Scale(domain=labels), title=None, axis=axis)


def _bars(frame: pd.DataFrame, metric: Metric, title: _Title) -> alt.LayerChart:
    """Bars in the order of the answer, each with its figure."""
    shown = frame.head(MOST_BARS)
    figures = [
        shortly(None if pd.isna(value) else value if value % 1 else int(value), metric.unit) for value in shown["value"]
    ]
    shown = shown.assign(what=_apart(list(shown["what"])), figure=figures)
    base = alt.Chart().encode(
        x=alt.X("value:Q", title=_axis_title(metric), axis=_axis(metric), scale=_scale(metric)),
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LONGEST_LABEL)),
        tooltip=_tooltip(metric, "what"),
    )
    more = f" · the first {MOST_BARS} of {len(frame)}" if len(frame) > MOST_BARS else ""
    marks = base.mark_point(filled=True, size=80) if metric.unit == "year" else base.mark_bar()
    beside = base.mark_text(align="left", dx=6).encode(text="figure:N")
    return alt.LayerChart(
        data=shown,
        layer=[marks, beside],
        title=title.params(more),
        width=WIDTH,
        height=max(80, _ROW_HEIGHT * len(shown)),
    )


def _apart(names: list[str]) -> list[str]:
    """Two of one name stay two bars: the second has a space behind it that nobody sees."""
    return [name + "\u200b" * names[:place].count(name) for place, name in enumerate(names)]


def _axis_title(metric: Metric) -> str:
    if metric.unit == "percent":
        return f"{metric.label} (%)"
    says_unit = metric.unit in _PLAIN_UNITS or metric.unit in metric.label.lower()
    return metric.label if says_unit else f"{metric.label} ({metric.unit})"


def _axis(metric: Metric) -> alt.Axis:
    formats = {"share": "%", "year": "d"}
    return (
        alt.Axis(format=formats[metric.unit], tickCount=_TICKS)
        if metric.unit in formats
        else alt.Axis(tickCount=_TICKS)
    )


def _scale(metric: Metric) -> alt.Scale:
    """From 0, but for years, which lie close to each other and far from it."""
    return alt.Scale(zero=metric.unit != "year")


def _height(metric: Metric) -> alt.Y:
    return alt.Y("value:Q", title=_axis_title(metric), axis=_axis(metric), scale=_scale(metric))


def _tooltip(metric: Metric, what: str) -> list[alt.Tooltip]:
    shown = alt.Tooltip(f"{what}:{'T' if what == 'when' else 'N'}", title="from" if what == "when" else "of")
    return [shown, alt.Tooltip("value:Q", title=metric.label, format=".1%" if metric.unit == "share" else ",.2~f")]


def _periods(begins: pd.Series, grain: Grain) -> list[pd.Timestamp]:
    """The beginning of every period from the first to the last, also of those without plays."""
    return list(pd.period_range(begins.min(), begins.max(), freq=_CODES[grain]).to_timestamp())


def _short(begin: date, grain: Grain) -> str:
    if grain is Grain.QUARTER:
        return f"Q{(begin.month + 2) // 3} {begin.year}"
    return begin.strftime(_SHORT[grain])
