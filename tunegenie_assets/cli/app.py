"""The `tunegenie` command: its sub-commands, their options, and the one place where errors become one line.

What a command does is in the module of its name; this one only declares and dispatches. Those that simulate, answer
questions or are about accounts, services and deployments are declared in the modules `…_commands.py`.
"""

from __future__ import annotations

import signal
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tunegenie_assets.cli import asking_commands, service_commands, simulation_commands
from tunegenie_assets.cli.arguments import DATE, Command, Json, Version
from tunegenie_assets.cli.errors import INTERRUPTED
from tunegenie_assets.cli.troubles import give_back, kept_output, line_of

ENDED_BY_CTRL_C = 130
"""What Typer makes of an interruption that nothing below it caught."""

app = typer.Typer(
    name="tunegenie",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(simulation_commands.app)
app.add_typer(service_commands.app)
app.add_typer(asking_commands.app)


@app.callback()
def options(*, version: Version = False) -> None:
    """Turns listening history into analytics and recommendations. Everything it keeps is under TUNEGENIE_HOME."""


@app.command("import", cls=Command)
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Archives: zips, folders or single files, of any name.")],
    listener: Annotated[str | None, typer.Option(help="Whose history it is [TUNEGENIE_LISTENER].")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Where the listener lives, such as America/Denver [TUNEGENIE_TIMEZONE].")
    ] = None,
    as_json: Json = False,
) -> None:
    """Land archives and materialize everything that depends on them; the same file twice changes nothing.

    The exit code is 1 where a file was refused, though the others arrived.
    """
    from tunegenie_assets.cli import importing as command  # noqa: PLC0415  # Dagster and dbt take seconds to import

    command.run(paths, listener=listener, timezone=timezone, as_json=as_json)


@app.command()
def rebuild(as_json: Json = False) -> None:
    """Build the warehouse anew from landing and the simulated population."""
    from tunegenie_assets.cli import rebuilding as command  # noqa: PLC0415  # as above

    command.run(as_json=as_json)


