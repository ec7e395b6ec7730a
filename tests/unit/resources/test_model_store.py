from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tunegenie_assets.resources.model_store import ModelStore, NoModelError


def writes(text: str):
    return lambda folder: (folder / "weights").write_text(text, encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(root=str(tmp_path / "models"))


def test_published_version_is_in_use_with_its_card(store: ModelStore) -> None:
    path = store.publish("hybrid", "v1", writes("one"), {"rows": 3, "until": date(2025, 3, 9)})
    assert store.current("hybrid") == path
    assert (path / "weights").read_text(encoding="utf-8") == "one"
    assert json.loads((path / "card.json").read_text(encoding="utf-8")) == {"rows": 3, "until": "2025-03-09"}


def test_latest_version_is_in_use_and_the_older_one_stays(store: ModelStore) -> None:
    first = store.publish("hybrid", "v1", writes("one"), {})
    second = store.publish("hybrid", "v2", writes("two"), {})
    assert store.current("hybrid") == second
    assert (first / "weights").read_text(encoding="utf-8") == "one"


def test_version_published_again_is_replaced_whole(store: ModelStore) -> None:
    path = store.publish("hybrid", "v1", writes("one"), {})
    (path / "left over").touch()
    assert store.publish("hybrid", "v1", writes("again"), {}) == path
    assert (path / "weights").read_text(encoding="utf-8") == "again"
    assert not (path / "left over").exists()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_failing_save_leaves_the_model_in_use(store: ModelStore, version: str) -> None:
    path = store.publish("hybrid", "v1", writes("one"), {})

    def fail(folder: Path) -> None:
        (folder / "weights").write_text("half", encoding="utf-8")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        store.publish("hybrid", version, fail, {})
    assert store.current("hybrid") == path
    assert (path / "weights").read_text(encoding="utf-8") == "one"
    store.publish("hybrid", version, writes("whole"), {})
    assert (store.current("hybrid") / "weights").read_text(encoding="utf-8") == "whole"


def test_models_of_other_names_are_apart(store: ModelStore) -> None:
    store.publish("hybrid", "v1", writes("one"), {})
    with pytest.raises(NoModelError, match=r"no model 'popularity' .*materialize"):
        store.current("popularity")
