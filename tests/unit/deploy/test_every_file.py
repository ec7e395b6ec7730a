"""What holds for every file that deploys the platform: settings exist, nothing is secret, shells can read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.files import EVERYTHING, ROOT, WORKFLOWS, read_yaml
from tunegenie_assets.settings import PREFIX, SECRETS, Settings

KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
OTHERS = {"TUNEGENIE_BUCKET"}
"""A variable of the repository at GitHub that no program reads."""
YAML = [path for path in EVERYTHING if path.suffix in (".yml", ".yaml")]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_every_setting_exists(path: Path) -> None:
    used = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
    assert used <= KNOWN | OTHERS


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_nothing_secret_and_no_index_stands_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for secret in SECRETS - {"dagster_storage"}:
        for value in re.findall(rf"{PREFIX}{secret.upper()}\b[=:] *(.*)", text):
            assert not value.strip() or value.strip().startswith("${{ secrets.")
    assert not re.search(r"PASSWORD[=:] *\S|://[^/\s@]*:[^/\s@]+@|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("path", YAML, ids=name)
def test_yaml_can_be_read(path: Path) -> None:
    assert read_yaml(path)


def scripts() -> dict[str, str]:
    """What shells are given: the steps of workflows, and the script of continuous integration."""
    found = {".ci/run": (ROOT / ".ci" / "run").read_text(encoding="utf-8")}
    for path in WORKFLOWS:
        for job_name, job in read_yaml(path)["jobs"].items():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    found[f"{path.stem}: {job_name} {number}"] = re.sub(r"\$\{\{.*?\}\}", "expression", step["run"])
    return found


@pytest.mark.parametrize("script", scripts().values(), ids=list(scripts()))
def test_shells_can_read_the_scripts(script: str) -> None:
    bash = shutil.which("bash")
    assert bash
    told = subprocess.run([bash, "-n"], input=script, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
