"""`tunegenie simulate`: simulated listeners as files, such as the services would have exported; no warehouse."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

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
    out, progress = display.consoles(as_json=as_json)
    settings = load_settings()
    spec = population_spec(
        settings, listeners=request.listeners, days=request.days, seed=request.seed, until=request.until
    )
    _check_empty(request.folder)
    try:
        catalogue = _catalogue(settings)
        listeners = simulate_listeners(spec, catalogue)
        progress.print(f"Simulating {spec.listeners} listeners from {spec.first_day} to {_last_day(spec)}")
        plays = simulate_plays(listeners, catalogue, spec.first_day, spec.until)
    except MlError as error:
        raise CommandError(f"nothing was simulated: {error}") from error
    records = Counter[ExportFormat]()
    with _watched(heard_by_listener(plays, listeners, catalogue), spec.listeners, progress) as histories:
        for heard in histories:
            records.update(write_listener(heard, request.formats, request.folder / heard.listener_id))
    # Last, so that whoever finds it finds a whole folder.
    write_export(request.folder / LISTENERS, CSV, [(LISTENERS, listeners)])
    seconds = time.monotonic() - begin
    if as_json:
        display.print_json(_document(spec, request, plays.num_rows, records, seconds))
    else:
        _print(spec, request, plays.num_rows, records, seconds, out)


def _check_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a new or an empty folder with --to")
    if folder.is_dir() and any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty; name a new or an empty folder with --to")


def _catalogue(settings: Settings) -> pa.Table:
    """The tracks that `demo` simulates with."""
    return read_catalogue(settings.catalogue).tracks if settings.catalogue else generate_catalogue(settings.seed)


def _last_day(spec: PopulationSpec) -> date:
    return spec.until - timedelta(days=1)


@contextmanager
def _watched(histories: Iterable[Heard], count: int, console: Console) -> Generator[Iterable[Heard]]:
    """The same, with a bar while a person watches."""
    if not console.is_terminal:
        yield histories
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress.track(histories, total=count, description="listeners")


def _document(
    spec: PopulationSpec, request: Request, plays: int, records: Counter[ExportFormat], seconds: float
) -> dict[str, object]:
    return {
        "command": "simulate",
        "seconds": round(seconds, 2),
        "folder": str(request.folder),
        "listeners": spec.listeners,
        "seed": spec.seed,
        "first_day": spec.first_day,
        "last_day": _last_day(spec),
        "plays": plays,
        "records": {one.value: records[one] for one in request.formats},
    }


def _print(
    spec: PopulationSpec,
    request: Request,
    plays: int,
    records: Counter[ExportFormat],
    seconds: float,
    out: Console,
) -> None:
    rows = [(one.value, records[one]) for one in request.formats]
    out.print(display.table(f"{plays:,} plays of {spec.listeners:,} listeners", ["format", "records"], rows))
    out.print()
    out.print(f"Written to {request.folder}: a folder for each listener, and {LISTENERS}.", markup=False)
    out.print("In each: the exports, truth.csv and truth.json with every play, records.csv with what each record means.")
    out.print(f"[dim]{seconds:.1f} s with the start of the program[/dim]")
