from __future__ import annotations

import json
import os
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
    path = store.keep("hybrid", "v1", writes("one"), {"rows": 3, "until": date(2025, 3, 9)})
    assert store.publish("hybrid", "v1") == store.current("hybrid") == path
    assert (path / "weights").read_text(encoding="utf-8") == "one"
    assert json.loads((path / "card.json").read_text(encoding="utf-8")) == {"rows": 3, "until": "2025-03-09"}
    assert store.card(path) == {"rows": 3, "until": "2025-03-09"}


def test_a_version_that_is_only_kept_is_not_in_use(store: ModelStore) -> None:
    store.keep("hybrid", "v1", writes("one"), {})
    with pytest.raises(NoModelError):
        store.current("hybrid")
    first = store.publish("hybrid", "v1")
    store.keep("hybrid", "v2", writes("two"), {})
    assert store.current("hybrid") == first
    assert store.versions("hybrid") == ["v1", "v2"]


def test_nothing_is_published_that_is_not_there(store: ModelStore) -> None:
    with pytest.raises(NoModelError, match="no version v1"):
        store.publish("hybrid", "v1")
    with pytest.raises(NoModelError, match="no version v1"):
        store.note("hybrid", "v1", {})


def test_version_kept_again_is_replaced_whole(store: ModelStore) -> None:
    path = store.keep("hybrid", "v1", writes("one"), {})
    (path / "left over").touch()
    assert store.keep("hybrid", "v1", writes("again"), {}) == path
    assert (path / "weights").read_text(encoding="utf-8") == "again"
    assert not (path / "left over").exists()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_failing_save_leaves_the_model_in_use(store: ModelStore, version: str) -> None:
    path = store.keep("hybrid", "v1", writes("one"), {})
    store.publish("hybrid", "v1")

    def fail(folder: Path) -> None:
        (folder / "weights").write_text("half", encoding="utf-8")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        store.keep("hybrid", version, fail, {})
    assert store.current("hybrid") == path
    assert (path / "weights").read_text(encoding="utf-8") == "one"
    store.keep("hybrid", version, writes("whole"), {})
    assert (store.publish("hybrid", version) / "weights").read_text(encoding="utf-8") == "whole"


def test_models_of_other_names_are_apart(store: ModelStore) -> None:
    store.keep("hybrid", "v1", writes("one"), {})
    store.publish("hybrid", "v1")
    with pytest.raises(NoModelError, match=r"no model 'popularity' has been published"):
        store.current("popularity")


def test_old_versions_go_and_the_one_in_use_stays(store: ModelStore) -> None:
    for number in range(5):
        store.keep("hybrid", f"v{number}", writes(str(number)), {})
    store.publish("hybrid", "v1")
    assert store.prune("hybrid", 2) == ["v0", "v2"]
    assert store.versions("hybrid") == ["v1", "v3", "v4"]
    assert store.prune("hybrid", 2) == []


def test_a_version_may_be_published_for_something_and_not_be_in_use(store: ModelStore) -> None:
    for version in ("v1", "v2", "v3"):
        store.keep("hybrid", version, writes(version), {})
    store.publish("hybrid", "v3")
    first = store.publish("hybrid", "v1", "for the past")
    assert store.current("hybrid").name == "v3"
    assert store.current("hybrid", "for the past") == first
    assert store.prune("hybrid", 1, also=["v1"]) == ["v2"]
    assert store.prune("hybrid", 1) == ["v1"]
    with pytest.raises(NoModelError):
        store.current("hybrid", "for the past")


def test_versions_stand_in_the_order_in_which_they_were_kept(store: ModelStore) -> None:
    for number, version in enumerate(("v9", "v1", "v5")):
        card = store.keep("hybrid", version, writes(version), {}) / "card.json"
        os.utime(card, ns=(number, number))
    assert store.versions("hybrid") == ["v9", "v1", "v5"]
    assert store.prune("hybrid", 2) == ["v9"]


def test_a_card_is_added_to_and_a_damaged_one_says_nothing(store: ModelStore) -> None:
    path = store.keep("hybrid", "v1", writes("one"), {"rows": 3})
    store.note("hybrid", "v1", {"trial": 0.5})
    assert store.card(path) == {"rows": 3, "trial": 0.5}
    for damaged in ("{", "[]", ""):
        (path / "card.json").write_text(damaged, encoding="utf-8")
        assert store.card(path) == {}


def test_what_a_killed_writer_left_goes_with_the_next_version(store: ModelStore, tmp_path: Path) -> None:
    left = tmp_path / "models" / "hybrid" / ".v0.new"
    left.mkdir(parents=True)
    store.keep("hybrid", "v1", writes("one"), {})
    assert not left.exists()


@pytest.mark.parametrize("pointer", ["", "v2", "../../somewhere"])
def test_a_pointer_to_nowhere_is_no_model(store: ModelStore, tmp_path: Path, pointer: str) -> None:
    store.keep("hybrid", "v1", writes("one"), {})
    (tmp_path / "models" / "hybrid" / "current").write_text(pointer, encoding="utf-8")
    with pytest.raises(NoModelError):
        store.current("hybrid")
