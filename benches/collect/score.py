"""What was collected against what was played: lost, doubled, in gaps, and calls over the budget. Pure functions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

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
class Gap:
    """From when to when plays may be missing, milliseconds since 1970."""

    begins_ms: int
    ends_ms: int
    noticed_at: datetime
    """Naive UTC: when the page was asked for that told."""

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
    between_polls: int = 0
    """Shown and not collected: came late and left before the next poll was due, so that none could see it."""
    lost: int = 0
    """Shown when a poll was due, not collected, and no gap tells of it."""
    doubled: int = 0
    """Collected more often than played, or never played."""
    gaps: int = 0
    empty_gaps: int = 0
    """Gaps in which nothing is missing: exactly as many plays were new as a page holds, as if there were more."""
    false_gaps: int = 0
    """Likewise, and fewer were new: the page told of a play that was known."""
    lost_plays: list[Heard] = field(default_factory=list[Heard])


def milliseconds(moment: datetime) -> int:
    """Since 1970, of an aware or naive UTC time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def score(
    plays: Sequence[PlayEvent],
    collected: Counter[Heard],
    gaps: Sequence[Gap],
    due: Sequence[datetime],
    parked: Collection[datetime] = (),
) -> Score:
    """Of polls that were `due` at these moments, aware UTC; the last one was made, whatever became of the others.

    Those `parked` asked nothing, because the quota was exhausted: they could see no play.
    """
    begin, end = due[0], due[-1]
    asked = [moment for moment in due if moment not in parked or moment == end]
    visible = {heard: play for play in plays if play.is_visible(end) and (heard := heard_of(play))}
    shown = shown_plays(plays, begin=begin, end=end)
    missing = visible.keys() - collected.keys()
    untold = [heard for heard in sorted(shown & missing) if not any(gap.covers(heard) for gap in gaps)]
    empty = [gap for gap in gaps if not any(gap.covers(heard) for heard in missing)]
    false = [gap for gap in empty if _listed_since(plays, gap) < WINDOW]
    lost = [heard for heard in untold if not _was_between_polls(visible[heard], plays, asked)]
    return Score(
        shown=len(shown),
        collected=collected.total(),
        never_shown=sum(heard not in shown for heard, play in visible.items() if not play.is_visible(begin)),
        in_gaps=len(shown & missing) - len(untold),
        between_polls=len(untold) - len(lost),
        lost=len(lost),
        doubled=(collected - Counter(visible.keys())).total(),
        gaps=len(gaps),
        empty_gaps=len(empty) - len(false),
        false_gaps=len(false),
        lost_plays=lost,
    )


def parked_polls(due: Sequence[datetime], exhausted: Iterable[datetime], asked: Iterable[datetime]) -> set[datetime]:
    """The polls that asked nothing, in the day after the quota was exhausted; `asked` are the times of requests."""
    times = sorted(asked)
    silent = {
        moment for moment, following in pairwise(due) if bisect_left(times, moment) == bisect_left(times, following)
    }
    return {moment for moment in silent if any(at <= moment < at + DAY for at in exhausted)}


def _listed_since(plays: Iterable[PlayEvent], gap: Gap) -> int:
    """Plays that had come when the gap was noticed, and ended after its begin."""
    now = gap.noticed_at.replace(tzinfo=UTC)
    listed = (play for play in plays if play.is_visible(now) and not isinstance(play.item, Episode))
    return sum(milliseconds(play.ended_at) > gap.begins_ms for play in listed)


def _was_between_polls(play: PlayEvent, plays: Iterable[PlayEvent], asked: Sequence[datetime]) -> bool:
    """Whether it had left when the first poll after it came asked."""
    polled_at = asked[bisect_left(asked, _arrival(play, asked[0]))]
    listed = (other for other in plays if other.is_visible(polled_at) and not isinstance(other.item, Episode))
    return sum(other.ended_at > play.ended_at for other in listed) >= WINDOW


def heard_of(play: PlayEvent) -> Heard | None:
    """None for podcasts, which the service does not list, and for tracks that were removed."""
    if play.item is None or isinstance(play.item, Episode):
        return None
    return Heard(milliseconds(play.ended_at), play.item.uri)


def shown_plays(plays: Iterable[PlayEvent], *, begin: datetime, end: datetime) -> set[Heard]:
    """The plays that were in the window at `begin` or later, up to `end`.

    A play is in it when it arrives, or never: the window only moves on. One that was removed takes up room.
    """
    listed = [play for play in plays if play.is_visible(end) and not isinstance(play.item, Episode)]
    arrivals = sorted((_arrival(play, begin), play.ended_at) for play in listed)
    ends: list[datetime] = []
    oldest_shown: dict[datetime, datetime] = {}
    for arrived_at, ended_at in arrivals:
        insort(ends, ended_at)
        # Of what arrives in one moment only the last 50 are shown, so the last word counts.
        oldest_shown[arrived_at] = ends[-WINDOW] if len(ends) >= WINDOW else ends[0]
    return {
        heard for play in listed if (heard := heard_of(play)) and play.ended_at >= oldest_shown[_arrival(play, begin)]
    }


def _arrival(play: PlayEvent, begin: datetime) -> datetime:
    return max(play.ended_at, play.visible_from or play.ended_at, begin)


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
