from __future__ import annotations

import errno
import sqlite3

import duckdb
import pytest

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.troubles import FULL, FULL_OR_FAILING, READ_ONLY, RECORDS_DAMAGED, advised, line_of
from tunegenie_assets.resources.damage import ADVICE


def raised(error: Exception, *, under: type[Exception] = RuntimeError) -> Exception:
    """The error as a library passes it on."""
    try:
        try:
            raise error
        except type(error) as cause:
            raise under("a step failed") from cause
    except under as found:
        return found


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (sqlite3.OperationalError("disk I/O error"), FULL_OR_FAILING),
        (duckdb.IOException("IO Error: Could not write all bytes: No space left on device"), FULL),
        (OSError(errno.EROFS, "Read-only file system"), READ_ONLY),
        (sqlite3.OperationalError("attempt to write a readonly database"), READ_ONLY),
        (sqlite3.DatabaseError("database disk image is malformed"), RECORDS_DAMAGED),
        (duckdb.IOException("IO Error: Could not read enough bytes from file"), f"the warehouse is damaged; {ADVICE}"),
    ],
)
def test_a_failure_of_the_machine_is_one_line_with_what_to_do(error: Exception, advice: str) -> None:
    for found in (error, raised(error)):
        line = line_of(found)
        assert line is not None
        assert line.endswith(advice)
        assert len(line.splitlines()) == 1


def test_an_error_of_our_own_is_not_hidden() -> None:
    assert line_of(ValueError("a mistake in the program")) is None
    assert line_of(raised(ValueError("a mistake in the program"))) is None


def test_what_says_what_to_do_stays_as_it_is() -> None:
    assert line_of(CommandError("nobody is connected; run tunegenie login")) == (
        "nobody is connected; run tunegenie login"
    )
    line = f"the warehouse w is damaged (Could not read enough bytes); {ADVICE}"
    assert advised(line) == line
