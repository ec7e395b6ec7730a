"""The dbt project by itself: its unit tests, and that a person can run it by hand against the same home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import Home
from tunegenie_assets.dbt_support.project import DbtProjectFiles
from tunegenie_assets.dbt_support.runner import connections_closed_after

pytestmark = pytest.mark.xdist_group("home")


def test_unit_tests_of_the_models_pass(home: Home) -> None:
    from dbt.cli.main import dbtRunner

    files = DbtProjectFiles(target="ci", target_path=Path(home.environment["TUNEGENIE_HOME"]) / "dbt")
    home.apply()
    with connections_closed_after():
        outcome = dbtRunner().invoke(["test", "--select", "test_type:unit", *files.global_arguments])
    assert outcome.exception is None
    results = getattr(outcome.result, "results", [])
    statuses = {result.node.name: str(result.status) for result in results}
    assert len(statuses) >= 16
    assert set(statuses.values()) == {"pass"}, statuses
