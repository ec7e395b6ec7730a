"""One look after another at a platform: what was seen becomes incidents, messages and a heartbeat.

The state between two looks is one JSON text, which the sensor keeps as its cursor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tunegenie_assets.alerts import incidents, outbox
from tunegenie_assets.alerts.channels import MailServer, Send, beat, mail_sender, webhook_sender
from tunegenie_assets.alerts.incidents import GoodRun, Incident, Message, News, Observed
from tunegenie_assets.alerts.observing import Place
from tunegenie_assets.alerts.outbox import Waiting
from tunegenie_assets.alerts.scrubbing import readable, scrubbed

EMAIL, WEBHOOK, HEARTBEAT = "e-mail", "webhook", "heartbeat"
BEAT = Message(News.RECOVERED, "heartbeat")
"""The heartbeat goes through the outbox as well: a ping that was lost is sent again."""


@dataclass(frozen=True)
class Addresses:
    """Where alerts go; what is empty is left out."""

    ui_url: str
    recipients: Sequence[str] = ()
    mail: MailServer | None = None
    webhook: str = ""
    heartbeat: str = ""
    secrets: Collection[str] = field(default=(), repr=False)
    """The values of all secret settings, none of which may stand in a message."""

    def link(self, run_id: str) -> str:
        return f"{self.ui_url.rstrip('/')}/runs/{run_id}"

    def senders(self) -> dict[str, Send]:
        """What sends, by channel."""
        found: dict[str, Send] = {}
        if self.mail is not None and self.recipients:
            found[EMAIL] = mail_sender(self.mail, self.recipients, self.link)
        if self.webhook:
            found[WEBHOOK] = webhook_sender(self.webhook, self.link)
        return found

    def scrub(self, message: Message) -> Message:
        lines = [readable(scrubbed(line, self.secrets)) for line in message.lines]
        return replace(message, title=readable(scrubbed(message.title, self.secrets)), lines=lines)


@dataclass(frozen=True)
class State:
    """What is remembered between two looks."""

    place: Place
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    waiting: Sequence[Waiting] = ()

    @classmethod
    def of(cls, cursor: str | None, now: datetime, complain: Callable[[str], None]) -> State:
        """What the cursor holds; from now on where there is none: nobody wants to be told of last year's failures.

        One that cannot be read is given up with a complaint: a sensor that fails at each tick tells nobody anything.
        """
        if not cursor:
            return cls(Place(now))
        try:
            stored: dict[str, Any] = json.loads(cursor)
            return cls(
                Place(datetime.fromisoformat(stored["since"]), frozenset(stored["seen"])),
                incidents.from_json(stored["incidents"]),
                outbox.from_json(stored["waiting"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            complain(f"the cursor cannot be read ({type(error).__name__}): what it held is forgotten, told from now on")
            return cls(Place(now))

    def cursor(self) -> str:
        return json.dumps(
            {
                "since": self.place.since.isoformat(),
                "seen": sorted(self.place.seen),
                "incidents": incidents.as_json(self.incidents),
                "waiting": outbox.as_json(self.waiting),
            }
        )


def step(
    state: State,
    observed: Observed,
    place: Place,
    addresses: Addresses,
    *,
    beats_for: str,
    now: datetime,
    complain: Callable[[str], None],
) -> tuple[State, list[Message]]:
    """The state after a look, everything sent that can be sent, and what was new.

    The heart beats for the runs that the schedule `beats_for` started: a build by hand says nothing of the clock.
    """
    known, told = incidents.follow(state.incidents, observed, now)
    messages = [addresses.scrub(message) for message in told]
    senders = addresses.senders()
    waiting = outbox.posted(state.waiting, messages, senders, now)
    if addresses.heartbeat:
        senders[HEARTBEAT] = lambda _message: beat(addresses.heartbeat)
        if any(isinstance(run, GoodRun) and run.schedule == beats_for for run in observed.runs):
            older = [one for one in waiting if one.channel != HEARTBEAT]
            waiting = outbox.posted(older, [BEAT], [HEARTBEAT], now)
    left = outbox.delivered(waiting, senders, now, complain)
    return State(place, known, left), messages
