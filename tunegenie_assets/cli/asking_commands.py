"""The commands that answer questions, as app.py offers them: declared here, done in the modules they name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tunegenie_assets.cli.arguments import DATE, Command, Json

app = typer.Typer()

Listener = Annotated[str | None, typer.Option(help="Whose listening it is [TUNEGENIE_LISTENER].")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=DATE, help="Answer as on this date; today in the listener's zone without it."),
]


EXAMPLES = """\
Examples:

tunegenie ask "who were my top 5 artists last summer?"

tunegenie ask "how many hours of jazz did I listen to in 2024?" --listener ada

tunegenie ask "plays per month in 2024" --chart months.png

What can be asked, and how it is understood: docs/questions.md
"""


@app.command(cls=Command, epilog=EXAMPLES)
def ask(
    question: Annotated[
        list[str], typer.Argument(help="In plain English, such as: who was my top artist last summer?")
    ],
    *,
    listener: Listener = None,
    as_of: AsOf = None,
    chart: Annotated[Path | None, typer.Option(help="Write a chart of the answer to this .png, .svg or .html.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that answered it.")] = False,
    as_json: Json = False,
) -> None:
    """Answer a question about your listening; needs no key, no network and no language model."""
    from tunegenie_assets.cli import asking as command  # noqa: PLC0415  # MetricFlow takes a second to import

    request = command.Request(
        question=" ".join(question),
        listener=listener,
        as_of=as_of.date() if as_of else None,
        chart=chart,
        with_sql=sql,
    )
    command.ask(request, as_json=as_json)


@app.command()
def chat(*, listener: Listener = None, as_of: AsOf = None) -> None:
    """Answer one question after another; each may refer to the one before: and the year before? only rock."""
    from tunegenie_assets.cli import asking as command  # noqa: PLC0415  # as above

    command.chat(listener=listener, as_of=as_of.date() if as_of else None)


@app.command()
def mcp(*, listener: Listener = None) -> None:
    """Serve the assistant to another program, such as Claude Desktop, over standard input and output (MCP)."""
    from tunegenie_assets.cli import serving_mcp as command  # noqa: PLC0415  # as above

    command.run(listener=listener)
