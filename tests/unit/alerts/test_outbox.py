from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tunegenie_assets.alerts.channels import ChannelError
from tunegenie_assets.alerts.incidents import Message, News
from tunegenie_assets.alerts.outbox import MOST_AT_ONCE, MOST_WAITING, Waiting, as_json, delivered, from_json, posted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def problem(title: str) -> Message:
    return Message(News.PROBLEM, title, ["why"], "run-1")


class Channel:
    """Takes messages, or is down for some minutes."""

    def __init__(self, down_for: int = 0) -> None:
        self.down_until = NOW + down_for * MINUTE
        self.took: list[str] = []
        self.asked_at: list[datetime] = []
        self.now = NOW

    def send(self, message: Message) -> None:
        self.asked_at.append(self.now)
        if self.now < self.down_until:
            raise ChannelError("the mail server answered 451")
        self.took.append(message.title)


def minutes(outbox: list[Waiting], count: int, **channels: Channel) -> list[str]:
    """A tick each minute; returns the complaints."""
    complaints: list[str] = []
    for minute in range(count):
        now = NOW + minute * MINUTE
        for channel in channels.values():
            channel.now = now
        senders = {name: channel.send for name, channel in channels.items()}
        outbox[:] = from_json(json.loads(json.dumps(as_json(delivered(outbox, senders, now, complaints.append)))))
    return complaints


def test_a_channel_that_is_down_holds_up_no_other_and_loses_nothing() -> None:
    mail, hook = Channel(down_for=60), Channel()
    outbox = posted([], [problem("a"), problem("b")], ["mail", "hook"], NOW)
    complaints = minutes(outbox, 180, mail=mail, hook=hook)
    assert hook.took == mail.took == ["a", "b"]
    assert outbox == []
    # 0, 1, 3, 7, 15, 31, 63: not at each tick.
    assert [(at - NOW) // MINUTE for at in mail.asked_at] == [0, 1, 3, 7, 15, 31, 63, 63]
    assert complaints == ["mail: the mail server answered 451; the message waits"] * 6


def test_messages_keep_their_order_though_the_first_must_wait() -> None:
    mail = Channel(down_for=2)
    outbox = posted([], [problem("it broke")], ["mail"], NOW)
    minutes(outbox, 2, mail=mail)
    later = NOW + 2 * MINUTE
    outbox = posted(outbox, [Message(News.RECOVERED, "it works")], ["mail"], later)
    mail.now = later
    outbox = delivered(outbox, {"mail": mail.send}, later, lambda _: None)
    assert mail.took == []
    mail.now = later + MINUTE
    assert delivered(outbox, {"mail": mail.send}, mail.now, lambda _: None) == []
    assert mail.took == ["it broke", "it works"]


def test_one_tick_sends_some_and_the_next_the_rest() -> None:
    mail = Channel()
    outbox = posted([], [problem(str(n)) for n in range(MOST_AT_ONCE + 2)], ["mail"], NOW)
    outbox = delivered(outbox, {"mail": mail.send}, NOW, lambda _: None)
    assert len(mail.took) == MOST_AT_ONCE
    delivered(outbox, {"mail": mail.send}, NOW + MINUTE, lambda _: None)
    assert mail.took == [str(n) for n in range(MOST_AT_ONCE + 2)]


def test_a_slow_server_does_not_take_more_time_than_a_tick_has() -> None:
    mail, seconds = Channel(), iter(range(0, 1000, 10))
    outbox = posted([], [problem(str(n)) for n in range(4)], ["mail"], NOW)
    outbox = delivered(outbox, {"mail": mail.send}, NOW, lambda _: None, lambda: next(seconds))
    assert (mail.took, len(outbox)) == (["0"], 3)
    delivered(outbox, {"mail": mail.send}, NOW + MINUTE, lambda _: None)
    assert mail.took == ["0", "1", "2", "3"]


def test_what_waits_stays_small_and_is_given_up_in_the_end() -> None:
    outbox = posted([], [problem(str(n)) for n in range(MOST_WAITING + 10)], ["mail", "hook"], NOW)
    assert len(outbox) == 2 * MOST_WAITING
    assert outbox[0].message.title == "10"
    mail = Channel()
    assert delivered(outbox, {"mail": mail.send}, NOW + timedelta(days=4), lambda _: None) == []
    assert mail.took == []
