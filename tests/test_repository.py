"""What people who change the project rely on: targets with help, hooks that are those targets, forms that are valid."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of this environment, run at the root."""
    program = Path(sys.executable).with_name(arguments[0])
    return subprocess.run([program, *arguments[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


def test_help_shows_every_target_once_and_below_a_heading() -> None:
    make = shutil.which("make")
    assert make
    shown = subprocess.run([make, "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = shown.stdout.splitlines()
    assert not lines[0].startswith(" "), "the first line is a heading"
    targets = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(targets) == sorted(TARGETS)
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines if line.startswith("  "))


def test_no_target_is_taken_for_a_file() -> None:
    phony = MAKEFILE.partition(".PHONY:")[2].partition("\n\n")[0].replace("\\", " ").split()
    assert sorted(phony) == sorted(TARGETS)


def test_hooks_are_what_make_test_runs() -> None:
    judged = re.search(r"^test: ([a-z ]+) ##", MAKEFILE, re.MULTILINE)
    assert judged
    [repository] = HOOKS
    assert repository["repo"] == "local", "nothing is downloaded"
    assert [hook["entry"] for hook in repository["hooks"]] == [f"make {name}" for name in judged[1].split()]
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    checked = tool("pre-commit", "validate-config")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_form_for_issues_is_one_that_github_shows(path: Path) -> None:
    schema = "vendor.github-issue-config" if path.stem == "config" else "vendor.github-issue-forms"
    checked = tool("check-jsonschema", "--builtin-schema", schema, str(path))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_licence_is_the_one_of_the_package() -> None:
    assert 'license = { text = "MIT" }' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
