"""Every command tells in its --help what each of its options and arguments is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner
from typer.utils import get_params_from_function

from tunegenie_assets.cli.app import app


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    found = getattr(group, "commands", None)
    if found is None:
        yield " ".join(names), group
        return
    for name, command in found.items():
        yield from commands(command, *names, name)


COMMANDS = dict(commands(typer.main.get_command(app)))
WITHOUT_JSON = {"chat", "mcp", "serve", "ui"}
"""They hold a conversation or serve somebody else. README names them."""


def words(text: str) -> str:
    """Without the frame around it and the breaks of its lines."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


def declared(command: click.Command) -> dict[str, str | None]:
    """What was written beside each parameter, taken from the function and not from what Click made of it."""
    hints = get_params_from_function(command.callback) if command.callback else {}
    return {name: getattr(hint.default, "help", None) for name, hint in hints.items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_parameter_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    told = words(CliRunner().invoke(app, [*name.split(), "--help"]).stdout)
    parameters = declared(COMMANDS[name])
    assert set(parameters) == {one.name for one in COMMANDS[name].params}
    missing = [parameter for parameter, text in parameters.items() if not text or words(text) not in told]
    assert missing == []


def test_the_commands_are_found() -> None:
    assert {"import", "run-once", "playlist push"} <= set(COMMANDS)


def test_all_but_those_that_readme_names_answer_machines() -> None:
    silent = {name for name, command in COMMANDS.items() if all("--json" not in one.opts for one in command.params)}
    assert silent == WITHOUT_JSON


def test_ask_shows_how_to_ask_and_where_more_is_told() -> None:
    told = words(CliRunner().invoke(app, ["ask", "--help"]).stdout)
    assert told.count('tunegenie ask "') >= 2
    assert "docs/questions.md" in told
