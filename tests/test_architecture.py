"""Rules of the code that no linter knows. The direction of imports is held by import-linter (`make imports`)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for package in ("tunegenie_assets", "ml") for path in (ROOT / package).rglob("*.py"))
CODE = [path for path in MODULES if path.name != "__init__.py"]


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("path", CODE, ids=names(CODE))
def test_a_module_opens_with_what_lives_in_it_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says in its first lines what lives here"
    assert len(text.splitlines()) <= 320, "a file with two ideas is split"


def test_packages_export_nothing() -> None:
    assert not [path for path in MODULES if path.name == "__init__.py" and path.read_text(encoding="utf-8").strip()]


def test_one_module_reads_the_environment() -> None:
    readers = [path for path in CODE if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))]
    assert names(readers) == ["tunegenie_assets/settings.py"]


def test_private_parts_of_dagster_stay_in_one_module() -> None:
    users = [
        path
        for path in CODE
        if re.search(r"(from|import) dagster\w*\._|dagster\._core", path.read_text(encoding="utf-8"))
    ]
    assert names(users) == ["tunegenie_assets/instance/event_log.py"]


def test_only_the_package_about_the_instance_asks_its_storage() -> None:
    users = names([path for path in CODE if "event_log_storage" in path.read_text(encoding="utf-8")])
    assert [name for name in users if not name.startswith("tunegenie_assets/instance/")] == []


def test_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index|--find-links|@ file", lock)


def test_example_settings_are_the_settings() -> None:
    from tunegenie_assets.settings import PREFIX, Settings

    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))
    defaults = Settings.model_construct()
    expected = {PREFIX + name.upper(): getattr(defaults, name) for name in Settings.model_fields}
    assert {name: value or None for name, value in written.items()} == {
        name: str(getattr(value, "value", value)) if value not in (None, "") else None
        for name, value in expected.items()
    }
