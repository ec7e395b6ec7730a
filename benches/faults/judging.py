"""What became of a home after a fault, and the figures of all of them. Nothing is run here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benches.faults.looking import Gold
from benches.report import Figures

KILL = "kill -9"


@dataclass(frozen=True)
class Outcome:
    """One home after one fault and the command that was to bring it back."""

    kind: str
    """The fault, such as `the warehouse is cut short`."""
    command: str
    """The one command after it."""
    is_one_command: bool
    """Whether that command ended well."""
    differs: tuple[str, ...]
    """Gold tables that are not those of an undisturbed home."""
    lost: int
    """Plays of the undisturbed home that are gone."""
    leaked: tuple[str, ...]
    is_told: bool | None
    """Whether a line said what happened; None where nothing had to be said."""
    said: str = ""

    @property
    def is_recovered(self) -> bool:
        return self.is_one_command and not self.differs and not self.lost


def lines_of(said: str) -> list[str]:
    """The lines that a command addressed to a person."""
    return [line for line in said.splitlines() if line.startswith("tunegenie: ")]


def is_told(said: str, expected: str) -> bool:
    """Whether a line of the command says so, and no traceback is beside it."""
    return "Traceback" not in said and any(re.search(expected, line) for line in lines_of(said))


def outcome(  # each is a fact of its own
    kind: str,
    command: str,
    *,
    code: int,
    gold: Gold,
    undisturbed: Gold,
    leaked: Sequence[str],
    told: bool | None,
    said: str = "",
) -> Outcome:
    return Outcome(
        kind=kind,
        command=command,
        is_one_command=code == 0,
        differs=tuple(undisturbed.differs_in(gold)),
        lost=len(undisturbed.plays - gold.plays),
        leaked=tuple(leaked),
        is_told=told,
        said=said,
    )


def figures_of(outcomes: Sequence[Outcome], skipped: int) -> Figures:
    killed = [found for found in outcomes if found.kind == KILL]
    to_tell = [found for found in outcomes if found.is_told is not None]
    return {
        "kills": len(killed),
        "equal_after_restart": sum(not found.differs for found in killed),
        "equal_share": _share([not found.differs for found in outcomes]),
        "lost": sum(found.lost for found in outcomes),
        "leaked": sum(len(found.leaked) for found in outcomes),
        "faults": len(outcomes),
        "fault_kinds": len({found.kind for found in outcomes}),
        "recovered_share": _share([found.is_recovered for found in outcomes]),
        "told_share": _share([found.is_told is True for found in to_tell]),
        "one_command_share": _share([found.is_one_command for found in outcomes]),
        "skipped": skipped,
    }


def _share(held: Sequence[bool]) -> float:
    """1 where there is nothing to hold."""
    return sum(held) / len(held) if held else 1.0
