"""What the files tell programs: options that `tunegenie` has, services that are there, words that Docker knows."""

from __future__ import annotations

import re
import shlex
from typing import Any

import click
import pytest
import typer.main

from tests.unit.deploy.files import DEPLOY, WORKFLOWS, read_yaml
from tunegenie_assets.cli.app import app
from tunegenie_assets.settings import PREFIX, Settings

SERVICES: dict[str, Any] = read_yaml(DEPLOY / "docker" / "compose.yaml")["services"]
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
OF_POSTGRES = {"POSTGRES_PASSWORD", "PGPASSWORD", "POSTGRES_USER", "POSTGRES_DB"}
"""Names that the image of PostgreSQL and its client libraries read."""
RESTARTS = {"no", "always", "on-failure", "unless-stopped"}


def commands() -> dict[str, list[str]]:
    """The arguments of every call of `tunegenie`, by where it stands."""
    found = {
        f"compose {name}": service["command"][1:]
        for name, service in SERVICES.items()
        if service.get("command", [""])[0] == "tunegenie"
    }
    texts = [*WORKFLOWS, DEPLOY / "local" / "tunegenie.service", DEPLOY / "local" / "README.md"]
    for path in texts:
        for line in path.read_text(encoding="utf-8").splitlines():
            if told := re.match(r"(?:.*/bin/|\s*)tunegenie ([a-z].*)", line):
                found[f"{path.name} {told[1]}"] = shlex.split(told[1], comments=True)
    return found


@pytest.mark.parametrize("arguments", commands().values(), ids=list(commands()))
def test_the_command_has_what_it_is_given(arguments: list[str]) -> None:
    command: click.Command = typer.main.get_command(app)
    context = click.Context(command)
    rest = list(arguments)
    while isinstance(command, click.Group):
        found = command.get_command(context, rest.pop(0))
        assert found is not None
        command = found
    command.make_context(command.name, rest)


def test_commands_are_found() -> None:
    assert len(commands()) >= 6


def test_the_parts_ask_a_service_that_is_there() -> None:
    asked = [args[args.index("--code") + 1] for args in commands().values() if "--code" in args]
    assert asked == ["code", "code"]
    assert set(asked) <= set(SERVICES)


def test_services_start_again_by_a_word_that_docker_knows() -> None:
    assert {service["restart"] for service in SERVICES.values()} <= RESTARTS


def test_every_name_of_an_environment_is_read_by_something() -> None:
    names = {name for service in SERVICES.values() for name in service.get("environment", {})}
    for path in (DEPLOY / "docker").glob("*.env.example"):
        names |= set(re.findall(r"^(\w+)=", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= KNOWN | OF_POSTGRES
