"""What commands share: `--json`, `--version`, how dates are written, and a `--help` that tells what arguments are."""

from __future__ import annotations

import inspect
from typing import Annotated

import click
import typer
from typer.core import TyperArgument, TyperCommand
from typer.models import ArgumentInfo

from tunegenie_assets.resources.revision import source_revision


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(source_revision())
        raise typer.Exit


DATE = ["%Y-%m-%d"]
"""How a date is written."""
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for machines.")]
Version = Annotated[
    bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
]


class Command(TyperCommand):
    """A command that gives its arguments their help again.

    Typer 0.24 sets it before it calls Click, and Click 8.5, whose arguments have a help of their own, sets it to none.
    """

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        declared = inspect.signature(self.callback, eval_str=True).parameters if self.callback else {}
        for argument in self.params:
            if not isinstance(argument, TyperArgument) or argument.name not in declared:
                continue
            for told in getattr(declared[argument.name].annotation, "__metadata__", ()):
                if isinstance(told, ArgumentInfo):
                    argument.help = told.help
        return super().get_params(ctx)
