"""Workflows and the systemd unit: their schemas, pinned actions, least rights, and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.unit.deploy.files import DEPLOY, ROOT, WORKFLOWS, read_yaml

UNIT = DEPLOY / "local" / "tunegenie.service"
WRITES = {("collect", "id-token"), ("docs", "pages"), ("docs", "id-token"), ("release", "contents")}
"""The rights beyond reading that a workflow has, and no other."""


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read_yaml(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"])],
)
def test_schema(schema: str, paths: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_what_there_is() -> None:
    assert {path.stem for path in WORKFLOWS} >= {"test", "collect", "docs", "release", "audit"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for used in re.findall(r"uses: (.*)", text):
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_the_least_and_no_two_collide(path: Path) -> None:
    workflow = read_yaml(path)
    granted = [workflow["permissions"], *(job.get("permissions", {}) for job in workflow["jobs"].values())]
    writes = {(path.stem, name) for rights in granted for name, right in rights.items() if right == "write"}
    assert writes == {held for held in WRITES if held[0] == path.stem}
    assert workflow["concurrency"]["group"]
    assert all(job["timeout-minutes"] <= 90 for job in workflow["jobs"].values())
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_is_spliced_into_a_script(path: Path) -> None:
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


def test_what_was_deleted_does_not_come_back_from_the_bucket_of_states() -> None:
    by_name = {step.get("name"): step for step in steps(ROOT / ".github" / "workflows" / "collect.yml")}
    keep = by_name["Keep tokens and the collector's state"]
    assert "aws s3 sync --only-show-errors --delete " in keep["run"]
    # What is not here is deleted there: an empty home after a failed fetch must not be kept.
    assert keep["if"] == "always() && steps.fetch.outcome == 'success'"
    assert by_name["Fetch tokens and the collector's state"]["id"] == "fetch"


def test_every_supported_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tested = read_yaml(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert tested == ["3.11", "3.12", "3.13"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "tunegenie" / ".venv" / "bin" / "tunegenie"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("%h", str(tmp_path)), encoding="utf-8")
    analyze = shutil.which("systemd-analyze")
    assert analyze
    told = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_the_unit_begins_again_after_a_failure_and_ends_when_told() -> None:
    unit = UNIT.read_text(encoding="utf-8").splitlines()
    assert {"Restart=on-failure", "KillSignal=SIGTERM", "NoNewPrivileges=yes", "WantedBy=default.target"} <= set(unit)
    assert "ExecStart=%h/tunegenie/.venv/bin/tunegenie run" in unit
