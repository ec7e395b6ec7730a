"""The image and the compose file, which cannot be built everywhere: their schema, and rules that linters would hold."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.unit.deploy.files import DEPLOY, ROOT, read_yaml
from tunegenie_assets.cli.app import app
from tunegenie_assets.cli.parts import Part
from tunegenie_assets.cli.serving import CODE_PORT
from tunegenie_assets.settings import Settings

FOLDER = DEPLOY / "docker"
PARTS = [part.value for part in Part]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, one instruction a line, without comments."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in whole]


def given(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return read_yaml(FOLDER / "compose.yaml")["services"]


def test_compose_file_has_the_schema_of_compose_files() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    told = subprocess.run([*command, str(FOLDER / "compose.yaml")], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_base_is_pinned_and_supported() -> None:
    bases = given("FROM")
    assert len(bases) == 2, "what builds is not what runs"
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+( AS \w+)?", base) for base in bases)
    assert len({base.split()[0] for base in bases}) == 1


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    names = [instruction for instruction, _ in instructions()]
    [user] = given("USER")
    assert int(user) >= 1000
    assert names.index("USER") < names.index("CMD")
    assert "HEALTHCHECK" in names
    assert "ADD" not in names
    # Dagster's Helm chart says whole commands.
    assert "ENTRYPOINT" not in names


def test_no_layer_keeps_what_only_building_needs() -> None:
    for command in given("RUN"):
        if "apt-get install" in command:
            assert "--no-install-recommends" in command
            assert "rm -rf /var/lib/apt/lists/*" in command
        if "pip install" in command:
            assert re.search(r"--no-cache(-dir)?\b", command)
    last_stage = instructions()[[name for name, _ in instructions()].index("FROM", 1) :]
    assert not [rest for _, rest in last_stage if "build-essential" in rest or "pip install" in rest]


def test_dependencies_are_locked_and_come_before_the_code() -> None:
    lines = [f"{name} {rest}" for name, rest in instructions()]
    installed = next(number for number, line in enumerate(lines) if "--requirement pyproject.toml" in line)
    copied = next(number for number, line in enumerate(lines) if line.startswith("COPY tunegenie_assets"))
    assert installed < copied
    assert "--constraint requirements.lock" in lines[installed]
    assert "uv==" + re.findall(r"UV_VERSION := (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))[0] in str(lines)


def test_what_is_copied_is_there_and_reaches_the_build() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for rest in given("COPY"):
        if rest.startswith("--from"):
            continue
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists()
            assert f"!{source}" in kept
    assert kept[0] == "*", "nothing else, such as .env or .tunegenie, reaches it"


def test_only_the_ui_is_reached_from_this_machine_and_from_nowhere_else(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"webserver": [f"127.0.0.1:3000:{Settings.model_fields['ui_port'].default}"]}


def test_the_parts_are_those_of_the_command(services: dict[str, Any]) -> None:
    assert sorted(services) == sorted([*PARTS, "postgres"])
    for part in PARTS:
        assert services[part]["command"][:3] == ["tunegenie", "serve", part]
        assert services[part]["image"] == f"tunegenie:{version('tunegenie')}"
    help_text = CliRunner().invoke(app, ["serve", "--help"]).output
    assert all(part in help_text for part in PARTS)
    assert str(CODE_PORT) in services["code"]["healthcheck"]["test"]


def test_every_service_tells_how_it_is_and_waits_for_what_it_needs(services: dict[str, Any]) -> None:
    assert all("healthcheck" in service for service in services.values())
    waits = {name: dict(service.get("depends_on", {})) for name, service in services.items()}
    healthy = {"condition": "service_healthy"}
    assert waits == {
        "postgres": {},
        "code": {"postgres": healthy},
        "daemon": {"code": healthy},
        "webserver": {"code": healthy},
    }


def test_images_are_pinned_and_secrets_come_from_files(services: dict[str, Any]) -> None:
    for service in services.values():
        assert re.fullmatch(r"[a-z]+:\d+\.\d+\S*", service["image"])
        assert set(service["env_file"]) <= {"tunegenie.env", "postgres.env"}
    # The database is told nothing of the services' keys.
    assert services["postgres"]["env_file"] == ["postgres.env"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/docker/*.env" in ignored


def test_what_the_image_installs_is_an_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    asked = {extra for command in given("RUN") for extra in re.findall(r"--extra (\w+)", command)}
    assert asked
    assert asked <= set(extras)
