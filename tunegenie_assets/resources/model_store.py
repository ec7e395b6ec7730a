"""Trained models on disk: a folder for each version with a card of how it came to be, and a pointer to the one in use.

A version is written under another name and renamed, and the pointer is replaced apart from that: a crash, or a model
that may not be published, leaves the one that was in use.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

CARD = "card.json"
POINTER = "current"


class NoModelError(Exception):
    """No model of this name, or no such version of it, is in the store."""


class ModelStore(dg.ConfigurableResource[None]):
    """`root` holds a folder for each model name, and in it one for each version."""

    root: str

    def keep(self, name: str, version: str, save: Callable[[Path], None], card: Mapping[str, object]) -> Path:
        """Write a version with `save(folder)`; an existing one is replaced. What is in use stays so."""
        folder = Path(self.root) / name
        fresh, final = folder / f".{version}.new", folder / version
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save(fresh)
        (fresh / CARD).write_text(json.dumps(card, indent=2, default=str) + "\n", encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        fresh.replace(final)
        return final

    def publish(self, name: str, version: str) -> Path:
        """Make a version that is kept the one in use.

        Raises:
            NoModelError: it is not there.
        """
        folder = Path(self.root) / name
        if not (folder / version / CARD).exists():
            raise NoModelError(f"no version {version} of {name!r} in {self.root}; materialize recommender/model again")
        pointer = folder / f"{POINTER}.new"
        pointer.write_text(version + "\n", encoding="utf-8")
        pointer.replace(folder / POINTER)
        return folder / version

    def current(self, name: str) -> Path:
        """The folder of the version in use.

        Raises:
            NoModelError: nothing has been published under this name.
        """
        pointer = Path(self.root) / name / POINTER
        if not pointer.exists():
            raise NoModelError(f"no model {name!r} in {self.root}; materialize recommender/model first")
        return pointer.parent / pointer.read_text(encoding="utf-8").strip()

    def card(self, path: Path) -> dict[str, Any]:
        """What a version's card says; empty where there is none."""
        card = path / CARD
        return json.loads(card.read_text(encoding="utf-8")) if card.exists() else {}

    def versions(self, name: str) -> list[str]:
        """Those that are kept, in the order of their names."""
        folder = Path(self.root) / name
        return sorted(card.parent.name for card in folder.glob(f"*/{CARD}") if not card.parent.name.startswith("."))

    def prune(self, name: str, kept: int) -> list[str]:
        """Delete all but the last `kept` versions and the one in use; the names of those deleted."""
        in_use = self.current(name).name
        gone = [version for version in self.versions(name)[:-kept] if version != in_use]
        for version in gone:
            shutil.rmtree(Path(self.root) / name / version)
        return gone


class Training(dg.ConfigurableResource[None]):
    """How models are trained here; one thread makes the same data give the same model."""

    seed: int
    threads: int
    models_kept: int
