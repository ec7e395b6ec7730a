"""The wheel holds what the checkout holds, the dbt project in the package, and nothing that git ignores."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tunegenie_assets.dbt_support.project import PROJECT_DIR

ROOT = Path(__file__).resolve().parents[2]
IGNORED = PROJECT_DIR / "target" / "left_by_a_test.sql"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Built while a file that git ignores lies in the dbt project, as `make metrics` leaves many."""
    folder = tmp_path_factory.mktemp("dist")
    had_target = IGNORED.parent.exists()
    IGNORED.parent.mkdir(exist_ok=True)
    IGNORED.write_text("select 1", encoding="utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    try:
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    finally:
        IGNORED.unlink()
        if not had_target:
            IGNORED.parent.rmdir()
    [built] = folder.glob("*.whl")
    yield built


def in_checkout() -> set[str]:
    kinds = ["--cached", "--others", "--exclude-standard"]
    command = ["git", "ls-files", *kinds, "tunegenie_assets", "ml", "dbt"]  # whichever git the user has
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name for name in listed if (ROOT / name).exists()}


def as_installed(name: str) -> str:
    first, *rest = PurePosixPath(name).parts
    return "/".join(("tunegenie_assets", "dbt_project", *rest) if first == "dbt" else (first, *rest))


def test_wheel_holds_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        held = {name: file.read(name) for name in file.namelist() if ".dist-info/" not in name}
    assert set(held) == {as_installed(name) for name in in_checkout()}
    assert all(held[as_installed(name)] == (ROOT / name).read_bytes() for name in in_checkout())


def test_wheel_installs_the_command_and_asks_for_no_index(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        [told] = [name for name in file.namelist() if name.endswith("METADATA")]
        [points] = [name for name in file.namelist() if name.endswith("entry_points.txt")]
        metadata = file.read(told).decode()
        assert "tunegenie = tunegenie_assets.cli.app:main" in file.read(points).decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert any(line.startswith("Requires-Dist: dagster==") for line in required)
    assert not [line for line in required if " @ " in line]
