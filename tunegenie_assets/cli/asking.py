"""`tunegenie ask` and `tunegenie chat`: questions in plain English, answered from the metrics of the dbt project.

How a question is understood is in ml/assistant; charts are in asked_charts.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ml.assistant.assistant import Answer, Assistant, Refusal
from ml.assistant.conversation import Conversation
from ml.assistant.query import Grain, Intent
from ml.assistant.values import figure, in_order, measured, moment, period, window_in_words, written
from ml.assistant.vocabulary import TIME, Vocabulary
from tunegenie_assets.assistant.model_asking import helped
from tunegenie_assets.assistant.opening import NoSuchListenerError, NothingBuiltError, open_assistant, today_of
from tunegenie_assets.assistant.reading import ReadingError
from tunegenie_assets.cli import display
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.settings import load_settings

BAR_WIDTH = 30
ROWS_SHOWN = 40
LEAVE = frozenset({"exit", "quit", "bye", "q"})
_UNITS_SHOWN = ("share", "percent", "year", "hour of the day")
"""Units without which a figure says little; the others stand in the head of the column, or in the definition."""
_TITLES = {
    "artist__name": "artist",
    "recording__name": "song",
    "recording__artist_name": "artist",
    "album__name": "album",
    "album__artist_name": "artist",
    "artist__primary_genre": "genre",
    "artist__genre_family": "genre family",
    "track__release_decade": "decade of release",
    "track__release_year": "year of release",
    "date__is_weekend": "part of the week",
    "date__iso_weekday": "day of the week",
    "date__weekday_name": "day of the week",
    "play__platform_family": "device",
}


@dataclass(frozen=True)
class Request:
    """A question with all that was said about it on the command line."""

    question: str
    listener: str | None
    as_of: date | None
    chart: Path | None
    with_sql: bool


def ask(request: Request, *, as_json: bool) -> None:
    """Answer one question.

    Raises:
        CommandError: it is refused, has no chart that was asked for, or nothing has been built.
    """
    out, _ = display.consoles(as_json=as_json)
    assistant = with_model(opened(request.listener))
    answer = _answered(assistant, request.question, request.as_of or today_of(assistant, datetime.now(UTC)))
    if as_json:
        display.print_json({"command": "ask", **as_document(answer)})
    if isinstance(answer, Refusal):
        _suggest(out, answer)
        raise CommandError(f"not answered: {answer.reason}")
    show(out, answer, assistant.executor.compiler.vocabulary, with_sql=request.with_sql)
    if request.chart is not None:
        from tunegenie_assets.cli.asked_charts import save_chart  # noqa: PLC0415  # half a second that few answers need

        save_chart(answer, assistant, request.chart)


def chat(*, listener: str | None, as_of: date | None) -> None:
    """Answer questions until there are no more; each may refer to the one before."""
    out = Console(file=sys.stdout, highlight=False)
    assistant = with_model(opened(listener))
    conversation = Conversation(assistant)
    out.print(f"[dim]Ask about the listening of {escape(assistant.executor.listener)}; exit leaves.[/dim]")
    for line in _lines(out):
        if line.strip().lower() in LEAVE:
            return
        if not line.strip():
            continue
        try:
            answer = conversation.ask(line, as_of=as_of or today_of(assistant, datetime.now(UTC)))
        except ReadingError as error:
            out.print(str(error), markup=False)
            continue
        if isinstance(answer, Refusal):
            out.print(f"[bold]I cannot answer that:[/bold] {escape(answer.reason)}.")
            _suggest(out, answer)
        else:
            show(out, answer, assistant.executor.compiler.vocabulary, with_sql=False)


def opened(listener: str | None) -> Assistant:
    """The assistant of this process's settings.

    Raises:
        CommandError: nothing has been built, or there is no such listener.
    """
    settings = open_home()
    try:
        return open_assistant(settings, listener)
    except (NoSuchListenerError, NothingBuiltError) as error:
        raise CommandError(str(error)) from error


def with_model(assistant: Assistant) -> Assistant:
    """The assistant with the language model of this process's settings, where these name one."""
    return helped(assistant, load_settings())


def as_document(answer: Answer | Refusal) -> dict[str, Any]:
    """An answer for machines."""
    if isinstance(answer, Refusal):
        return {
            "question": answer.question,
            "answered": False,
            "reason": answer.reason,
            "suggestions": list(answer.suggestions),
        }
    return {
        "question": answer.question,
        "answered": True,
        "sentence": answer.sentence,
        "columns": list(answer.columns),
        "rows": [list(row) for row in answer.rows],
        "window": {"start": answer.window.start, "end": answer.window.end, "timezone": answer.timezone},
        "definitions": dict(answer.definitions),
        "notes": list(answer.notes),
        "confidence": round(answer.confidence, 2),
        "query": answer.query.model_dump(mode="json", exclude_defaults=True),
        "sql": answer.sql,
    }


