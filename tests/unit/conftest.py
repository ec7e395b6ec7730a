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
