"""`tunegenie erase`: a listener deleted everywhere, the rest built anew, and a scan that proves it.

What lies where is in tunegenie_assets/erasing; this says in which order, and tells what was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg
import typer
from rich.console import Console

from tunegenie_assets.cli import display
from tunegenie_assets.cli.context import Platform
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.rebuilding import build, days_to_rebuild
from tunegenie_assets.cli.runs import RunFailedError, RunReport, dagster_instance
from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.erasing.history import clear_files, delete_runs, unfinished_runs, wipe
from tunegenie_assets.erasing.journal import Journal
from tunegenie_assets.erasing.places import Places
from tunegenie_assets.erasing.scanning import Scan, scan_home
from tunegenie_assets.erasing.traces import Traces, traces_of
from tunegenie_assets.erasing.warehouse import Warehouse
from tunegenie_assets.erasing.words import is_word
from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.locking import WarehouseBusyError, command_lock, unserved
from tunegenie_assets.settings import PREFIX, Environment
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id


@dataclass(frozen=True)
class Erasure:
    """What was done."""

    found: dict[str, int]
    """Of the listener, by place or table, before."""
    runs_deleted: int
    history_cleared: bool
    """Whether all of Dagster's records had to go."""
    rebuilt: RunReport | None
    scan: Scan
    is_word: bool
    """Whether the name was searched for only where a listener's name stands."""


