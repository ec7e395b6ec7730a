from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.heard import Heard
from tunegenie_assets.cli import simulating
from tunegenie_assets.cli.app import app
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.simulating import Request, run
from tunegenie_assets.settings import SettingsError

UNTIL = date(2025, 3, 11)


def a_request(folder: Path, **changes: object) -> Request:
    fields = {"listeners": 2, "days": 30, "seed": 7, "until": UNTIL, "formats": list(ExportFormat), "folder": folder}
    return Request(**{**fields, **changes})  # pyright: ignore[reportArgumentType]  # by name


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


LISTENERS = ("sim-00001", "sim-00002")
TRUTH = {"truth.csv", "truth.json", "records.csv"}


def test_each_listener_has_a_folder_of_exports_and_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(a_request(tmp_path / "out"), as_json=True)
    document = json.loads(capsys.readouterr().out)
    exports = {f"{name}.zip" for name in ("spotify_extended", "spotify_account", "listenbrainz")}
    exports |= {"lastfm.csv", "maloja.json", "koito.json"}
    truth_files = {f"truth/{listener}/{name}" for listener in LISTENERS for name in TRUTH}
    expected = {f"{listener}/{name}" for listener in LISTENERS for name in exports} | truth_files
    assert files(tmp_path / "out").keys() == expected | {"listeners.csv"}
    assert [row["listener_id"] for row in rows(tmp_path / "out" / "listeners.csv")] == ["sim-00001", "sim-00002"]
    truth = [row for path in sorted((tmp_path / "out").glob("truth/*/truth.csv")) for row in rows(path)]
    assert (document["listeners"], document["plays"]) == (2, len(truth))
    told = [row["format"] for path in (tmp_path / "out").glob("truth/*/records.csv") for row in rows(path)]
    assert document["records"] == {name: told.count(name) for name in document["records"]}
    assert document["records"]["spotify_extended"] == len(truth) > document["records"]["lastfm"] > 0


def test_the_same_seed_and_days_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        run(a_request(tmp_path / name), as_json=True)
    run(a_request(tmp_path / "third", seed=8), as_json=True)
    one, other, third = (files(tmp_path / name) for name in ("one", "other", "third"))
    assert one == other
    assert all(one[name] != third[name] for name in one if name in third)


def test_only_the_formats_that_were_asked_for_are_written_and_no_home_is_made(tmp_path: Path) -> None:
    arguments = ["simulate", "--listeners", "1", "--days", "3", "--until", f"{UNTIL}", "--to", "out"]
    result = CliRunner().invoke(app, [*arguments, "--format", "lastfm", "--format", "koito", "--format", "lastfm"])
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "out" / "sim-00001").iterdir()} == {"lastfm.csv", "koito.json"}
    assert {path.name for path in (tmp_path / "out" / "truth" / "sim-00001").iterdir()} == TRUTH
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert result.stdout.count("lastfm") == 1


def test_a_format_that_is_not_known_is_bad_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["simulate", "--to", "out", "--format", "tidal"])
    assert result.exit_code == 2
    assert "spotify_extended" in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CommandError, match="is not empty; name a new or an empty folder with --to"):
        run(a_request(tmp_path), as_json=True)
    with pytest.raises(CommandError, match=r"notes\.txt is a file"):
        run(a_request(tmp_path / "notes.txt"), as_json=True)
    assert files(tmp_path) == {"notes.txt": b"mine"}


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(a_request(tmp_path / "out", formats=[ExportFormat.LASTFM]), as_json=True)
    assert (tmp_path / "out" / "listeners.csv").exists()


def test_days_to_come_cannot_be_simulated(tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(CommandError, match="cannot simulate"):
        run(a_request(tmp_path / "out", until=tomorrow), as_json=True)
    assert not (tmp_path / "out").exists()


CATALOGUE = "track_id,track_name,artists,album_name,duration_ms,popularity,explicit,track_genre\n"


def test_a_catalogue_of_ones_own_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'{number:022d},"Song, {number}",Ada;Bob,Album,200000,50,False,folk\n' for number in range(9)]
    (tmp_path / "songs.csv").write_text(CATALOGUE + "".join(lines), encoding="utf-8")
    monkeypatch.setenv("TUNEGENIE_CATALOGUE", str(tmp_path / "songs.csv"))
    run(a_request(tmp_path / "out"), as_json=True)
    truth = [row for path in (tmp_path / "out").glob("truth/*/truth.csv") for row in rows(path)]
    assert {row["track_name"] for row in truth} <= {f"Song, {number}" for number in range(9)}
    assert {row["artist_name"] for row in truth} == {"Ada"}
    maloja = json.loads((tmp_path / "out" / "sim-00001" / "maloja.json").read_text(encoding="utf-8"))
    assert maloja["scrobbles"][0]["track"]["artists"] == ["Ada", "Bob"]


def test_a_catalogue_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "songs.csv").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setenv("TUNEGENIE_CATALOGUE", str(tmp_path / "songs.csv"))
    with pytest.raises(CommandError, match="the catalogue is empty"):
        run(a_request(tmp_path / "out"), as_json=True)
    monkeypatch.setenv("TUNEGENIE_CATALOGUE", str(tmp_path / "nowhere.csv"))
    with pytest.raises(SettingsError, match="TUNEGENIE_CATALOGUE"):
        run(a_request(tmp_path / "out"), as_json=True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--until", "0001-01-01"], "days from 2002-01-01"),
        (["--seed", str(2**63)], "the seed must lie between 0 and"),
    ],
)
def test_numbers_out_of_all_reason_are_refused_in_a_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["simulate", "--listeners", "1", "--to", str(tmp_path / "out"), *arguments])
    assert isinstance(result.exception, CommandError)
    assert says in str(result.exception)


def test_an_interruption_says_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = simulating.write_listener
    seen: list[str] = []

    def interrupted(heard: Heard, *rest: Any) -> Any:
        seen.append(heard.listener_id)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return written(heard, *rest)

    monkeypatch.setattr(simulating, "write_listener", interrupted)
    with pytest.raises(CommandError, match="holds a part: remove it"):
        run(a_request(tmp_path / "out"), as_json=True)
    assert not (tmp_path / "out" / "listeners.csv").exists()
