"""What was collected from services, as a Dagster resource: pages in landing, and the tables that their records make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow as pa
from upath import UPath

from tunegenie_assets.resources.services import utc_now
from tunegenie_assets.schemas.collected import RECENTLY_PLAYED, RECENTLY_PLAYED_PAGES, SAVED_TRACKS
from tunegenie_assets.schemas.histories import LASTFM_SCROBBLES
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.collecting import Clock, Collector
from tunegenie_assets.sources.services.pages import SHARED, SIMULATED, PageStore
from tunegenie_assets.sources.services.state import CollectorState, Record
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED as RECENT_PLAYS
from tunegenie_assets.sources.streams.rows import page_row, rows_of, scrobble_row, spotify_play_row
from tunegenie_assets.sources.streams.spotify_library import still_saved

_PLAY_ROWS = {RECENTLY_PLAYED.name: spotify_play_row, LASTFM_SCROBBLES.name: scrobble_row}


class Collection(dg.ConfigurableResource[None]):
    """Pages under `landing_root`, a folder or an fsspec URL, and the collector's state in a file beside it."""

    landing_root: str
    state_path: str

    @property
    def pages(self) -> PageStore:
        return PageStore(UPath(self.landing_root))

    @property
    def state(self) -> CollectorState:
        return CollectorState(Path(self.state_path))

    def collector(self, clock: Clock) -> Collector:
        return Collector(self.pages, self.state, clock)

    def known(self) -> CollectorState | None:
        """The state, taken in from landing where its file is gone or was of another shape; None without pages.

        Raises:
            LandingError: a file of landing is damaged.
        """
        if not self.pages.exist():
            return None
        state = self.state
        if not state.has_absorbed():
            self.collector(utc_now).catch_up()
        return state

    def plays_by_day(self) -> dict[date, int]:
        """How many records of plays were collected of each UTC day."""
        state = self.known()
        return state.plays_by_day() if state else {}

    def window(self, table: Table, start: date, end: date) -> pa.Table:
        """Plays of one table that began on the UTC days [start, end); empty for what is not collected."""
        row, state = _PLAY_ROWS.get(table.name), self.known()
        if row is None or state is None:
            return table.empty()
        rows = [row(record) for record in state.records(table.name, start=start, end=end)]
        return pa.Table.from_pylist(rows, schema=table.arrow_schema)

    def whole(self, table: Table) -> pa.Table:
        """All rows of a table that is no plays, by subject and key of their records."""
        state = self.known()
        if state is None:
            return table.empty()
        if table == RECENTLY_PLAYED_PAGES:
            return _pages_of_plays(state)
        records = _told_best(state.records(table.name))
        if table == SAVED_TRACKS:
            records = still_saved(records)
        rows = [row for record in records for row in rows_of(record)]
        return pa.Table.from_pylist(rows, schema=table.arrow_schema)

    def page_files(self) -> pa.Table:
        """The table `landing.page_files`."""
        state = self.known()
        unreadable = Counter(page.file for page in state.unreadable()) if state else Counter[str]()
        rows: list[dict[str, object]] = []
        for file in self._files():
            _, service, stream, subject, day, _ = file.split("/")
            rows.append(
                {
                    "service": service,
                    "stream": stream,
                    "subject": subject,
                    "landed_day": date.fromisoformat(day),
                    "source_file": file,
                    "unreadable": unreadable[file],
                }
            )
        return pa.Table.from_pylist(rows, schema=PAGE_FILES.arrow_schema)

    def tables(self) -> set[str]:
        """The names of the raw tables that may have rows."""
        streams = {file.split("/")[2] for file in self._files()}
        return streams | ({RECENTLY_PLAYED_PAGES.name} if RECENT_PLAYS.name in streams else set())

    def _files(self) -> list[str]:
        state = self.known()
        return sorted(state.absorbed()) if state else []

    def forget(self, subject: str) -> None:
        """Delete the pages of a subject and all that is known from them."""
        self.pages.forget(subject)
        if self.has_state():
            self.state.forget(subject)

    def has_state(self) -> bool:
        """Whether anything has ever been collected here."""
        return Path(self.state_path).exists()


def _pages_of_plays(state: CollectorState) -> pa.Table:
    rows = [page_row(record) for record in state.records(RECENT_PLAYS.name, without_day=True)]
    return pa.Table.from_pylist(rows, schema=RECENTLY_PLAYED_PAGES.arrow_schema)


def _told_best(records: Iterable[Record]) -> Iterator[Record]:
    """All but what a stand-in told of a key that the real service told of; in the order of the records."""
    told: set[str] = set()
    # Records come by subject, and SHARED before SIMULATED.
    for record in records:
        if record.subject == SHARED:
            told.add(record.key)
        if record.subject != SIMULATED or record.key not in told:
            yield record
