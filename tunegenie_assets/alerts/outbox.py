"""What waits to be sent, by channel: tried again with growing pauses, so that one that is down holds up no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tunegenie_assets.alerts.channels import ChannelError, Send
from tunegenie_assets.alerts.incidents import Message, messages_of

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
"""By then the incident is told of anew, or over."""
MOST_WAITING = 50
"""For each channel; the oldest go first, and the cursor of a sensor stays small."""
MOST_AT_ONCE = 5
"""For each channel in one tick."""
BEGIN_WITHIN_S = 15.0
"""Nothing more is begun in a tick after so long: Dagster ends one after a minute, forgets what was sent, and it would
be sent again. What is begun ends by itself (channels.SESSION_S)."""


@dataclass(frozen=True)
class Waiting:
    """A message on its way to one channel."""

    channel: str
    message: Message
    since: datetime
    due_at: datetime
    attempts: int = 0


def posted(
    outbox: Iterable[Waiting], messages: Sequence[Message], channels: Iterable[str], now: datetime
) -> list[Waiting]:
    """The outbox with the messages added for each channel."""
    added = [*outbox, *(Waiting(channel, message, now, now) for channel in channels for message in messages)]
    kept: list[Waiting] = []
    for channel in dict.fromkeys(one.channel for one in added):
        kept += [one for one in added if one.channel == channel][-MOST_WAITING:]
    return kept


def delivered(
    outbox: Sequence[Waiting],
    senders: Mapping[str, Send],
    now: datetime,
    complain: Callable[[str], None],
    timer: Callable[[], float] = time.monotonic,
) -> list[Waiting]:
    """What is left after a try; a channel that fails once is left alone until its next time."""
    begin_until = timer() + BEGIN_WITHIN_S
    left: list[Waiting] = []
    closed_until: dict[str, datetime] = {}
    tried: dict[str, int] = {}
    for one in sorted(outbox, key=lambda waiting: waiting.since):
        if one.channel not in senders or now - one.since > GIVEN_UP_AFTER:
            continue
        if one.channel in closed_until:
            left.append(replace(one, due_at=max(one.due_at, closed_until[one.channel])))
            continue
        if one.due_at > now or timer() > begin_until or tried.get(one.channel, 0) >= MOST_AT_ONCE:
            # What comes after it waits as well, so that a recovery is never told before its problem.
            closed_until[one.channel] = max(one.due_at, now)
            left.append(one)
            continue
        tried[one.channel] = tried.get(one.channel, 0) + 1
        try:
            senders[one.channel](one.message)
        except ChannelError as error:
            complain(f"{one.channel}: {error}; the message waits")
            later = replace(one, attempts=one.attempts + 1, due_at=now + _pause(one.attempts))
            closed_until[one.channel] = later.due_at
            left.append(later)
    return left


def _pause(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)


def as_json(outbox: Iterable[Waiting]) -> list[dict[str, object]]:
    return [
        {
            "channel": one.channel,
            "message": one.message.as_json(),
            "since": one.since.isoformat(),
            "due_at": one.due_at.isoformat(),
            "attempts": one.attempts,
        }
        for one in outbox
    ]


def from_json(stored: Iterable[Mapping[str, Any]]) -> list[Waiting]:
    return [
        Waiting(
            channel=one["channel"],
            message=messages_of([one["message"]])[0],
            since=datetime.fromisoformat(one["since"]),
            due_at=datetime.fromisoformat(one["due_at"]),
            attempts=int(one["attempts"]),
        )
        for one in stored
    ]
