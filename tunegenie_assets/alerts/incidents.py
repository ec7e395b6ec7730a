"""When something is said, and when not: incidents open, go on in silence, and close. Pure; knows no channel.

What was seen comes from observing.py; how a message reaches somebody is in channels.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

REMIND_AFTER = timedelta(days=3)
"""An incident that goes on is told of again after this; a schedule that fails daily would otherwise write daily."""
TOGETHER = timedelta(hours=2)
"""Assets that go out of date within so long of the first do so for one reason: a daily build is done in less."""
MOST_LISTED = 10
"""Checks or tables that one message names."""
RUN, CHECK, STALE = "run", "check", "stale"


class News(StrEnum):
    """What a message is about."""

    PROBLEM = "problem"
    REMINDER = "reminder"
    RECOVERED = "recovered"
    TEST = "test"


@dataclass(frozen=True)
class Message:
    """What one channel is given; nothing in it is secret."""

    news: News
    title: str
    lines: Sequence[str] = ()
    run_id: str | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class FailedRun:
    """A run that ended badly: where, and the first lines of the cause."""

    run_id: str
    job: str
    step: str | None
    cause: str
    """What tells one cause from another: the class of the error, or the check."""
    lines: Sequence[str]
    ended_at: datetime


@dataclass(frozen=True)
class GoodRun:
    """A run that did what was asked."""

    run_id: str
    job: str
    steps: frozenset[str]
    ended_at: datetime
    schedule: str | None = None
    """What started it by the clock."""


@dataclass(frozen=True)
class Observed:
    """What one look at the platform showed; runs are those that ended since the last look."""

    runs: Sequence[FailedRun | GoodRun] = ()
    failing_checks: Mapping[str, str] = field(default_factory=dict)
    """What each says, by name, of all that fail now."""
    unknown_checks: frozenset[str] = frozenset()
    """Those of which nothing is known now: they stay as they were."""
    stale: frozenset[str] = frozenset()
    """The assets that are older than their policy allows, now."""


@dataclass(frozen=True)
class Incident:
    """Something that is wrong, from the first time on until it works again."""

    kind: str
    what: str
    step: str | None
    since: datetime
    told_at: datetime
    times: int = 1
    run_id: str | None = None


Incidents = Mapping[str, Incident]


def follow(known: Incidents, observed: Observed, now: datetime) -> tuple[dict[str, Incident], list[Message]]:
    """The incidents after a look, and what is to be said: each incident once, once a reminder's time, and its end."""
    incidents = dict(known)
    messages: list[Message] = []
    for run in sorted(observed.runs, key=lambda one: (one.ended_at, one.run_id)):
        if isinstance(run, FailedRun):
            messages += _failed(incidents, run)
        else:
            messages += _succeeded(incidents, run)
    unknown = {one.what: "" for one in incidents.values() if one.kind == CHECK and one.what in observed.unknown_checks}
    messages += _lasting(incidents, CHECK, {**unknown, **observed.failing_checks}, now)
    messages += _lasting(incidents, STALE, dict.fromkeys(observed.stale, ""), now)
    return incidents, messages


def _failed(incidents: dict[str, Incident], run: FailedRun) -> list[Message]:
    key = f"{RUN}|{run.job}|{run.step or ''}|{run.cause}"
    where = f"{run.job} failed at {run.step}" if run.step else f"{run.job} failed"
    known = incidents.get(key)
    if known is None:
        incidents[key] = Incident(RUN, run.job, run.step, run.ended_at, run.ended_at, run_id=run.run_id)
        return [Message(News.PROBLEM, where, run.lines, run.run_id)]
    again = replace(known, times=known.times + 1, run_id=run.run_id)
    if run.ended_at - known.told_at < REMIND_AFTER:
        incidents[key] = again
        return []
    incidents[key] = replace(again, told_at=run.ended_at)
    title = f"{where}, {again.times} times since {known.since:%Y-%m-%d %H:%M} UTC"
    return [Message(News.REMINDER, title, run.lines, run.run_id)]


