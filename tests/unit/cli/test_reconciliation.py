"""What an import says of its files, at the width of a usual terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from rich.console import Console

from tunegenie_assets.cli.reconciliation import (
    MOST_FILES_SHOWN,
    ImportedFile,
    listener_line,
    reconcile,
    reconciliation_table,
)

EXTENDED = "spotify_extended_history"


def archive(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "problem": None, "archive_id": "a1", **more}


def file(name: str, rows: int = 3, plays: int = 2, source: str | None = EXTENDED) -> ImportedFile:
    return ImportedFile(name=name, source=source, rows=rows, plays=plays, merged=rows - plays, reasons={})


def shown(*imported: tuple[Mapping[str, Any], Sequence[ImportedFile]], width: int = 80) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(reconciliation_table("Imported", imported, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_rows_are_plays_merged_and_reasons() -> None:
    member = {"name": "h.json", "source_file": "a1/0000", "source": EXTENDED}
    member |= {"records": 7, "rejected": 2, "reasons": {"bad_ts": 2}}
    fates = {"a1/0000": {"kept": 4, "merged_into": 1, "podcast": 2, "unparseable": 2}}
    [found] = reconcile(archive("a.zip", members=[member]), fates)
    assert (found.name, found.as_json()["file"]) == ("h.json", "h.json")
    assert (found.rows, found.plays, found.merged) == (9, 4, 1)
    assert found.reasons == {"podcast": 2, "unparseable (bad_ts)": 2}
    assert found.unaccounted == 0


def test_rows_of_days_that_were_not_built_are_counted() -> None:
    member = {
        "name": "h.json",
        "source_file": "a1/0000",
        "source": EXTENDED,
        "records": 7,
        "rejected": 0,
        "reasons": {},
    }
    [found] = reconcile(archive("a.zip", members=[member]), {"a1/0000": {"kept": 4}})
    assert found.unaccounted == 3


def test_each_file_has_one_line_with_the_end_of_its_name() -> None:
    long = "Streaming_History_Audio_2019-2021_4.json"
    lines = shown((archive("a.zip"), [file(long), file("b.json")]))
    assert [line.split()[0] for line in lines[2:]] == ["…io_2019-2021_4.json", "b.json", "all"]
    assert "spotify extended" in lines[2]


def test_a_wide_console_shows_long_names_whole() -> None:
    long = "Streaming_History_Audio_2019-2021_4.json"
    assert shown((archive("a.zip"), [file(long)]), width=90)[2].split()[0] == f"…{long[-29:]}"
    assert shown((archive("a.zip"), [file(long)]), width=120)[2].split()[0] == long


def test_each_reason_has_a_line() -> None:
    reasons = {"podcast": 1857, "zero_length": 812}
    [many] = [ImportedFile(name="a.json", source=EXTENDED, rows=20_000, plays=17_331, merged=0, reasons=reasons)]
    lines = shown((archive("a.zip"), [many]))
    assert [line.split("  ")[-1].strip() for line in lines[2:]] == ["1,857 podcast", "812 zero length"]


def test_many_files_are_summed_by_folder() -> None:
    months = [file(f"listens/2020/{month}.jsonl", source="listenbrainz_listens") for month in range(1, 13)]
    lines = shown((archive("me.zip"), [*months, file("old/a.json")]))
    assert [line.split("  ")[0] for line in lines[2:]] == ["listens, 12 files", "a.json", "all"]
    assert lines[2].split()[-3:] == ["36", "24", "12"]
    assert lines[-1].split()[-5:] == ["2", "kinds", "39", "26", "13"]


def test_many_files_without_folders_are_one_line() -> None:
    lines = shown((archive("me.zip"), [file(f"{number}.json") for number in range(MOST_FILES_SHOWN + 1)]))
    assert [line.split("  ")[0] for line in lines[2:]] == [f"me.zip, {MOST_FILES_SHOWN + 1} files"]


def test_other_files_and_refused_archives_are_told() -> None:
    lines = shown(
        (archive("a.zip"), [file("a.json"), file("Playlist1.json", source=None)]),
        (archive("b.zip", problem="b.zip: damaged"), []),
    )
    assert "1 other file " in lines[3]
    assert "no history" in lines[3]
    assert lines[4].split()[:2] == ["b.zip", "refused"]


def test_the_line_of_the_listener_tells_the_kinds_of_merges() -> None:
    fates = {"a": {"kept": 1200, "podcast": 3}, "b": {"kept": 5, "merged_into": 90}}
    assert listener_line("ada", fates, {"same_record": 80, "other_source": 10}) == (
        "ada now has 1,205 plays from 1,298 imported rows. "
        "Merged: 80 the same record again, 10 heard by another source."
    )
    assert listener_line("ada", {}, {}) == "ada now has 0 plays from 0 imported rows."
