"""The tables of the ask bench, on standard error: what came of each set, and of what failed, what was expected.

Of the paraphrases that are kept aside nothing but figures is shown: a planner made to fit them would measure nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benches.ask.measuring import Examination, percentile
from tests.questions.asking import Asked
from tests.questions.expected import Row

SHOWN_ROWS = 4


def show_sets(console: Console, title: str, examination: Examination) -> None:
    table = Table(title=title)
    for column in ("set", "asked", "right", "wrong", "refused", "crashed", "95 % within"):
        table.add_column(column, justify="left" if column == "set" else "right")
    for name, asked in (
        ("answerable", examination.answerable),
        ("paraphrases", examination.paraphrases),
        ("paraphrases kept aside", examination.kept_aside),
        ("to be refused", examination.refused),
    ):
        came = Counter(each.outcome for each in asked)
        within = f"{1000 * percentile([each.seconds for each in asked], 0.95):.0f} ms"
        table.add_row(
            name, str(len(asked)), *(str(came[each]) for each in ("right", "wrong", "refused", "crashed")), within
        )
    console.print(table)
    why = Counter(skipped.id for skipped in examination.skipped)
    if why:
        console.print(f"Not asked, as nothing would come of them: {sum(why.values())}, of {len(why)} questions")


def show_failures(console: Console, examination: Examination) -> None:
    """What was asked, expected and came, of everything that failed but was not kept aside."""
    for asked in (*examination.answerable, *examination.paraphrases):
        if asked.outcome != "right":
            _show(console, asked, _rows(asked.case.rows))
    for asked in examination.refused:
        if asked.outcome != "refused":
            _show(console, asked, "a refusal")
    for leak in examination.leaks:
        console.print(Text(f"hostile {leak.id}: {leak.what}", style="red"))
    for question in examination.changed:
        console.print(Text(f"answered otherwise the second time: {question}", style="red"))


def _show(console: Console, asked: Asked, expected: str) -> None:
    # Names of songs are no markup.
    console.print(Text(f"{asked.outcome:8} {asked.case.id}: {asked.case.question}  [{asked.case.as_of}]", style="bold"))
    console.print(Text(f"  expected {expected}"))
    console.print(Text(f"  came     {asked.said}"))


def _rows(rows: Sequence[Row]) -> str:
    told = ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows[:SHOWN_ROWS])
    return f"{told} … {len(rows)} rows" if len(rows) > SHOWN_ROWS else told
