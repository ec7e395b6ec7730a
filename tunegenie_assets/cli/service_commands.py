"""The commands about accounts, services and deployments, as app.py offers them.

They are declared here, and done in the modules they name.
"""

from __future__ import annotations

from typing import Annotated

import typer

from tunegenie_assets.cli.arguments import Command, Json
from tunegenie_assets.cli.parts import Part

app = typer.Typer()
playlist = typer.Typer(help="Playlists of a listener's account.", no_args_is_help=True)
app.add_typer(playlist, name="playlist")


@app.command()
def login(
    *,
    listener: Annotated[str | None, typer.Option(help="Whose account it is [TUNEGENIE_LISTENER].")] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No browser here: paste the address that the browser ended at.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect a Spotify account; needs the app's TUNEGENIE_SPOTIFY_CLIENT_ID."""
    from tunegenie_assets.cli import connecting as command  # noqa: PLC0415  # Dagster takes seconds to import

    command.log_in(listener=listener, headless=headless, as_json=as_json)


@app.command()
def logout(
    *,
    listener: Annotated[str | None, typer.Option(help="Whose account it is [TUNEGENIE_LISTENER].")] = None,
    as_json: Json = False,
) -> None:
    """Forget the tokens of a listener's Spotify account; what was collected is kept."""
    from tunegenie_assets.cli import connecting as command  # noqa: PLC0415  # as above

    command.log_out(listener=listener, as_json=as_json)


@app.command()
def erase(
    *,
    listener: Annotated[str, typer.Option(help="Whose history, models, tokens and traces are to go.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a listener everywhere, build what is left anew, and prove with a scan that nothing of them stayed.

    The exit code is 1 where the scan found something. Interrupted, it is finished by running it again.
    """
    from tunegenie_assets.cli import erasing as command  # noqa: PLC0415  # as above

    command.run(listener, yes=yes, dry_run=dry_run, as_json=as_json)


@app.command()
def doctor(
    *,
    send_test_alert: Annotated[
        bool, typer.Option("--send-test-alert", help="Send a test message to whoever is told of failures.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Try every configured connection and say what to do where one does not work; the exit code is then 1."""
    from tunegenie_assets.cli import doctoring as command  # noqa: PLC0415  # as above

    command.run(send_test_alert=send_test_alert, as_json=as_json)


@app.command("run-once", cls=Command)
def run_once(
    scopes: Annotated[
        list[str] | None, typer.Argument(help="What to ask for: plays, library, enrichment, charts; all without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask the connected services for what is new, now, and build the days of new plays."""
    from tunegenie_assets.cli import collecting as command  # noqa: PLC0415  # as above

    command.run(scopes or [], as_json=as_json)


@app.command("run")
def run_by_the_clock(
    *,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the UI on this machine [TUNEGENIE_UI_PORT].")
    ] = None,
    as_json: Json = False,
) -> None:
    """Collect by the clock, unattended, until Ctrl-C; the Dagster UI runs beside it."""
    from tunegenie_assets.cli import running as command  # noqa: PLC0415  # as above

    command.run(port=port, as_json=as_json)


@app.command(cls=Command)
def serve(
    part: Annotated[Part, typer.Argument(help="What this container does.")],
    *,
    # Others reach a container by its name; which of its ports leave the machine is for compose.yaml to say.
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104
    code: Annotated[str, typer.Option(help="Host of the code server, for the other parts.")] = "code",
) -> None:
    """Be one part of a deployment in containers that share a home: docs/deploying.md."""
    from tunegenie_assets.cli import serving as command  # noqa: PLC0415  # as above

    command.run(part, host=host, code=code)


@app.command()
def backfill(
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, help="UTC days to do again, today among them.")],
    listener: Annotated[str | None, typer.Option(help="Ask for this listener only; all are built.")] = None,
    as_json: Json = False,
) -> None:
    """Ask again for the scrobbles of the last days, and build those days anew; a second time changes nothing.

    Spotify tells the last 50 plays and no older ones; an extended history that is imported closes what is missing.
    """
    from tunegenie_assets.cli import backfilling as command  # noqa: PLC0415  # as above

    command.run(days=days, listener=listener, as_json=as_json)


@app.command("enrich-artists")
def enrich_artists(
    *,
    artist: Annotated[
        list[str] | None, typer.Option(help="Only this one, asked for again: a name, Spotify id, URI or address.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Only artists played in the last days.")] = None,
    as_json: Json = False,
) -> None:
    """Ask the services for artists that are not known yet, and give artists their genres anew."""
    from tunegenie_assets.cli import enriching as command  # noqa: PLC0415  # as above

    command.run(named=artist or [], days=days, as_json=as_json)


@playlist.command()
def push(
    *,
    listener: Annotated[str | None, typer.Option(help="Whose account it is [TUNEGENIE_LISTENER].")] = None,
    name: Annotated[str, typer.Option(help="Of the playlist; one of ours with this name is replaced.")] = "TuneGenie",
    count: Annotated[int, typer.Option(min=1, help="Tracks at most.")] = 10,
    as_json: Json = False,
) -> None:
    """Write what is recommended to a listener into a private playlist of their Spotify account."""
    from tunegenie_assets.cli import playlisting as command  # noqa: PLC0415  # as above

    command.push(listener=listener, name=name, count=count, as_json=as_json)
