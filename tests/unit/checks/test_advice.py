"""Every check says what to do, and every one that blocks has its reason."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from tunegenie_assets.checks.advice import ADVICE, BLOCKING, DBT_ADVICE, advice_for, known_checks, reason_for
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.settings import load_settings


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> list[dg.AssetCheckSpec]:
    home: Path = tmp_path_factory.mktemp("home")
    graph = build_definitions(load_settings(home=home)).resolve_asset_graph()
    return [graph.get_check_spec(key) for key in graph.asset_check_keys]


def test_every_check_says_what_to_do(specs: list[dg.AssetCheckSpec]) -> None:
    known = known_checks(specs)
    assert len(known) == len(specs)
    assert all(check.advice and check.description for check in known)


def test_nothing_blocks_without_a_reason(specs: list[dg.AssetCheckSpec]) -> None:
    for spec in specs:
        if spec.blocking:
            assert reason_for(spec.name), spec.key


def test_no_line_is_left_over(specs: list[dg.AssetCheckSpec]) -> None:
    names = {spec.name for spec in specs}
    blocking = {spec.name for spec in specs if spec.blocking}
    assert ADVICE.keys() <= names
    for beginning in DBT_ADVICE:
        assert any(name.startswith(beginning) for name in names), beginning
    for name in BLOCKING:
        assert any(found == name or (name.endswith("_") and found.startswith(name)) for found in blocking), name


def test_a_check_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody_said"):
        advice_for("nobody_said")
    with pytest.raises(KeyError, match="usual_volume"):
        reason_for("usual_volume")
