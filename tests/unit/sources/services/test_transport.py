from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.services.loopback import NOW, Answer, Ledger, Loopback, Time, a_caller
from tunegenie_assets.sources.services.errors import (
    BadResponse,
    NotFound,
    Parked,
    Refused,
    ServerFailure,
    ServiceError,
)
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.transport import (
    LONGEST_RETRY_AFTER_S,
    PlainService,
    is_loopback,
    new_session,
    retry_after_s,
    typed_failures,
)

SECRET = "s3cr3t"  # noqa: S105 - nobody's


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def service(url: str, *, time: Time | None = None, budget: Ledger | None = None) -> PlainService:
    return PlainService(
        "example", a_caller(time, budget), base_url=f"{url}api", user_agent="t/1", secret_params={"key": SECRET}
    )


def get(server: Loopback, *answers: Answer, budget: Ledger | None = None) -> str:
    server.answers.extend(answers)
    return service(server.url, budget=budget).get("rows", {"a": "b c"}, purpose=Purpose.PLAYS).text


def test_the_text_is_given_as_received_and_without_secrets(server: Loopback) -> None:
    text = ' {"a": "\\u00e9", "b": "é", "b": 1.0}\r\n'
    server.answers.append(Answer(text=text, headers={"Content-Type": "text/html"}))
    response = service(server.url).get("rows", {"a": "b c"}, purpose=Purpose.PLAYS)
    assert response.text == text
    assert (response.method, response.path, response.params) == ("GET", "rows", {"a": "b c"})
    assert (response.status, response.requested_at, response.json) == (200, NOW, {"a": "é", "b": 1.0})
    assert server.seen[0].query["key"] == [SECRET]
    assert (server.seen[0].path, server.seen[0].headers["User-Agent"]) == ("/api/rows", "t/1")
    assert SECRET not in repr(response)


@pytest.mark.parametrize(
    "spoilt",
    [
        Answer(500, text="Server error."),
        Answer(503, text="<html>"),
        Answer(408, text=""),
        Answer(429, text="Too many requests", headers={"Retry-After": "2"}),
        Answer(text=""),
        Answer(text='{"items": [{"tr'),
        Answer(json={}, cut=True),
        Answer(drop=True),
        Answer(text=b"\xff\xfe"),
    ],
    ids=str,
)
def test_a_spoilt_answer_is_asked_for_again(server: Loopback, spoilt: Answer) -> None:
    budget = Ledger()
    assert get(server, spoilt, spoilt, Answer(json={}), budget=budget) == "{}"
    assert len(server.seen) == len(budget.spent) == 3


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Answer(404, json={}), NotFound, "example knows no rows"),
        (Answer(400, text="no\nlimit"), Refused, r"refused the request \(status 400, no limit\); check what"),
        (Answer(302, json={}, headers={"Location": "http://192.0.2.1/"}), BadResponse, "status 302"),
        (Answer(503, text=""), ServerFailure, "example failed with status 503; try again later"),
        (Answer(429, text="", headers={"Retry-After": "86400"}), Parked, "after 2026-03-02 12:00 UTC"),
    ],
    ids=str,
)
def test_errors_are_typed(server: Loopback, answer: Answer, error: type[ServiceError], says: str) -> None:
    with pytest.raises(error, match=says) as raised:
        get(server, answer)
    assert "\n" not in str(raised.value)


def test_the_answer_of_an_error_can_be_landed(server: Loopback) -> None:
    with pytest.raises(NotFound) as raised:
        get(server, Answer(404, text="gone"))
    assert raised.value.response
    assert (raised.value.response.status, raised.value.response.text) == (404, "gone")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection_certainly_did_nothing_and_tells_no_secret() -> None:
    with pytest.raises(ServerFailure, match="could not be reached") as raised:
        service(f"http://127.0.0.1:{closed_port()}/").get("rows", {}, purpose=Purpose.PLAYS)
    assert raised.value.did_nothing
    assert raised.value.__suppress_context__


def test_a_connection_that_takes_too_long_certainly_did_nothing() -> None:
    # Nothing on a loopback device can be made to hesitate.
    with pytest.raises(ServerFailure) as raised, typed_failures("example"):
        raise requests.ConnectTimeout
    assert raised.value.did_nothing


def test_silence_is_a_failure_of_which_nothing_is_certain() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(ServerFailure, match="did not answer in time") as raised,
        typed_failures("example"),
        new_session("http://127.0.0.1/") as session,
    ):
        session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.05)
    assert not raised.value.did_nothing


def test_a_broken_connection_is_a_failure_of_which_nothing_is_certain(server: Loopback) -> None:
    server.answers.append(Answer(drop=True))
    with pytest.raises(ServerFailure, match="broke the connection") as raised, typed_failures("example"):
        requests.get(server.url, timeout=5)
    assert not raised.value.did_nothing


def test_a_new_service_needs_nothing_but_its_address(server: Loopback) -> None:
    server.answers.append(Answer(json={"ok": True}))
    plain = PlainService("new", a_caller(), base_url=server.url, user_agent="t/1")
    response = plain.get("x", {}, purpose=Purpose.CHARTS)
    assert response.fields() == {"ok": True}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1),
        ("48925", 48_925),
        ("0", 0),
        ("1.5", 1.5),
        (" 7 ", 7),
        ("Sun, 01 Mar 2026 12:01:40 GMT", 100),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("999999999", LONGEST_RETRY_AFTER_S),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("1e9", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": text}, NOW) == seconds


@given(text=st.text(max_size=40), now=st.datetimes(min_value=datetime(2000, 1, 1)))
def test_retry_after_is_bounded_whatever_it_says(text: str, now: datetime) -> None:
    seconds = retry_after_s({"Retry-After": text}, now)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S


def test_the_own_machine_is_reached_without_a_proxy() -> None:
    assert is_loopback("http://127.0.0.1:80/x")
    assert is_loopback("http://[::1]/")
    assert not is_loopback("https://api.spotify.com/v1/")
    assert not is_loopback("http://127.0.0.1.example.com/")
    assert new_session("http://127.0.0.1:1/").trust_env is False
    assert new_session("https://api.spotify.com/v1/").trust_env is True


@pytest.mark.parametrize("text", ["[]", '{"items": 1}', '{"items": "x"}', "{}", "3"])
def test_an_answer_of_another_shape_is_told(server: Loopback, text: str) -> None:
    server.answers.append(Answer(text=text))
    response = service(server.url).get("rows", {}, purpose=Purpose.PLAYS)
    with pytest.raises(BadResponse, match=r"no JSON object|no list items"):
        response.items()


def test_items_that_are_no_objects_are_passed_over(server: Loopback) -> None:
    server.answers.append(Answer(json={"items": [None, {"a": 1}, 3]}))
    assert service(server.url).get("rows", {}, purpose=Purpose.PLAYS).items() == [{"a": 1}]
