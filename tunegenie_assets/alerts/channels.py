"""How a message reaches somebody: e-mail over SMTP, a webhook, and the heartbeat of a build that worked.

Each sends once or raises; trying again is the business of outbox.py. Errors hold no address: it may be secret.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import requests

from tunegenie_assets.alerts.incidents import Message, News

TIMEOUT_S = 15.0
SESSION_S = 30.0
"""For all words with a mail server together. The daemon gives a tick of a sensor a minute."""
MOST_CHARACTERS = 1900
"""Discord refuses a message of more than 2000."""
MARKS = {News.PROBLEM: "Problem", News.REMINDER: "Still", News.RECOVERED: "Recovered", News.TEST: "Test"}


class ChannelError(Exception):
    """A message could not be sent; it says why and holds no secret."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed in; `security` is starttls, tls or none."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str


Send = Callable[[Message], None]


def mail_sender(server: MailServer, recipients: Sequence[str], link: Callable[[str], str]) -> Send:
    """What sends a message as an e-mail; `link` gives the address of a run."""

    def send(message: Message) -> None:
        try:
            session = _session(server)
            try:
                session.send_message(_email(message, server.sender, recipients, link))
            finally:
                # Sent is sent, however the server takes the farewell.
                with suppress(OSError, smtplib.SMTPException):
                    session.quit()
                session.close()
        except smtplib.SMTPResponseException as error:
            # The server's own words may repeat addresses.
            raise ChannelError(f"the mail server answered {error.smtp_code} ({type(error).__name__})") from error
        # ValueError: a name or an address that cannot be encoded; what waits for other channels must go on.
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise ChannelError(f"the mail server could not be used ({type(error).__name__})") from error

    return send


class _Hurried(smtplib.SMTP):
    """A session that ends after so many seconds: the timeout of smtplib is for each answer."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        super().__init__(host, port, timeout=TIMEOUT_S)

    def getreply(self) -> tuple[int, bytes]:
        _hurry(self)
        return super().getreply()


class _HurriedTls(smtplib.SMTP_SSL):
    """The same over TLS from the first word on."""

    def __init__(self, host: str, port: int, seconds: float, context: ssl.SSLContext) -> None:
        self.ends_at = time.monotonic() + seconds
        super().__init__(host, port, timeout=TIMEOUT_S, context=context)

    def getreply(self) -> tuple[int, bytes]:
        _hurry(self)
        return super().getreply()


def _hurry(session: _Hurried | _HurriedTls) -> None:
    left = session.ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("the mail server is too slow")
    if session.sock:
        session.sock.settimeout(min(left, TIMEOUT_S))


def _session(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        session: smtplib.SMTP = _HurriedTls(server.host, server.port, SESSION_S, context)
    else:
        session = _Hurried(server.host, server.port, SESSION_S)
    try:
        if server.security == "starttls":
            session.starttls(context=context)
        if server.user:
            session.login(server.user, server.password)
    except BaseException:
        session.close()
        raise
    return session


def _email(message: Message, sender: str, recipients: Sequence[str], link: Callable[[str], str]) -> EmailMessage:
    email = EmailMessage()
    email["Subject"] = " ".join(subject(message).split())
    email["From"], email["To"] = sender, ", ".join(recipients)
    email["Date"], email["Message-ID"] = formatdate(), make_msgid(domain="tunegenie.invalid")
    # An out-of-office answer to a machine helps nobody.
    email["Auto-Submitted"] = "auto-generated"
    email.set_content("\n".join([message.title, "", *message.lines, *_where(message, link)]) + "\n")
    return email


def webhook_sender(address: str, link: Callable[[str], str]) -> Send:
    """What posts a message as JSON. Slack and Mattermost read `text`, Discord reads `content`."""

    def send(message: Message) -> None:
        plain = "\n".join([subject(message), *message.lines, *_where(message, link)])[:MOST_CHARACTERS]
        _request(
            "webhook",
            lambda: requests.post(
                address,
                json={
                    # Slack would take <!channel> in the words of an error for a call to everybody.
                    "text": plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
                    "content": plain,
                    "allowed_mentions": {"parse": []},
                    "news": message.news.value,
                    "title": message.title,
                    "run_id": message.run_id,
                    "run": link(message.run_id) if message.run_id else None,
                },
                timeout=TIMEOUT_S,
                allow_redirects=False,
            ),
        )

    return send


def beat(address: str) -> None:
    """Tell a service that waits for it that a build worked: it raises the alarm where nothing comes."""
    _request("heartbeat", lambda: requests.get(address, timeout=TIMEOUT_S, allow_redirects=False))


def _request(what: str, ask: Callable[[], requests.Response]) -> None:
    try:
        answer = ask()
    except (requests.RequestException, ValueError) as error:
        raise ChannelError(f"the {what} could not be reached ({type(error).__name__})") from error
    if not answer.ok or answer.is_redirect:
        raise ChannelError(f"the {what} answered {answer.status_code}")


def subject(message: Message) -> str:
    return f"TuneGenie: {MARKS[message.news]}: {message.title}"


def _where(message: Message, link: Callable[[str], str]) -> list[str]:
    return ["", f"Run: {link(message.run_id)}"] if message.run_id else []
