import errno
from pathlib import Path
from random import Random

import dagster as dg
import duckdb
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.locking import WarehouseBusyError
from tunegenie_assets.resources import transient
from tunegenie_assets.resources.transient import MOST_RETRIES, again_where_transient, is_transient, wait_seconds
from tunegenie_assets.settings import SettingsError


def named(name: str, module: str) -> Exception:
    """An error of a library that is not imported here."""
    return type(name, (Exception,), {"__module__": module})("it says why")


def caused_by(cause: Exception) -> Exception:
    error = SettingsError("no session")
    error.__cause__ = cause
    return error


def thought_about() -> Exception:
    """What a caller makes of a failure that passes, when it has had patience enough."""
    error = dg.Failure("the service has been away for an hour")
    error.__cause__ = ConnectionResetError("reset")
    return error


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout("slow"),
        ConnectionResetError("reset"),
        TimeoutError("slow"),
        OSError(errno.EHOSTUNREACH, "no route"),
        duckdb.IOException("IO Error: Could not set lock on file"),
        named("OperationalError", "snowflake.connector.errors"),
        named("ServiceUnavailableError", "snowflake.connector.errors"),
        named("EndpointConnectionError", "botocore.exceptions"),
        caused_by(named("GatewayTimeoutError", "snowflake.connector.errors")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_work_in_a_minute(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("the file is no zip"),
        KeyError("ts"),
        OSError(errno.ENOSPC, "no space left"),
        FileNotFoundError("no such file"),
        PermissionError("read-only"),
        duckdb.IOException("IO Error: The file is not a valid DuckDB database file"),
        duckdb.ConstraintException("twice"),
        requests.exceptions.SSLError("a certificate that is wrong"),
        requests.HTTPError("403"),
        WarehouseBusyError("another process has been writing for 600 s"),
        named("ProgrammingError", "snowflake.connector.errors"),
        named("ForbiddenError", "snowflake.connector.errors"),
        named("ClientError", "botocore.exceptions"),
        named("OperationalError", "sqlalchemy.exc"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_would_fail_again(error: Exception) -> None:
    assert not is_transient(error)
    with pytest.raises(type(error)), again_where_transient():
        raise error


def runs_of(error: Exception, fails: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bool]:
    """How often a step runs that fails so often with this error, and whether its run succeeds."""
    monkeypatch.setattr(transient, "wait_seconds", lambda _: 0.0)
    attempts: list[int] = []

    @dg.asset
    @again_where_transient()
    def asks_outside(context: dg.AssetExecutionContext) -> None:
        attempts.append(context.retry_number)
        if len(attempts) <= fails:
            raise error

    result = dg.materialize([asks_outside], raise_on_error=False)
    assert attempts == list(range(len(attempts)))
    return len(attempts), result.success


@pytest.mark.parametrize(
    ("error", "fails", "expected"),
    [
        (ConnectionResetError("reset"), 2, (3, True)),
        (ConnectionResetError("reset"), 99, (1 + MOST_RETRIES, False)),
        (ValueError("bad file"), 1, (1, False)),
        (thought_about(), 1, (1, False)),
    ],
    ids=["passes", "stays", "bad file", "failure"],
)
def test_a_step_is_begun_again_for_what_passes_only(
    error: Exception, fails: int, expected: tuple[int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runs_of(error, fails, monkeypatch) == expected


def test_an_output_that_cannot_be_stored_now_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transient, "wait_seconds", lambda _: 0.0)
    stored: list[object] = []

    class Store(dg.IOManager):
        @again_where_transient()
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:  # noqa: ARG002
            stored.append(obj)
            if len(stored) == 1:
                raise ConnectionResetError("reset")

        def load_input(self, context: dg.InputContext) -> object:
            raise NotImplementedError

    @dg.asset
    def rows() -> int:
        return 3

    assert dg.materialize([rows], resources={"io_manager": Store()}).success
    assert stored == [3, 3]


def test_outside_a_step_a_failure_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), again_where_transient():
        raise ConnectionResetError(str(tmp_path))


@given(st.integers(0, MOST_RETRIES - 1), st.integers())
def test_waits_grow_and_are_spread(attempts: int, seed: int) -> None:
    expected = 20.0 * 2**attempts
    assert expected / 2 <= wait_seconds(attempts, Random(seed)) <= expected * 1.5
