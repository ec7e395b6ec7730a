"""Which error of a failed step says why it failed.

Dagster and dbt raise errors of their own around ours, and ours around those of a library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import dagster as dg

OURS = ("tunegenie_assets.", "ml.")


class Cause(NamedTuple):
    """The class of an error, and its message."""

    name: str
    message: str


def causes_of(failure: dg.DagsterEvent) -> list[Cause]:
    """The error that a step failed with and those that led to it, the outermost first."""
    chain: list[Cause] = []
    error = failure.step_failure_data.error
    while error is not None:
        chain.append(Cause(error.cls_name or "error", error.message))
        error = error.cause
    return chain


def telling(chain: Sequence[Cause]) -> Cause:
    """Our own error where one is in the chain, else the innermost."""
    own = [cause for cause in chain if cause.message.startswith(OURS)]
    return (own or chain[-1:] or [Cause("error", "no message")])[0]
