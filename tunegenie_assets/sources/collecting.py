"""A pass of collection: ask the services in order of importance, land each page, then remember what it held.

What is asked for is in streams/, how a service is spoken to in services/. A pass can be killed anywhere: a page that
landed and was not remembered is taken in by the next pass, and what did not land is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tunegenie_assets.keys import SIMULATED_PREFIX
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.services.errors import BudgetExhausted, NeedsReauth, Parked
from tunegenie_assets.sources.services.pages import (
    SHARED,
    SIMULATED,
    DamagedPagesError,
    LandedPage,
    Page,
    PageStore,
    day_of,
)
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.state import ClosedService, CollectorState, ParkedWork, Record, UnreadablePage
from tunegenie_assets.sources.streams.registry import STREAMS
from tunegenie_assets.sources.streams.stream import NO_PAGE, BadItem, Stream

_FIRST_COUNTS = frozenset(stream.name for stream in STREAMS if stream.first_counts)
_STREAMS = {stream.name: stream for stream in STREAMS}
Clock = Callable[[], datetime]
"""The time now, naive UTC."""
Tell = Callable[[str], None]
"""Takes a line on what a pass does."""


@dataclass(frozen=True)
class Work:
    """One stream of one subject; `fetch` asks for its pages one after the other."""

    stream: Stream
    subject: str
    fetch: Callable[[], Iterator[Response]]

    def __str__(self) -> str:
        """Such as `lastfm scrobbles of ada`."""
        name = self.stream.name.replace("_", " ")
        return name if self.subject in (SHARED, SIMULATED) else f"{name} of {self.subject}"

    @property
    def is_simulated(self) -> bool:
        """Whether a stand-in is asked."""
        return self.subject == SIMULATED or self.subject.startswith(SIMULATED_PREFIX)


@dataclass
class Outcome:
    """What became of one work in one pass."""

    stream: str
    subject: str
    pages: int = 0
    records: int = 0
    """Items that were not known: plays, saved tracks, answers. What only tells of pages and walks is none."""
    days: set[date] = field(default_factory=set)
    """Days of the plays that are new, or told of better."""
    parked_until: datetime | None = None
    needs_reauth: bool = False
    problem: str | None = None
    """Why it did not come to its end, in one line."""

    def as_json(self) -> dict[str, object]:
        return {
            "stream": self.stream,
            "subject": self.subject,
            "pages": self.pages,
            "records": self.records,
            "parked_until": f"{self.parked_until.isoformat()}Z" if self.parked_until else None,
            "needs_reauth": self.needs_reauth,
            "problem": self.problem,
        }


def _say_nothing(line: str) -> None:
    """For who does not listen."""


class Collector:
    """Lands pages in `pages` and remembers their records in `state`."""

    def __init__(self, pages: PageStore, state: CollectorState, clock: Clock) -> None:
        self._pages = pages
        self._state = state
        self._clock = clock

    def catch_up(self) -> set[date]:
        """Take in pages that landed and were not remembered; returns the days of their plays.

        A damaged file is listed as unreadable and not read again.

        Raises:
            LandingError: a file cannot be read for now.
        """
        known = self._state.absorbed()
        # Files are taken in by day, so older days are in whole; a file that was begun before midnight may follow.
        since = max(map(day_of, known)) - timedelta(days=1) if known else None
        days: set[date] = set()
        for file in self._pages.files(since):
            if file not in known:
                days |= self._take_in(file)
        return days

    def _take_in(self, file: str) -> set[date]:
        try:
            _, days = self._remember(list(self._pages.read(file)))
        except DamagedPagesError as error:
            self._state.absorb(file, [], [UnreadablePage(file, 0, str(error))], first_counts=_FIRST_COUNTS)
            return set()
        return days

    def collect(self, works: Sequence[Work], tell: Tell = _say_nothing) -> list[Outcome]:
        """Do all works, the most important first; what must wait is parked and does not stop the others."""
        now = self._clock()
        # What a clock parked that was ahead does not wait.
        parked = [work for work in self._state.parked() if work.parked_at <= now]
        waiting = {(work.service, work.stream, work.subject): work for work in parked}
        outcomes: list[Outcome] = []
        stopped: dict[str, Parked] = {}
        # A service that named a time is asked for nothing until then, whatever it was asked for that day.
        closed = {
            (found.service, found.is_simulated): Parked(found.service, found.retry_at, found.reason)
            for found in self._state.closed(now)
        }
        for work in sorted(works, key=lambda work: work.stream.purpose):
            service = work.stream.service
            outcome = Outcome(work.stream.name, work.subject)
            outcomes.append(outcome)
            earlier = waiting.get((service, work.stream.name, work.subject))
            if earlier is not None and earlier.retry_at > self._clock():
                outcome.parked_until, outcome.problem = earlier.retry_at, earlier.reason
            elif refused := stopped.get(service) or closed.get((service, work.is_simulated)):
                self._park(work, refused, outcome)
            else:
                tell(f"{work}: asking")
                self._do(work, outcome, stopped, tell)
        return outcomes

    def _do(self, work: Work, outcome: Outcome, stopped: dict[str, Parked], tell: Tell) -> None:
        try:
            for landed in self._land(work):
                outcome.pages += len(landed)
                new, days = self._remember(landed)
                outcome.records += new
                outcome.days |= days
                tell(f"{work}: {outcome.pages} answers")
        except Parked as error:
            # What makes one work wait is the limit of a service, which holds for the works after it too.
            stopped[work.stream.service] = error
            self._park(work, error, outcome)
            if not isinstance(error, BudgetExhausted):
                self._close(work, error)
        except NeedsReauth as error:
            outcome.needs_reauth, outcome.problem = True, str(error)
        except SourceError as error:
            outcome.problem = str(error)
        else:
            self._state.unpark(work.stream.service, work.stream.name, work.subject)

    def _park(self, work: Work, error: Parked, outcome: Outcome) -> None:
        outcome.parked_until, outcome.problem = error.retry_at, error.reason
        self._state.park(
            ParkedWork(work.stream.service, work.stream.name, work.subject, error.retry_at, error.reason, self._clock())
        )

    def _close(self, work: Work, error: Parked) -> None:
        self._state.close(
            ClosedService(work.stream.service, work.is_simulated, error.retry_at, error.reason, self._clock())
        )

    def _land(self, work: Work) -> Iterator[list[LandedPage]]:
        """Pages in landing, some at a time; those of before an error land before it is raised."""
        held: list[Page] = []
        try:
            for response in work.fetch():
                held.append(_page(work, response))
                if len(held) == work.stream.pages_a_file:
                    landing, held = held, []
                    yield self._pages.write(landing)
        except SourceError:
            if held:
                yield self._pages.write(held)
            raise
        if held:
            yield self._pages.write(held)

    def _remember(self, landed: Sequence[LandedPage]) -> tuple[int, set[date]]:
        """How many items of one file are new, and the days of plays that are new or told of better.

        What cannot be read of its pages is listed in the state.
        """
        records: list[Record] = []
        unreadable: list[UnreadablePage] = []
        for page in landed:
            bad: list[str] = []
            try:
                for found in _STREAMS[page.page.stream].records(page):
                    if isinstance(found, BadItem):
                        bad.append(f"item {found.position}: {found.reason}")
                    else:
                        records.append(found)
            except NO_PAGE as error:
                bad.append(f"{type(error).__name__}: {error}")
            if bad:
                unreadable.append(UnreadablePage(page.file, page.line, "; ".join(bad)))
        new = self._state.new_among(record for record in records if not _STREAMS[record.stream].is_mark(record))
        changed = self._state.absorb(landed[0].file, records, unreadable, first_counts=_FIRST_COUNTS)
        return new, {record.day for record in changed if record.day is not None}


def _page(work: Work, response: Response) -> Page:
    return Page(
        service=work.stream.service,
        stream=work.stream.name,
        subject=work.subject,
        request={"method": response.method, "path": response.path, **response.params},
        requested_at=response.requested_at,
        status=response.status,
        body=response.text,
    )