def show(out: Console, answer: Answer, vocabulary: Vocabulary, *, with_sql: bool) -> None:
    """The sentence, the table with bars, what it is about, and the SQL where it is asked for."""
    out.print(f"[bold]{escape(answer.sentence)}[/bold]")
    for note in answer.notes:
        out.print(f"[yellow]{escape(note)}[/yellow]")
    if len(answer.rows) > 1 or (answer.rows and len(answer.columns) > 2):
        out.print()
        out.print(_table(answer, vocabulary))
    for label, description in answer.definitions:
        out.print(f"[dim]{escape(label)}: {escape(' '.join(description.split()))}[/dim]")
    if answer.query.intent not in (Intent.RECOMMEND, Intent.SIMILAR):
        out.print(f"[dim]{window_in_words(answer.window)}; dates in {answer.timezone}[/dim]")
    if with_sql:
        out.print(f"\n{answer.sql}", markup=False)


def _table(answer: Answer, vocabulary: Vocabulary) -> Table:
    """All columns, and bars of the first metric, which are as long as its values."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    metrics = [name for name in answer.columns if name in vocabulary.metrics]
    shown = [
        index for index, name in enumerate(answer.columns) if not (name == "day" and "played_at" in answer.columns)
    ]
    for index in shown:
        is_number = all(isinstance(row[index], int | float | None) for row in answer.rows)
        made.add_column(
            _title(answer.columns[index], vocabulary), justify="right" if is_number else "left", header_style="dim"
        )
    rows = in_order(answer.query, answer.columns, answer.rows)
    values = [_size(row[answer.columns.index(metrics[0])]) for row in rows] if metrics else []
    largest = max(values, default=0.0)
    if metrics and largest > 0:
        made.add_column("")
    for position, row in enumerate(rows[:ROWS_SHOWN]):
        cells: list[Any] = [_cell(answer.columns[index], row[index], vocabulary) for index in shown]
        if metrics and largest > 0:
            cells.append(Bar(largest, 0, values[position], width=BAR_WIDTH, color="cyan"))
        made.add_row(*cells)
    if len(answer.rows) > ROWS_SHOWN:
        made.add_row(f"… {len(answer.rows) - ROWS_SHOWN} more rows; --json has all")
    return made


def _size(value: object) -> float:
    return max(float(value), 0.0) if isinstance(value, int | float) else 0.0


def _title(column: str, vocabulary: Vocabulary) -> str:
    if column in vocabulary.metrics:
        return vocabulary.metrics[column].label.lower()
    if column in vocabulary.dimensions:
        return _TITLES.get(column, vocabulary.dimensions[column].label.lower())
    return column.removeprefix(f"{TIME}__").replace("_", " ")


def _cell(column: str, value: object, vocabulary: Vocabulary) -> str:
    if value is None:
        return "unknown"
    if column in vocabulary.metrics or column == "share":
        unit = vocabulary.metrics[column].unit if column in vocabulary.metrics else column
        return measured(value, unit) if unit in _UNITS_SHOWN else figure(value)
    if column.startswith(f"{TIME}__"):
        return escape(period(value, Grain(column.removeprefix(f"{TIME}__"))))
    if column in vocabulary.dimensions:
        return escape(written(column, value))
    return escape(moment(value) if isinstance(value, date) else figure(value))


def _suggest(out: Console, refusal: Refusal) -> None:
    """What could be asked instead; the reason is told by the caller, once."""
    if not refusal.suggestions:
        return
    out.print("[dim]I can answer, for example:[/dim]")
    for suggestion in refusal.suggestions:
        out.print(f"  {escape(suggestion)}")


def _answered(assistant: Assistant, question: str, as_of: date) -> Answer | Refusal:
    try:
        return assistant.ask(question, as_of=as_of)
    except ReadingError as error:
        raise CommandError(str(error)) from error


def _lines(out: Console) -> Iterable[str]:
    """What is typed, a line at a time, until there is no more."""
    while True:
        try:
            yield out.input("[cyan]>[/cyan] ") if sys.stdin.isatty() else next(sys.stdin)
        except (EOFError, StopIteration):
            return
