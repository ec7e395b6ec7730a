"""Commands whose `--help` tells what their arguments are."""

from __future__ import annotations

import inspect

import click
from typer.core import TyperArgument, TyperCommand
from typer.models import ArgumentInfo


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