def _succeeded(incidents: dict[str, Incident], run: GoodRun) -> list[Message]:
    """A run closes what failed in its job at a step that it did; another selection of the job proves nothing."""
    closed = [
        key
        for key, incident in incidents.items()
        if (incident.kind, incident.what) == (RUN, run.job) and (incident.step is None or incident.step in run.steps)
    ]
    if not closed:
        return []
    ended = [incidents.pop(key) for key in closed]
    since, times = min(one.since for one in ended), sum(one.times for one in ended)
    lines = [f"It had failed {_times(times)} since {since:%Y-%m-%d %H:%M} UTC."]
    return [Message(News.RECOVERED, f"{run.job} works again", lines, run.run_id)]


def _lasting(incidents: dict[str, Incident], kind: str, present: Mapping[str, str], now: datetime) -> list[Message]:
    """What is looked at whole each time; all that is new is one message.

    Assets go out of date by the dozen: those that follow one within TOGETHER are of its message, and that they are up
    to date is said once all are. One that goes out of date later is news, whatever else has been for weeks.
    """
    mine = {incident.what: incident for incident in incidents.values() if incident.kind == kind}
    new = sorted(set(present) - set(mine))
    gone = sorted(set(mine) - set(present))
    due = [what for what in sorted(set(mine) & set(present)) if now - mine[what].told_at >= REMIND_AFTER]
    for what in gone:
        del incidents[f"{kind}|{what}"]
    first = _first_of_together(mine, present, now) if kind == STALE else None
    for what in new:
        begun = replace(first, what=what, times=1) if first else Incident(kind, what, None, now, now)
        incidents[f"{kind}|{what}"] = begun
    for what in due:
        incidents[f"{kind}|{what}"] = replace(mine[what], told_at=now, times=mine[what].times + 1)
    if kind == STALE:
        new, gone = [] if first else new, [] if present else gone
    told = [(News.PROBLEM, new), (News.REMINDER, due), (News.RECOVERED, gone)]
    return [Message(news, *_words(kind, news, names, present)) for news, names in told if names]


def _first_of_together(mine: Mapping[str, Incident], present: Mapping[str, str], now: datetime) -> Incident | None:
    """The incident of whose message a new one is part: since then, and when both are told of again, are its own."""
    open_ones = [incident for what, incident in mine.items() if what in present and now - incident.since < TOGETHER]
    return min(open_ones, key=lambda incident: incident.since, default=None)


def _words(kind: str, news: News, names: Sequence[str], says: Mapping[str, str]) -> tuple[str, list[str]]:
    """Title and lines."""
    if kind == STALE and news is News.RECOVERED:
        return "every asset is up to date again", []
    what, of_one, of_many = (
        ("asset", "is out of date", "are out of date") if kind == STALE else ("check", "fails", "fail")
    )
    if news is News.RECOVERED:
        of_one, of_many = "passes again", "pass again"
    still = "still " if news is News.REMINDER else ""
    title = f"{names[0]} {still}{of_one}" if len(names) == 1 else f"{len(names)} {what}s {still}{of_many}"
    return title, _named(names, says)


def _named(names: Sequence[str], says: Mapping[str, str]) -> list[str]:
    lines = [f"{name}: {says[name]}" if says.get(name) else name for name in names[:MOST_LISTED]]
    return [*lines, f"… and {len(names) - MOST_LISTED} more"] if len(names) > MOST_LISTED else lines


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def as_json(incidents: Incidents) -> dict[str, dict[str, object]]:
    return {
        key: {**asdict(one), "since": one.since.isoformat(), "told_at": one.told_at.isoformat()}
        for key, one in incidents.items()
    }


def from_json(stored: Mapping[str, Mapping[str, str]]) -> dict[str, Incident]:
    return {
        key: Incident(
            kind=one["kind"],
            what=one["what"],
            step=one["step"],
            since=datetime.fromisoformat(one["since"]),
            told_at=datetime.fromisoformat(one["told_at"]),
            times=int(one["times"]),
            run_id=one["run_id"],
        )
        for key, one in stored.items()
    }


def messages_of(stored: Iterable[Mapping[str, object]]) -> list[Message]:
    """Messages that `Message.as_json` wrote."""
    return [
        Message(
            News(str(one["news"])),
            str(one["title"]),
            [str(line) for line in lines] if isinstance(lines := one["lines"], list) else [],
            str(one["run_id"]) if one["run_id"] else None,
        )
        for one in stored
    ]
