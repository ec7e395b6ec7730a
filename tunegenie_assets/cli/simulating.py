"""`tunegenie simulate`: simulated listeners as files, such as the services would have exported; no warehouse."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ml.errors import MlError
from ml.listeners.catalogue import generate_catalogue
from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.files import CSV, write_export
from ml.listeners.exports.heard import Heard, heard_by_listener
from ml.listeners.exports.write import write_listener
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tunegenie_assets.cli import display
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.population import population_spec
from tunegenie_assets.settings import Settings, load_settings
from tunegenie_assets.sources.catalogue import read_catalogue

LISTENERS = "listeners.csv"


@dataclass(frozen=True)
class Request:
    """What is asked for; None is what the settings say."""

    listeners: int | None
    days: int | None
    seed: int | None
    until: date | None
    formats: Sequence[ExportFormat]
    folder: Path


def run(request: Request, *, as_json: bool) -> None:
    """Simulate, write, and print what was written.

    Raises:
        CommandError: the folder or the catalogue cannot be used, or the days cannot be simulated.
    """
    begin = time.monotonic()
    out, progress = Console(quiet=as_json, highlight=False), Console(stderr=True, highlight=False)
    settings = load_settings()
    spec = population_spec(
        settings, listeners=request.listeners, days=request.days, seed=request.seed, until=request.until
    )
    last_day = spec.until - timedelta(days=1)
    _check_empty(request.folder)
    try:
        catalogue = _catalogue(settings, spec)
        listeners = simulate_listeners(spec, catalogue)
        progress.print(f"Simulating {spec.listeners} listeners from {spec.first_day} to {last_day}")
        plays = simulate_plays(listeners, catalogue, spec.first_day, spec.until)
    except MlError as error:
        raise CommandError(f"nothing was simulated: {error}") from error
    try:
        records = _write(request, listeners, heard_by_listener(plays, listeners, catalogue), progress)
    except KeyboardInterrupt as error:
        raise CommandError(
            f"interrupted; {request.folder} holds a part: remove it, and run the command again"
        ) from error
    document = {
        "command": "simulate",
        "seconds": round(time.monotonic() - begin, 2),
        "folder": str(request.folder),
        "listeners": spec.listeners,
        "seed": spec.seed,
        "first_day": spec.first_day,
        "last_day": last_day,
        "plays": plays.num_rows,
        "records": {one.value: records[one] for one in request.formats},
    }
    if as_json:
        display.print_json(document)
    else:
        _print(document, out)


def _write(
    request: Request, listeners: pa.Table, histories: Iterable[Heard], console: Console
) -> Counter[ExportFormat]:
    """Write the folders of all listeners; the number of records by format."""
    records = Counter[ExportFormat]()
    with _watched(histories, listeners.num_rows, console) as watched:
        for heard in watched:
            records.update(write_listener(heard, request.formats, request.folder))
    # Last, so that whoever finds it finds a whole folder.
    write_export(request.folder / LISTENERS, CSV, [(LISTENERS, listeners)])
    return records


def _check_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a new or an empty folder with --to")
    if folder.is_dir() and any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty; name a new or an empty folder with --to")


def _catalogue(settings: Settings, spec: PopulationSpec) -> pa.Table:
    """The tracks that `demo` simulates with."""
    if settings.catalogue:
        return read_catalogue(settings.catalogue).tracks
    return generate_catalogue(settings.seed, released_before=spec.until)


@contextmanager
def _watched(histories: Iterable[Heard], count: int, console: Console) -> Generator[Iterable[Heard]]:
    """The same, with a bar while a person watches."""
    if not console.is_terminal:
        yield histories
        return
    columns = (SpinnerColumn(), TextColumn("listeners"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress.track(histories, total=count)


def _print(document: Mapping[str, Any], out: Console) -> None:
    out.print(f"{document['plays']:,} plays of {document['listeners']:,} listeners")
    out.print()
    out.print(display.table("Exports", ["format", "records"], list(document["records"].items())))
    out.print()
    out.print(
        f"{document['folder']} has {LISTENERS}, a folder of exports for each listener, and in truth/ every play and "
        "which play each record of each file is of."
    )
    out.print(f"[dim]{document['seconds']:.1f} s with the start of the program[/dim]")
