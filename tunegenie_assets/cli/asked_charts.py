"""The chart of an answer as a file, PNG or HTML. Bars in the terminal are in asking.py."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from ml.assistant.assistant import Answer
from ml.assistant.vocabulary import TIME, Vocabulary
from tunegenie_assets.cli.errors import CommandError

SUFFIXES = (".png", ".html", ".svg")
WIDTH = 720
_ROW_HEIGHT = 24


def save_chart(answer: Answer, vocabulary: Vocabulary, path: Path) -> None:
    """Draw the first metric of an answer: over time as columns, of things as bars.

    Raises:
        CommandError: the answer has no metric or one row, or the file is of no kind that can be written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise CommandError(
            f"a chart is written as {', '.join(SUFFIXES)}, not as {path.suffix or 'a file without ending'}"
        )
    chart = chart_of(answer, vocabulary)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".html":
        chart.save(str(path), inline=True)
    else:
        chart.save(str(path), scale_factor=2)


def chart_of(answer: Answer, vocabulary: Vocabulary) -> alt.Chart:
    """The chart of an answer with several rows of figures.

    Raises:
        CommandError: it has none.
    """
    metrics = [name for name in answer.columns if name in vocabulary.metrics]
    if not metrics or len(answer.rows) < 2:
        raise CommandError("only an answer with several rows of figures has a chart")
    metric = vocabulary.metrics[metrics[0]]
    names = [name for name in answer.columns if name not in vocabulary.metrics]
    frame = pd.DataFrame(answer.rows, columns=list(answer.columns))
    value = alt.Y("value:Q", title=f"{metric.label} ({metric.unit})")
    if names and names[0].startswith(TIME):
        frame = frame.assign(when=pd.to_datetime(frame[names[0]]), value=pd.to_numeric(frame[metrics[0]]))
        base = alt.Chart(frame, title=_title(answer))
        if len(names) > 1:
            frame["what"] = frame[names[1:]].astype(str).agg(", ".join, axis=1)
            marks = (
                alt.Chart(frame, title=_title(answer))
                .mark_line(point=True)
                .encode(color=alt.Color("what:N", title=None))
            )
        else:
            marks = base.mark_bar()
        return marks.encode(x=alt.X("when:T", title=None), y=value).properties(width=WIDTH, height=320)
    frame = frame.assign(
        what=frame[names].astype(str).agg(", ".join, axis=1) if names else "all", value=pd.to_numeric(frame[metrics[0]])
    )
    return (
        alt.Chart(frame, title=_title(answer))
        .mark_bar()
        .encode(x=alt.X("value:Q", title=f"{metric.label} ({metric.unit})"), y=alt.Y("what:N", sort=None, title=None))
        .properties(width=WIDTH, height=max(80, _ROW_HEIGHT * len(frame)))
    )


def _title(answer: Answer) -> list[str]:
    return [answer.question] if answer.question else [answer.sentence]