@app.command()
def exclude(
    *,
    listener: Annotated[str | None, typer.Option(help="Whose plays [TUNEGENIE_LISTENER].")] = None,
    artist: Annotated[str | None, typer.Option(help="Plays of this artist.")] = None,
    track: Annotated[str | None, typer.Option(help="Plays of this track: a name, Spotify URI or address.")] = None,
    playlist: Annotated[str | None, typer.Option(help="Plays of the tracks of this playlist of the catalogue.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DATE, help="Plays on this local date and later.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DATE, help="Plays on this local date and before.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show what is excluded.")] = False,
    taken_back: Annotated[
        str | None, typer.Option("--take-back", metavar="ID", help="Count these plays again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Leave plays out of everything that counts them, until taken back; several options must all match."""
    from tunegenie_assets.cli import excluding as command  # noqa: PLC0415  # as above

    terms = command.Terms(
        artist=artist,
        track=track,
        playlist=playlist,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    command.run(listener=listener, terms=terms, listed=listed, taken_back=taken_back, as_json=as_json)


@app.command(cls=Command)
def timezone(
    *,
    zone: Annotated[str | None, typer.Argument(help="IANA zone such as Asia/Tokyo.")] = None,
    listener: Annotated[str | None, typer.Option(help="Whose zone [TUNEGENIE_LISTENER].")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DATE, help="First local date in the zone; from the beginning without it.")
    ] = None,
    follow_travels: Annotated[
        bool | None,
        typer.Option(
            "--follow-travels/--no-follow-travels", help="Use the clock of the country that a play was heard in."
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Show the zones, given here and with imports, and who follows their travels.")
    ] = False,
    taken_back: Annotated[
        str | None, typer.Option("--take-back", metavar="DATE", help="Forget the zone from this date, or `beginning`.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say where a listener lived from when on; local times follow it."""
    from tunegenie_assets.cli import zones as command  # noqa: PLC0415  # as above

    request = command.Request(
        zone=zone,
        since=since.date() if since else None,
        follow_travels=follow_travels,
        taken_back=taken_back,
        listed=listed,
    )
    command.run(request, listener=listener, as_json=as_json)


@app.command()
def recount(as_json: Json = False) -> None:
    """Build anew what depends on the counting policy and on what listeners said, and nothing else.

    TUNEGENIE_COUNTING names the policy: all, spotify30, lastfm, koito or listenbrainz.
    """
    from tunegenie_assets.cli import recounting as command  # noqa: PLC0415  # as above

    command.run(as_json=as_json)


@app.command()
def train(
    *,
    week: Annotated[
        datetime | None,
        typer.Option(formats=DATE, help="A day of it; that of the last plays where none is named."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train the recommender, try it out, publish it where it is good enough, and recommend.

    It follows imports, rebuilds and recounts by itself, and comes weekly where `tunegenie run` runs.
    """
    from tunegenie_assets.cli import training as command  # noqa: PLC0415  # as above

    command.run(week=week.date() if week else None, as_json=as_json)


@app.command()
def recommend(
    *,
    listener: Annotated[
        str | None, typer.Option(help="For whom; the first who has any, where nobody is named.")
    ] = None,
    artist: Annotated[list[str] | None, typer.Option(help="Somebody new likes this artist; may be repeated.")] = None,
    genre: Annotated[list[str] | None, typer.Option(help="Somebody new likes this genre; may be repeated.")] = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="Tracks at most.")] = 10,
    as_json: Json = False,
) -> None:
    """Say what to play next, and why: to a listener, or to somebody new from a few artists or genres."""
    from tunegenie_assets.cli import recommending as command  # noqa: PLC0415  # as above

    if listener is not None and (artist or genre):
        raise typer.BadParameter("give a listener, or artists and genres of somebody new, not both")
    command.recommend(listener=listener, artists=artist or [], genres=genre or [], count=count, as_json=as_json)


@app.command(cls=Command)
def similar(
    name: Annotated[list[str], typer.Argument(help="Of a track, or its id; with the option of an artist.")],
    *,
    artist: Annotated[bool, typer.Option("--artist", help="It is an artist.")] = False,
    count: Annotated[int, typer.Option(min=1, max=20, help="Neighbours at most.")] = 10,
    as_json: Json = False,
) -> None:
    """Show the tracks that are most like one, and why; or the artists most like one."""
    from tunegenie_assets.cli import recommending as command  # noqa: PLC0415  # as above

    command.similar(named=" ".join(name), is_artist=artist, count=count, as_json=as_json)


@app.command()
def stats(as_json: Json = False) -> None:
    """Rows, freshness, failures and coverage, by source and by asset."""
    from tunegenie_assets.cli import stats as command  # noqa: PLC0415  # as above

    command.run(as_json=as_json)


@app.command()
def report(
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the summary as Markdown.")] = False,
    opens: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    is_strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 where a check of severity error does not pass.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the data-quality report anew, and say what is wrong, since when, and what to do."""
    from tunegenie_assets.cli import reporting as command  # noqa: PLC0415  # as above

    command.run(command.Request(as_markdown=as_markdown, opens=opens, is_strict=is_strict, as_json=as_json))


@app.command()
def ui(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port on this machine [TUNEGENIE_UI_PORT].")
    ] = None,
) -> None:
    """Open the Dagster UI; its schedules and sensors work as long as it runs."""
    from tunegenie_assets.cli import ui as command  # noqa: PLC0415  # as above

    command.run(port=port)


def main() -> None:
    """Entry point: 0 done, 1 could not do all of it, 2 bad usage."""
    # Backfill policies are marked beta; a person at a terminal can do nothing about that.
    warnings.filterwarnings("ignore", message=".*is currently in beta")
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    # As Ctrl-C: a process manager asks this way, and what is begun is then ended in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    output = kept_output()
    try:
        app()
    except SystemExit as end:
        give_back(output)
        if end.code != ENDED_BY_CTRL_C:
            raise
        errors.print(f"tunegenie: {INTERRUPTED}", markup=False)
        sys.exit(1)
    except Exception as error:
        give_back(output)
        line = line_of(error)
        if line is None:
            raise
        errors.print(f"tunegenie: {line}", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
