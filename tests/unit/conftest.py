"""What every unit test gets: a process without the settings of whoever runs the tests, and no clock to race."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tunegenie_assets.settings import PREFIX

# A busy machine is slow and not wrong.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def no_settings_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No TUNEGENIE_* or DAGSTER_* variable, and a working folder without `.env`; all is put back afterwards."""
    for name in list(os.environ):
        if name.upper().startswith((PREFIX, "DAGSTER_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The semantic manifest of the project, parsed once."""
    from tunegenie_assets.dbt_support.project import DbtProjectFiles  # Dagster, which few tests need

    files = DbtProjectFiles(target="ci", target_path=tmp_path_factory.mktemp("dbt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUNEGENIE_HOME", str(files.target_path))
        files.manifest()
    return (files.target_path / "semantic_manifest.json").read_text()
