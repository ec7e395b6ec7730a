"""What was collected against what was played: lost, doubled, in gaps, and calls over the budget. Pure functions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tunegenie_assets.sandbox.spotify_listening import WINDOW
from tunegenie_assets.sandbox.world import Episode, PlayEvent

DAY = timedelta(hours=24)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Heard:
    """What tells a play from another at Spotify."""

    ended_ms: int
    uri: str


@dataclass(frozen=True)
class Page:
    """A page of plays that was collected; times in milliseconds since 1970."""

    requested_at: datetime
    is_full: bool
    oldest_ms: int | None
    newest_ms: int | None


@dataclass(frozen=True)
class Gap:
    """From when to when plays may be missing, milliseconds since 1970."""

    begins_ms: int
    ends_ms: int

    def covers(self, heard: Heard) -> bool:
        return self.begins_ms <= heard.ended_ms <= self.ends_ms


@dataclass
class Score:
    """Of one listener."""

    shown: int = 0
    """Plays that were among the last 50 at some time since the first poll was due."""
    collected: int = 0
    never_shown: int = 0
    """Plays that came so late that 50 later ones were there already: no poll can see them."""
    in_gaps: int = 0
    """Shown and not collected, within a gap."""
    lost: int = 0
    """Shown and not collected, and no gap tells of it."""
    doubled: int = 0
    """Collected more often than played, or never played."""
    gaps: int = 0
    false_gaps: int = 0
    """Gaps in which nothing is missing."""
    lost_plays: list[Heard] = field(default_factory=list[Heard])


def milliseconds(moment: datetime) -> int:
    """Since 1970, of an aware or naive UTC time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def score(
    plays: Sequence[PlayEvent], collected: Counter[Heard], pages: Sequence[Page], *, begin: datetime, end: datetime
) -> Score:
    """Of polls from `begin` to `end`, the moment of the last one, aware UTC."""
    visible = Counter(heard for play in plays if play.is_visible(end) and (heard := heard_of(play)))
    shown = shown_plays(plays, begin=begin, end=end)
    gaps = gaps_of(pages)
    missing = visible - collected
    unseen = sorted((shown & missing).elements())
    lost = [heard for heard in unseen if not any(gap.covers(heard) for gap in gaps)]
    return Score(
        shown=shown.total(),
        collected=collected.total(),
        never_shown=sum(
            not shown[heard]
            for play in plays
            if play.is_visible(end) and not play.is_visible(begin) and (heard := heard_of(play))
        ),
        in_gaps=len(unseen) - len(lost),
        lost=len(lost),
        doubled=(collected - visible).total(),
        gaps=len(gaps),
        false_gaps=sum(not any(gap.covers(heard) for heard in missing) for gap in gaps),
        lost_plays=lost,
    )


def heard_of(play: PlayEvent) -> Heard | None:
    """None for podcasts, which the service does not list, and for tracks that were removed."""
    if play.item is None or isinstance(play.item, Episode):
        return None
    return Heard(milliseconds(play.ended_at), play.item.uri)


def shown_plays(plays: Iterable[PlayEvent], *, begin: datetime, end: datetime) -> Counter[Heard]:
    """The plays that were in the window at `begin` or later, up to `end`.

    A play is in it when it arrives, or never: the window only moves on. One that was removed takes up room.
    """
    listed = [play for play in plays if play.is_visible(end) and not isinstance(play.item, Episode)]
    arrivals = sorted((max(play.ended_at, play.visible_from or play.ended_at, begin), play.ended_at) for play in listed)
    ends: list[datetime] = []
    oldest_shown: dict[datetime, datetime] = {}
    for arrived_at, ended_at in arrivals:
        insort(ends, ended_at)
        # Of what arrives in one moment only the last 50 are shown, so the last word counts.
        oldest_shown[arrived_at] = ends[-WINDOW] if len(ends) >= WINDOW else ends[0]
    found: Counter[Heard] = Counter()
    for play in listed:
        heard = heard_of(play)
        arrived_at = max(play.ended_at, play.visible_from or play.ended_at, begin)
        if heard and play.ended_at >= oldest_shown[arrived_at]:
            found[heard] += 1
    return found


def gaps_of(pages: Iterable[Page]) -> list[Gap]:
    """A full page whose oldest play is newer than the newest known before opens a gap between the two."""
    gaps: list[Gap] = []
    newest: int | None = None
    for page in sorted(pages, key=lambda page: page.requested_at):
        if page.is_full and newest is not None and page.oldest_ms is not None and page.oldest_ms > newest:
            gaps.append(Gap(newest, page.oldest_ms))
        if page.newest_ms is not None:
            newest = max(newest or page.newest_ms, page.newest_ms)
    return gaps


def most_in_a_day(times: Iterable[datetime]) -> int:
    """The most calls in any 24 hours; what is exactly a day old counts no more."""
    held: deque[datetime] = deque()
    most = 0
    for time in sorted(times):
        held.append(time)
        while held[0] <= time - DAY:
            held.popleft()
        most = max(most, len(held))
    return most


def calls_over(times: Iterable[datetime], allowed: int) -> int:
    """Calls that were sent although `allowed` had been in the 24 hours before them."""
    ordered = sorted(times)
    return sum(
        bisect_right(ordered, time) - bisect_left(ordered, time - DAY + timedelta.resolution) > allowed
        for time in ordered
    )