def run(listener_id: str, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Say what there is, ask, erase, scan.

    Raises:
        typer.BadParameter: no listener can have this name.
        CommandError: there is no such listener, something else is at work, or something of theirs stayed.
    """
    out, progress = display.consoles(as_json=as_json)
    _check(listener_id)
    platform = Platform.open()
    steps = _Steps(platform, listener_id)
    found = steps.found()
    if not found and steps.journal.begun() is None:
        raise CommandError(f"there is nothing of {listener_id} in {platform.settings.home}")
    if dry_run:
        _print_found(listener_id, found, out, as_json=as_json)
        return
    if not yes:
        _print_found(listener_id, found, progress, as_json=False)
        typer.confirm(f"Delete {listener_id} for ever?", abort=True, err=True)
    try:
        with unserved(platform.settings.home):
            erasure = steps.erase(found, progress)
    except WarehouseBusyError as error:
        raise CommandError(str(error)) from error
    if as_json:
        display.print_json(_document(listener_id, erasure, dict(_left_to_do(platform, listener_id))))
    else:
        _print(platform, listener_id, erasure, out)
    if erasure.scan.hits:
        raise CommandError(
            f"something of {listener_id} stayed: {', '.join(erasure.scan.hits[:5])}; run the same command again"
        )


def _check(listener_id: str) -> None:
    if listener_id.startswith(SIMULATED_PREFIX):
        raise CommandError(
            f"{listener_id} is simulated and nobody's history; `tunegenie demo --listeners N` simulates others instead"
        )
    try:
        check_listener_id(listener_id)
    except InvalidRequestError as error:
        raise typer.BadParameter(str(error)) from error


GONE_AS_A_WHOLE = (
    "With them go the runs of Dagster that name them, or its whole history where that leaves a trace, and everybody's "
    "models, reports and the warehouse file; these are built anew from what landing holds of the others."
)


class _Steps:
    """One erasure. Each step may be done again, so that one that was interrupted is finished by the next."""

    def __init__(self, platform: Platform, listener_id: str) -> None:
        self._platform = platform
        self._listener_id = listener_id
        self._places = Places(platform.settings)
        self._warehouse = Warehouse(platform.settings, platform.warehouse)
        self.journal = Journal(platform.settings.home, listener_id)

    def found(self) -> dict[str, int]:
        """What there is of the listener, by place and table."""
        rows = self._warehouse.rows(self._listener_id) if self._warehouse.exists else {}
        return self._places.found(self._listener_id) | rows

    def erase(self, found: dict[str, int], progress: Console) -> Erasure:
        """Delete, build what is left, and look again."""
        settings = self._platform.settings
        with dagster_instance(settings) as instance:
            if runs := unfinished_runs(instance):
                raise CommandError(f"run {runs[0]} is under way or waits; cancel it or wait, and try again")
            traces = self.journal.begun() or self._traces()
            self.journal.begin(traces)
            progress.print("Deleting …")
            self._places.erase(self._listener_id)
            self._warehouse.forget(self._listener_id, anybody_left=self._places.others(self._listener_id))
            runs_deleted = delete_runs(instance, traces)
            if settings.dagster_database is not None:
                wipe(instance)
        with command_lock(settings.home):
            cleared = clear_files(settings.dagster_home, traces) or settings.dagster_database is not None
        with dagster_instance(settings) as instance:
            rebuilt = self._rebuild(instance, progress)
        scan = scan_home(settings.home, traces, leave_out=[self.journal.folder])
        self._warehouse.scan(traces, scan)
        # Landing may be a bucket, or a folder outside the home, and another machine may write there.
        scan.hits += [f"{place} ({count})" for place, count in self._places.found(self._listener_id).items()]
        if not scan.hits:
            self.journal.end()
        return Erasure(found, runs_deleted, cleared, rebuilt, scan, traces.is_word)

    def _traces(self) -> Traces:
        tokens = [token.account_id for token in self._places.tokens(self._listener_id)]
        names = [request["user"] for request in self._places.pages(self._listener_id) if request.get("user")]
        theirs, others = self._warehouse.values(self._listener_id) if self._warehouse.exists else (set(), set())
        traces = traces_of(self._listener_id, [*tokens, *names, *theirs], others)
        return replace(traces, is_word=is_word(self._listener_id, self._platform.settings.home, PROJECT_DIR))

    def _rebuild(self, instance: dg.DagsterInstance, progress: Console) -> RunReport | None:
        landed, simulated = days_to_rebuild(self._platform)
        if not landed and not simulated:
            return None
        progress.print("Building what is left, without them …")
        try:
            return build(self._platform, instance, progress, landed, simulated)
        except RunFailedError as error:
            raise RunFailedError(f"all is deleted, but the rest could not be built: {error}; run it again") from error


def _print_found(listener_id: str, found: dict[str, int], out: Console, *, as_json: bool) -> None:
    if as_json:
        display.print_json({"command": "erase", "listener": listener_id, "dry_run": True, "found": found})
        return
    out.print(display.table(f"Of {listener_id}", ["where", "files or rows"], list(found.items())))
    out.print(GONE_AS_A_WHOLE, soft_wrap=True)


def _document(listener_id: str, erasure: Erasure, left: dict[str, str]) -> dict[str, Any]:
    return {
        "command": "erase",
        "listener": listener_id,
        "dry_run": False,
        "found": erasure.found,
        "runs_deleted": erasure.runs_deleted,
        "history_cleared": erasure.history_cleared,
        "name_is_a_word": erasure.is_word,
        "rebuilt": display.run_json(erasure.rebuilt) if erasure.rebuilt else None,
        "scan": {
            "files": erasure.scan.files,
            "bytes": erasure.scan.bytes_read,
            "hits": erasure.scan.hits,
            "unopened": erasure.scan.unopened,
        },
        "left_to_do": left,
    }


def _print(platform: Platform, listener_id: str, erasure: Erasure, out: Console) -> None:
    out.print(display.table(f"Deleted of {listener_id}", ["where", "files or rows"], list(erasure.found.items())))
    if erasure.history_cleared:
        out.print("Dagster's records of runs named them and are gone as a whole.")
    elif erasure.runs_deleted:
        out.print(f"{erasure.runs_deleted} runs of Dagster that named them are gone.")
    if erasure.rebuilt:
        out.print(display.checks_line(erasure.rebuilt))
    scan = erasure.scan
    hits = len(scan.hits)
    out.print(f"Scanned {scan.files:,} files, {scan.bytes_read:,} bytes, and every table: {hits} hits.", markup=False)
    if erasure.is_word:
        out.print(
            f"{listener_id} is a word of the records of any run, or of a path here: it was searched for only where "
            "listeners' names stand, and all records of runs are gone.",
            markup=False,
            soft_wrap=True,
        )
    if scan.unopened:
        told = f"{len(scan.unopened)} files could not be opened, and were searched only as they lie: "
        out.print(told + ", ".join(scan.unopened), markup=False, soft_wrap=True)
    for line in dict(_left_to_do(platform, listener_id)).values():
        out.print(line, markup=False, soft_wrap=True)


def _left_to_do(platform: Platform, listener_id: str) -> Iterator[tuple[str, str]]:
    """What lies outside the home and only its owner can change."""
    settings = platform.settings
    if listener_id in settings.lastfm_accounts:
        yield (
            "lastfm_names",
            f"Take {listener_id} out of {PREFIX}LASTFM_NAMES, or the next collection brings them back.",
        )
    if listener_id == settings.listener:
        yield "listener", f"{PREFIX}LISTENER names {listener_id} still; what is imported without --listener is theirs."
    if settings.landing:
        yield "landing", f"A bucket that keeps versions keeps them of what was deleted: see {settings.landing}."
        yield (
            "state",
            "Tokens that collect.yml keeps in a bucket go on collecting: delete them there as docs/privacy.md says.",
        )
    if settings.env is Environment.PRODUCTION:
        yield "snowflake", "Snowflake keeps deleted rows for its Time Travel and seven days of Fail-safe."
