"""Whether a listener's name is a word that stands in records of anybody's runs: of the project, of Dagster, of a path.

Such a name proves nothing where it is met. What may hold it is deleted whole, and then it counts only as an owner's.
"""

from __future__ import annotations

import re
import socket
import sys
import sysconfig
from pathlib import Path

from tunegenie_assets.erasing.traces import Traces

_PACKAGES = ("tunegenie_assets", "ml", "dagster", "dagster_dbt", "dagster_shared")
"""Whose names of tables, assets, jobs, fields and events stand in the records of a run."""


def is_word(name: str, home: Path, dbt_project: Path) -> bool:
    """Whether `name` is met in a home though nobody in it has that name."""
    return name in _of_the_machine(home) or _in_code(name) or _in_dbt(name, dbt_project)


def _of_the_machine(home: Path) -> set[str]:
    """What paths in tracebacks, configurations and locations of code are made of."""
    packages = Path(sysconfig.get_path("purelib"))
    installed = {path.stem for path in packages.iterdir()} | sys.stdlib_module_names
    paths = (home, Path.cwd(), packages, Path(sysconfig.get_path("stdlib")), Path(__file__), Path(sys.prefix))
    parts = {part for path in paths for part in (*path.absolute().parts, *path.resolve().parts)}
    return {part.lower() for part in {*parts, *installed, socket.gethostname()}}


def _in_code(name: str) -> bool:
    defined = rb"^[ \t]*(?:def |class )?" + re.escape(name.encode()) + rb"[ \t]*[:=(]"
    pattern = re.compile(Traces(name).named.pattern + b"|" + defined, re.MULTILINE)
    files = (file for package in _PACKAGES for folder in _folders(package) for file in folder.rglob("*"))
    # A file's name is the name of its module.
    return any(
        name in (file.name, file.stem) or (file.suffix == ".py" and pattern.search(file.read_bytes())) for file in files
    )


def _folders(package: str) -> list[Path]:
    return [Path(folder) for folder in getattr(sys.modules.get(package), "__path__", ())]


def _in_dbt(name: str, project: Path) -> bool:
    """Among names of models and columns; not among the values of its tests."""
    named = re.compile(rb"\bname: *" + re.escape(name.encode()) + rb"\s")
    return any(
        name == file.stem or (file.suffix in (".yml", ".yaml") and named.search(file.read_bytes()))
        for file in project.rglob("*")
    )
