"""What `tunegenie doctor` says of alerts: whether somebody would be told, and, where asked to, a message that shows it.

Nothing is sent unasked: a message at each look would teach people to leave messages unread.
"""

from __future__ import annotations

from collections.abc import Iterator

from tunegenie_assets.alerts.alerting import Addresses
from tunegenie_assets.alerts.channels import ChannelError, Send
from tunegenie_assets.alerts.incidents import Message, News
from tunegenie_assets.cli.examining import Finding, State
from tunegenie_assets.settings import PREFIX, Settings
from tunegenie_assets.wiring import build_addresses

_TEST = Message(
    News.TEST, "this is how you are told", ["tunegenie doctor --send-test-alert sent this; nothing is wrong."]
)


def examine_alerts(settings: Settings, *, send: bool) -> Iterator[Finding]:
    """Each channel, and the heartbeat, of which a test would be a lie."""
    addresses = build_addresses(settings)
    if addresses.recipients and addresses.mail is None:
        says = f"{PREFIX}ALERT_EMAIL is set, but no server that takes e-mail: set {PREFIX}SMTP_HOST"
        yield Finding("alerts", State.FAILS, says)
    senders = addresses.senders()
    if not senders and not addresses.recipients:
        says = f"nobody is told when something fails; set {PREFIX}ALERT_EMAIL or {PREFIX}ALERT_WEBHOOK"
        yield Finding("alerts", State.ABSENT, says)
    for channel, sender in senders.items():
        yield (
            _sent(f"alert by {channel}", channel, sender, addresses)
            if send
            else Finding(f"alert by {channel}", State.WORKS, "is set; `tunegenie doctor --send-test-alert` tries it")
        )
    if addresses.heartbeat:
        yield Finding("heartbeat", State.WORKS, "is sent after each daily build that worked")


def _sent(what: str, channel: str, sender: Send, addresses: Addresses) -> Finding:
    try:
        sender(addresses.scrub(_TEST))
    except ChannelError as error:
        settings = f"{PREFIX}SMTP_*" if channel == "e-mail" else f"{PREFIX}ALERT_WEBHOOK"
        return Finding(what, State.FAILS, f"{error}; check {settings}")
    return Finding(what, State.WORKS, "a test message was sent; look whether it came")
