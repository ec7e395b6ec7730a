"""What becomes of what dbt says; that it builds is held by integration tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.dbt_support.runner import Outcome, Selection, raise_if_failed

SELECTION = Selection({"model.tunegenie.plays": dg.AssetKey("plays")}, {})
AWAY = "Database Error in model plays (models/plays.sql)\n  250001 (08001): None: Failed to connect to DB: no answer"
LOCKED = "Runtime Error\n  IO Error: Could not set lock on file: Conflicting lock is held in another program"
WRONG = "Compilation Error in model plays: 'days' is undefined"


def result(message: str, status: str = "error") -> Any:
    node = SimpleNamespace(name="plays", unique_id="model.tunegenie.plays")
    return SimpleNamespace(node=node, status=status, message=message)


@pytest.mark.parametrize("message", [AWAY, LOCKED])
def test_what_may_work_in_a_minute_is_no_failure_yet(message: str) -> None:
    with pytest.raises(ConnectionError, match=r"^dbt: plays: "):
        raise_if_failed(Outcome([result(message)]), SELECTION)
    with pytest.raises(ConnectionError, match=r"^dbt: "):
        raise_if_failed(Outcome([], RuntimeError(message)), SELECTION)


@pytest.mark.parametrize("messages", [[WRONG], [AWAY, WRONG]])
def test_what_would_fail_again_fails(messages: list[str]) -> None:
    with pytest.raises(dg.Failure) as raised:
        raise_if_failed(Outcome([result(message) for message in messages]), SELECTION)
    assert not raised.value.allow_retries
    assert "'days' is undefined" in str(raised.value.description)


def test_a_model_that_dbt_does_not_speak_of_is_a_failure() -> None:
    with pytest.raises(dg.Failure) as raised:
        raise_if_failed(Outcome([]), SELECTION)
    assert raised.value.description == "dbt built nothing for model.tunegenie.plays"


def test_what_is_built_is_well() -> None:
    raise_if_failed(Outcome([result("CREATE TABLE", "success")]), SELECTION)
