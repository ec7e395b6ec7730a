"""An installed wheel works without the checkout, from an empty folder, and writes nothing beside its own code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tunegenie_assets.settings import PREFIX

ROOT = Path(__file__).resolve().parents[2]
FROM_WHERE = "import tunegenie_assets.dbt_support.project as p, ml; print(p.PROJECT_DIR, ml.__path__[0])"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (folder / "dist").glob("*.whl")
    site = folder / "site"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--offline", "--compile-bytecode"]
    install = [*uv, "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return site


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTHON", "DAGSTER"))}
    environment = {**kept, "PYTHONPATH": str(site), f"{PREFIX}ENV": "ci"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def contents(site: Path) -> dict[str, tuple[int, int]]:
    found = {path: path.stat() for path in site.rglob("*")}
    return {str(path): (told.st_size, told.st_mtime_ns) for path, told in found.items()}


def test_demo_runs_from_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "-c", FROM_WHERE)
    assert where.stdout.split() == [str(installed / "tunegenie_assets" / "dbt_project"), str(installed / "ml")]
    before = contents(installed)

    command = ("-m", "tunegenie_assets.cli.app", "demo", "--listeners", "5", "--days", "3", "--no-account", "--json")
    demo = run(installed, tmp_path, *command)
    assert demo.returncode == 0, demo.stderr
    assert json.loads(demo.stdout)["run"]["checks_failed"] == []

    version = run(installed, tmp_path, "-m", "tunegenie_assets.cli.app", "--version")
    assert version.stdout.strip() == "tunegenie 0.1.0"

    assert contents(installed) == before, "the folder of the package may be read-only"
    assert [path.name for path in tmp_path.iterdir()] == [".tunegenie"]
