from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from tunegenie_assets.dbt_support.project import PROJECT_DIR
from tunegenie_assets.erasing.history import clear_files, delete_runs
from tunegenie_assets.erasing.scanning import scan_home
from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.erasing.words import is_word
from tunegenie_assets.instance.setup import prepare_dagster_home


@pytest.mark.parametrize(
    "name", ["plays", "tracks", "rows", "history", "runs", "silver", "fct_plays", "dagster", "asset", "pandas", "root2"]
)
def test_words_of_the_records_of_any_run(name: str) -> None:
    assert is_word(name, Path("/root2/home"), PROJECT_DIR)


@pytest.mark.parametrize("name", ["ada", "adam", "alice.b", "zoe-1", "sam"])
def test_names_are_no_words(name: str) -> None:
    assert not is_word(name, Path("/srv/listening"), PROJECT_DIR)


def test_the_owner_of_the_machine_is_in_every_path() -> None:
    assert is_word("ada", Path("/users/Ada/.tunegenie"), PROJECT_DIR)


def write(home: Path, name: str, text: str) -> None:
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(text)


def test_a_word_counts_only_where_a_listeners_name_stands(tmp_path: Path) -> None:
    for name in ("dagster/history/plays/index.db", "models/plays", "landing/archives/eve/h1/plays"):
        write(tmp_path, name, '{"asset": "plays", "path": "silver/plays/x", "rows": "plays", "said": "of plays: 3"}')
    assert scan_home(tmp_path, Traces("plays")).hits
    word = Traces("plays", is_word=True)
    assert scan_home(tmp_path, word).hits == []

    for number, text in enumerate(
        (
            '{"listener": "plays"}',
            r'"{\"listener_id\": \"plays\"}"',
            r'"{\\\"listener\\\": \\\"plays\\\"}"',
            "{'subject': 'plays'}",
            "/home/landing/archives/plays/h1/a.zip",
            "listener=plays",
        )
    ):
        write(tmp_path, f"dagster/{number}", text)
    assert scan_home(tmp_path, word).hits == [f"dagster/{number}" for number in range(6)]
    assert scan_home(tmp_path, Traces("play", is_word=True)).hits == []


@pytest.mark.parametrize(
    "name",
    ["landing/archives/plays/h", "landing/preferences/plays/a/b", "landing/pages/a/b/plays/c", "inbox/plays/x"],
)
def test_their_places_tell_whatever_their_name_is(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "")
    assert scan_home(tmp_path, Traces("plays", is_word=True)).hits == [f"{name} (its name)"]


def test_all_records_of_runs_go_with_a_word(tmp_path: Path) -> None:
    prepare_dagster_home(tmp_path)

    @dg.op
    def nothing() -> None: ...

    @dg.job
    def of_anybody() -> None:
        nothing()

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        instance.create_run_for_job(of_anybody)
        assert delete_runs(instance, Traces("ada")) == 0
        assert delete_runs(instance, Traces("plays", is_word=True)) == 1
    assert clear_files(tmp_path, Traces("plays", is_word=True))
    assert not (tmp_path / "history").exists()
