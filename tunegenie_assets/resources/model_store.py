"""Trained models on disk: a folder for each version with a card of how it came to be, and a pointer to the one in use.

A version is written under another name and renamed, and the pointer is replaced after that: a crash leaves the
model that was in use.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import dagster as dg


class NoModelError(Exception):
    """No model of this name has been published."""


class ModelStore(dg.ConfigurableResource[None]):
    """`root` holds a folder for each model name."""

    root: str

    def publish(self, name: str, version: str, save: Callable[[Path], None], card: Mapping[str, object]) -> Path:
        """Write a version with `save(folder)` and make it the one in use; an existing version is replaced."""
        folder = Path(self.root) / name
        fresh, final = folder / f".{version}.new", folder / version
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save(fresh)
        (fresh / "card.json").write_text(json.dumps(card, indent=2, default=str) + "\n", encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        fresh.replace(final)
        pointer = folder / "current.new"
        pointer.write_text(version + "\n", encoding="utf-8")
        pointer.replace(folder / "current")
        return final

    def current(self, name: str) -> Path:
        """The folder of the version in use.

        Raises:
            NoModelError: nothing has been published under this name.
        """
        pointer = Path(self.root) / name / "current"
        if not pointer.exists():
            raise NoModelError(f"no model {name!r} in {self.root}; materialize recommender/model first")
        return pointer.parent / pointer.read_text(encoding="utf-8").strip()


class Training(dg.ConfigurableResource[None]):
    """How models are trained here; one thread makes the same data give the same model."""

    seed: int
    threads: int
