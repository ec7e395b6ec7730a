from __future__ import annotations

from pathlib import Path

from benches.faults.homes import Place


def home(folder: Path, name: str, *, has_parsed: bool = True) -> Path:
    own = folder / name
    (own / "dbt").mkdir(parents=True)
    (own / "plays").write_text(name)
    if has_parsed:
        (own / "dbt" / "partial_parse.msgpack").write_text(f"read for {name}")
    return own


def test_a_home_replaces_the_one_before_it_at_the_same_path(tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    first = place.put(home(tmp_path, "first"))
    (first / "left over").touch()
    second = place.put(home(tmp_path, "second"))
    assert second == first
    assert (second / "plays").read_text() == "second"
    assert not (second / "left over").exists()


def test_what_dbt_has_read_here_is_there_again(tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    parsed = place.put(home(tmp_path, "first")) / "dbt" / "partial_parse.msgpack"
    assert parsed.read_text() == "read for first"
    parsed.write_text("read here")
    place.remember()
    place.put(home(tmp_path, "second"))
    assert parsed.read_text() == "read here"
    # A home that dbt has not worked on has nothing to go on from.
    place.put(home(tmp_path, "third", has_parsed=False))
    assert not parsed.exists()
