"""Trained models on disk: a folder for each version with a card of how it came to be, and a pointer to the one in use.

A version is written under another name and renamed, and the pointer is replaced apart from that: a crash, or a model
that may not be published, leaves the one that was in use.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

MODEL = "recommender"
"""The name of the recommender in the store."""
DRIFT_KEY = dg.AssetKey(["recommender", "drift"])
"""The asset that says how far listening has moved since the one in use was trained."""
WANTS_TRAINING = "wants_training"
"""What its metadata call it that the one in use is out of date."""
CARD = "card.json"
IN_USE = "current"


class NoModelError(Exception):
    """No model of this name, or no such version of it, is in the store."""


class ModelStore(dg.ConfigurableResource[None]):
    """`root` holds a folder for each model name, and in it one for each version."""

    root: str

    def keep(self, name: str, version: str, save: Callable[[Path], None], card: Mapping[str, object]) -> Path:
        """Write a version with `save(folder)`; an existing one is replaced. What is in use stays so."""
        folder = Path(self.root) / name
        fresh, final = folder / f".{version}.new", folder / version
        # Also what a killed writer of another version left.
        for unfinished in folder.glob(".*.new"):
            shutil.rmtree(unfinished, ignore_errors=True)
        fresh.mkdir(parents=True)
        save(fresh)
        _write_card(fresh, card)
        shutil.rmtree(final, ignore_errors=True)
        fresh.replace(final)
        return final

    def publish(self, name: str, version: str, channel: str = IN_USE) -> Path:
        """Make a version that is kept the one of a channel: the one in use, or one that was published for something.

        Raises:
            NoModelError: it is not there.
        """
        folder = Path(self.root) / name
        if not (folder / version / CARD).exists():
            raise NoModelError(f"no version {version} of {name!r} in {self.root}; materialize recommender/model again")
        pointer = folder / f"{channel}.new"
        pointer.write_text(version + "\n", encoding="utf-8")
        pointer.replace(folder / channel)
        return folder / version

    def current(self, name: str, channel: str = IN_USE) -> Path:
        """The folder of the version of a channel.

        Raises:
            NoModelError: nothing has been published there under this name, or it was deleted since.
        """
        pointer = Path(self.root) / name / channel
        version = pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None
        if version not in self.versions(name):
            raise NoModelError(f"no model {name!r} has been published in {self.root}")
        return pointer.parent / version

    def folder(self, name: str, version: str) -> Path:
        """Where a version lies, or would."""
        return Path(self.root) / name / version

    def card(self, path: Path) -> dict[str, Any]:
        """What a version's card says; empty where there is none, or none that can be read."""
        try:
            card = json.loads((path / CARD).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return card if isinstance(card, dict) else {}

    def note(self, name: str, version: str, facts: Mapping[str, object]) -> None:
        """Add to the card of a version.

        Raises:
            NoModelError: it is not there.
        """
        folder = self.folder(name, version)
        if not folder.exists():
            raise NoModelError(f"no version {version} of {name!r} in {self.root}; materialize recommender/model first")
        _write_card(folder, {**self.card(folder), **facts})

    def versions(self, name: str) -> list[str]:
        """Those that are kept, in the order in which they were."""
        folder = Path(self.root) / name
        cards = [card for card in folder.glob(f"*/{CARD}") if not card.parent.name.startswith(".")]
        return [
            card.parent.name for card in sorted(cards, key=lambda card: (card.stat().st_mtime_ns, card.parent.name))
        ]

    def prune(self, name: str, kept: int, also: Collection[str] = ()) -> list[str]:
        """Delete all but the last `kept` versions, the one in use and those of `also`; the names of those deleted."""
        pointer = Path(self.root) / name / IN_USE
        stay = {pointer.read_text(encoding="utf-8").strip() if pointer.exists() else "", *also}
        gone = [version for version in self.versions(name)[:-kept] if version not in stay]
        for version in gone:
            shutil.rmtree(self.folder(name, version))
        return gone


def _write_card(folder: Path, card: Mapping[str, object]) -> None:
    """Whole or not at all."""
    fresh = folder / f".{CARD}.new"
    fresh.write_text(json.dumps(card, indent=2, default=str) + "\n", encoding="utf-8")
    fresh.replace(folder / CARD)


class Training(dg.ConfigurableResource[None]):
    """How models are trained here; one thread makes the same data give the same model."""

    seed: int
    threads: int
    models_kept: int
