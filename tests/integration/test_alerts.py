"""Alerts over real servers on loopback: SMTP in the clear, with STARTTLS and with TLS, and a webhook over HTTP."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.conftest import home_at
from tests.integration.desk import own_environment
from tests.integration.test_ui import free_port
from tunegenie_assets.alerts import channels
from tunegenie_assets.alerts.alerting import Addresses, State, step
from tunegenie_assets.alerts.channels import ChannelError, MailServer, mail_sender
from tunegenie_assets.alerts.incidents import FailedRun, Message, News, Observed
from tunegenie_assets.alerts.observing import Place

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FAILED = FailedRun("run-1", "build_everything", "silver/plays", "OSError", ["no space left", "on /dev/sda"], NOW)
GOOD_WORD = "correct-horse"


class Mailbox:
    """Takes mail, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        if self.refuses:
            return "451 try again, dear ada@example.org"
        content = cast("bytes", envelope.content)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    is_ada = (given.login, given.password) == (b"ada", GOOD_WORD.encode())
    return AuthResult(success=is_ada, handled=False)


@contextmanager
def mail_server(box: Mailbox, port: int, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None):
    options: dict[str, Any] = {"require_starttls": True, "tls_context": starttls} if starttls else {}
    if tls or starttls:
        options |= {"auth_required": bool(starttls), "auth_require_tls": bool(starttls), "authenticator": authenticate}
    controller = Controller(box, hostname="127.0.0.1", port=port, ssl_context=tls, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


class Hook(ThreadingHTTPServer):
    """Takes posts, or refuses them."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.gets: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/T0/B0/{'s3cret' * 4}"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = cast("Hook", self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if hook.status == 200:
            hook.posts.append(json.loads(body))
        self._answer(hook)

    def do_GET(self) -> None:
        hook = cast("Hook", self.server)
        hook.gets.append(self.path)
        self._answer(hook)

    def _answer(self, hook: Hook) -> None:
        self.send_response(hook.status)
        if hook.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Of this machine; the one authority that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "loopback.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def server_at(port: int, security: str = "none", password: str = "") -> MailServer:
    return MailServer("127.0.0.1", port, security, "ada" if password else "", password, "tunegenie@example.org")


def look(state: State, addresses: Addresses, *runs: FailedRun, minutes: int = 0) -> tuple[State, list[str]]:
    """A tick, and what it complained of."""
    complaints: list[str] = []
    now = NOW + timedelta(minutes=minutes)
    after, _ = step(
        state, Observed(runs), Place(now), addresses, beats_for="daily_build", now=now, complain=complaints.append
    )
    return after, complaints


def test_both_channels_say_what_failed_where_and_why(hook: Hook) -> None:
    box, port = Mailbox(), free_port()
    addresses = Addresses(
        "https://dagster.example.org", ["ada@example.org", "bob@example.org"], server_at(port), hook.url
    )
    with mail_server(box, port):
        look(State(Place(NOW)), addresses, FAILED)
    [mail] = box.mails
    assert mail["Subject"] == "TuneGenie: Problem: build_everything failed at silver/plays"
    assert (mail["From"], mail["To"]) == ("tunegenie@example.org", "ada@example.org, bob@example.org")
    assert mail.get_content().splitlines() == [
        "build_everything failed at silver/plays",
        "",
        "no space left",
        "on /dev/sda",
        "",
        "Run: https://dagster.example.org/runs/run-1",
    ]
    [post] = hook.posts
    assert post["text"] == post["content"]
    assert post["text"].startswith("TuneGenie: Problem: build_everything failed at silver/plays\nno space left\n")
    assert post["run"] == "https://dagster.example.org/runs/run-1"


def test_a_mail_server_that_refuses_or_is_away_is_asked_again_and_holds_up_nothing(hook: Hook) -> None:
    box, port = Mailbox(), free_port()
    addresses = Addresses("http://127.0.0.1:3000", ["ada@example.org"], server_at(port), hook.url)
    state, away = look(State(Place(NOW)), addresses, FAILED)
    assert len(hook.posts) == 1
    assert away == ["e-mail: the mail server could not be used (ConnectionRefusedError); the message waits"]
    with mail_server(box, port):
        box.refuses = True
        state, refused = look(State.of(state.cursor(), NOW, pytest.fail), addresses, minutes=1)
        # The server's own words hold an address.
        assert refused == ["e-mail: the mail server answered 451 (SMTPDataError); the message waits"]
        box.refuses = False
        state, none = look(state, addresses, minutes=3)
        assert none == []
    assert [mail["Subject"] for mail in box.mails] == ["TuneGenie: Problem: build_everything failed at silver/plays"]
    assert (state.waiting, len(hook.posts)) == ([], 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_a_private_line_with_a_password(certificate: ssl.SSLContext, security: str) -> None:
    box, port = Mailbox(), free_port()
    contexts = {security: certificate}
    with mail_server(box, port, tls=contexts.get("tls"), starttls=contexts.get("starttls")):
        message = Message(News.TEST, "über alles")
        mail_sender(server_at(port, security, GOOD_WORD), ["ada@example.org"], str)(message)
        with pytest.raises(ChannelError, match=r"the mail server answered 535 \(SMTPAuthenticationError\)") as caught:
            mail_sender(server_at(port, security, "wrong-password"), ["ada@example.org"], str)(message)
    assert [mail["Subject"] for mail in box.mails] == ["TuneGenie: Test: über alles"]
    assert "wrong-password" not in str(caught.value)


def test_words_with_a_slow_server_come_to_an_end_before_it_has_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Mailbox):
        async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _: list[str]) -> str:  # noqa: N802  # aiosmtpd calls it so
            await asyncio.sleep(0.4)
            envelope.rcpt_tos.append(to)
            return "250 OK"

    monkeypatch.setattr(channels, "SESSION_S", 0.6)
    box, port = Slow(), free_port()
    # No answer is late by itself; all of them together are.
    with (
        mail_server(box, port),
        pytest.raises(ChannelError, match=r"could not be used \((TimeoutError|SMTPServerDisconnected)\)"),
    ):
        mail_sender(server_at(port), ["a@example.org", "b@example.org"], str)(Message(News.TEST, "x"))
    assert box.mails == []


def test_a_server_without_a_private_line_gets_no_password(hook: Hook) -> None:
    box, port = Mailbox(), free_port()
    with mail_server(box, port), pytest.raises(ChannelError, match="could not be used"):
        mail_sender(server_at(port, "starttls", GOOD_WORD), ["ada@example.org"], str)(Message(News.TEST, "x"))
    assert box.mails == []
    assert hook.posts == []


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_webhook_that_refuses_is_asked_again_without_a_word_of_its_address(hook: Hook, status: int) -> None:
    addresses = Addresses("http://127.0.0.1:3000", webhook=hook.url, secrets=[hook.url])
    hook.status = status
    state, complaints = look(State(Place(NOW)), addresses, FAILED)
    assert complaints == [f"webhook: the webhook answered {status}; the message waits"]
    assert "s3cret" not in state.cursor()
    hook.status = 200
    look(state, addresses, minutes=1)
    assert len(hook.posts) == 1


def test_nobody_can_be_called_by_the_words_of_an_error(hook: Hook) -> None:
    run = FailedRun("run-1", "collect", None, "x", ["<!channel> @everyone & <b>"], NOW)
    look(State(Place(NOW)), Addresses("http://127.0.0.1:3000", webhook=hook.url), run)
    [post] = hook.posts
    assert "&lt;!channel&gt; @everyone &amp; &lt;b&gt;" in post["text"]
    assert post["allowed_mentions"] == {"parse": []}
    assert len(post["content"]) <= 2000


def test_doctor_sends_a_test_when_asked_to(tmp_path: Path, hook: Hook, clean_environment: None) -> None:
    box, port = Mailbox(), free_port()
    home = home_at(
        tmp_path / "home",
        TUNEGENIE_ALERT_EMAIL="ada@example.org",
        TUNEGENIE_ALERT_WEBHOOK=hook.url,
        TUNEGENIE_SMTP_HOST="127.0.0.1",
        TUNEGENIE_SMTP_PORT=str(port),
        TUNEGENIE_SMTP_SECURITY="none",
    )
    with mail_server(box, port), own_environment():
        quiet = home.json("doctor")
        assert (box.mails, hook.posts) == ([], [])
        home.json("doctor", "--send-test-alert")
    assert [f["state"] for f in quiet["findings"] if f["what"].startswith("alert")] == ["works", "works"]
    assert [mail["Subject"] for mail in box.mails] == ["TuneGenie: Test: this is how you are told"]
    assert len(hook.posts) == 1
    with own_environment():
        failed = home.run("doctor", "--send-test-alert")
    assert failed.exit_code == 1
    assert "the mail server could not be used (ConnectionRefusedError); check TUNEGENIE_SMTP_*" in failed.stdout
    assert len(hook.posts) == 2
