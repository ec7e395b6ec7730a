"""Which failures pass by themselves, and how a step is begun again after one of them; all others fail at once.

Not a `RetryPolicy`: that one begins a step again whatever failed, also where the file is bad or somebody cancelled.
Calls to the services have patience of their own (sources/services/calls.py), and so have the clients of S3 and of
Snowflake; here is what outlasts theirs. The lock on the warehouse is none of it: whoever meets it has waited ten
minutes already.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from random import Random

import dagster as dg
import duckdb
import requests

MOST_RETRIES = 3
FIRST_WAIT_S = 20.0
"""Doubled each time, with up to half of it more or less: 20, 40, 80 seconds."""
JITTER_SHARE = 0.5
LOCKED = "Could not set lock on file"
CONNECTION_EXCEPTION = re.compile(r"\(08\d{3}\)")
"""The class of SQL states that Snowflake gives where the connection failed."""
NETWORK_ERRNOS = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT}
# By name: these libraries are optional, and importing Snowflake's takes seconds.
OF_SNOWFLAKE = {
    "OperationalError",
    "InternalServerError",
    "ServiceUnavailableError",
    "GatewayTimeoutError",
    "BadGatewayError",
    "OtherHTTPRetryableError",
    "RequestTimeoutError",
    "TooManyRequests",
}
OF_BOTO = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ResponseStreamingError",
}


def is_transient(error: BaseException) -> bool:
    """Whether the same may work in a minute: a network that is away, a service that is down, a file that is locked."""
    return any(_passes(one) for one in _chain(error))


def tells_of_transient(message: str) -> bool:
    """Of what dbt says of a node, where it keeps the error to itself."""
    return LOCKED in message or CONNECTION_EXCEPTION.search(message) is not None


def _passes(error: BaseException) -> bool:
    module, name = type(error).__module__, type(error).__name__
    if isinstance(error, requests.exceptions.ConnectionError | requests.exceptions.Timeout):
        # A certificate that is wrong stays wrong.
        return not isinstance(error, requests.exceptions.SSLError)
    if isinstance(error, duckdb.IOException):
        return LOCKED in str(error)
    if module.startswith("snowflake.connector"):
        return name in OF_SNOWFLAKE
    if module.startswith(("botocore", "aiobotocore")):
        return name in OF_BOTO
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    return isinstance(error, OSError) and error.errno in NETWORK_ERRNOS


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


@contextmanager
def again_where_transient() -> Generator[None]:
    """Ask Dagster to begin the running step again where what failed in the block passes by itself.

    Raises:
        dagster.RetryRequested: in place of a failure that passes; outside a step the failure is left as it is.
    """
    try:
        yield
    except Exception as error:
        # A Failure says that somebody thought about it already.
        if isinstance(error, dg.Failure) or not is_transient(error):
            raise
        attempts = _attempts_before()
        if attempts is None:
            raise
        raise dg.RetryRequested(MOST_RETRIES, wait_seconds(attempts)) from error


def wait_seconds(attempts_before: int, random: Random | None = None) -> float:
    """How long to wait before the next attempt; `random` spreads those that failed together."""
    chance = random or Random()  # noqa: S311  # no secret
    return FIRST_WAIT_S * 2**attempts_before * (1 + JITTER_SHARE * chance.uniform(-1, 1))


def _attempts_before() -> int | None:
    """How often the step that runs now was begun again; None outside a step. IO managers are inside one as well."""
    try:
        return dg.OpExecutionContext.get().retry_number
    except dg.DagsterInvariantViolationError:
        return None
