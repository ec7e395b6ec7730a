"""Where the dbt project lies and how its manifest comes to be. Running models is in runner.py.

dbt is called in this process through `dbtRunner`, its public programmatic interface: the same build takes a
fifth of the processor time of the `dbt` command, which imports everything again for each call.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from tunegenie_assets.settings import Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "dbt_project"
PROJECT_DIR = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent / "dbt"
"""In the package where a wheel was installed, beside it in a checkout."""
SOURCE_SUFFIXES = frozenset({".sql", ".yml", ".yaml", ".csv"})
WRITTEN = frozenset({"target", "logs"})
"""Folders of the project that dbt writes where it is called by hand, as `make metrics` does; they hold no sources."""


class DbtError(Exception):
    """dbt could not parse or run; the message is dbt's own, in one line."""


@dataclass(frozen=True)
class DbtProjectFiles:
    """The dbt project as one environment sees it."""

    target: str
    target_path: Path
    project_dir: Path = PROJECT_DIR
    target_lag: str = ""
    """Decides on Snowflake what gold's aggregates are, which is settled when the project is parsed."""

    @classmethod
    def of(cls, settings: Settings) -> DbtProjectFiles:
        return cls(
            target=settings.env.value, target_path=settings.dbt_target_path, target_lag=settings.snowflake_target_lag
        )

    @property
    def manifest_path(self) -> Path:
        return self.target_path / "manifest.json"

    @property
    def global_arguments(self) -> tuple[str, ...]:
        """What every dbt call of this environment is told."""
        return (
            "--project-dir",
            str(self.project_dir),
            "--profiles-dir",
            str(self.project_dir),
            "--target",
            self.target,
            "--target-path",
            str(self.target_path),
            "--log-path",
            str(self.target_path / "logs"),
            # Dagster keeps what failed, and a command says it in one line.
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--no-version-check",
            # Artifacts are for dbt's documentation site; only a new manifest is worth its half second.
            "--no-write-json",
        )

    def manifest(self) -> dict[str, Any]:
        """The manifest as dagster-dbt reads it, parsed anew when a file of the project changed.

        Raises:
            DbtError: the project does not parse.
        """
        if self.is_current():
            try:
                return json.loads(self.manifest_path.read_text(encoding="utf-8"))
            except json.JSONDecodeError:
                # A process that was killed while dbt wrote it leaves half a file.
                self.manifest_path.unlink()
        parse.cache_clear()
        parse(self)
        return json.loads(self.manifest_path.read_text(encoding="utf-8"))

    def is_current(self) -> bool:
        """Whether the manifest was parsed from the files as they are, whichever checkout of the project wrote it."""
        if not (self.manifest_path.exists() and self._parsed_path.exists()):
            return False
        return self._parsed_path.read_text(encoding="utf-8") == self.fingerprint()

    def fingerprint(self) -> str:
        """Of the names and contents of all files that dbt reads, and of what it is told besides."""
        digest = hashlib.sha256(self.target_lag.encode())
        for path in sorted(p for p in self.project_dir.rglob("*") if p.suffix in SOURCE_SUFFIXES and p.is_file()):
            name = path.relative_to(self.project_dir)
            if name.parts[0] in WRITTEN:
                continue
            content = path.read_bytes()
            digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def note_parsed(self, fingerprint: str) -> None:
        """The manifest was parsed from files with this fingerprint."""
        self._parsed_path.write_text(fingerprint, encoding="utf-8")

    @property
    def _parsed_path(self) -> Path:
        return self.target_path / "manifest.parsed"


@lru_cache(maxsize=4)
def parse(files: DbtProjectFiles) -> Manifest:
    """Parse the project once a process; the result is what `dbtRunner` reuses for every call.

    Raises:
        DbtError: the project does not parse.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  # two seconds of imports that a look at the settings must not pay

    files.target_path.mkdir(parents=True, exist_ok=True)
    with FileLock(files.target_path / "parse.lock"):
        fingerprint = files.fingerprint()
        writing = () if files.is_current() else ("--write-json",)
        told = ("--vars", json.dumps({"target_lag": files.target_lag})) if files.target_lag else ()
        outcome = dbtRunner().invoke(["parse", *files.global_arguments, *told, *writing])
        if writing and outcome.success:
            files.note_parsed(fingerprint)
    if not outcome.success:
        reason = " ".join(str(outcome.exception).split())
        raise DbtError(f"the dbt project in {files.project_dir} does not parse: {reason}")
    return outcome.result  # pyright: ignore[reportReturnType]  # `parse` returns the manifest
