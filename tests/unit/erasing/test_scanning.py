from __future__ import annotations

import gzip
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunegenie_assets.erasing.history import clear_files
from tunegenie_assets.erasing.scanning import scan_home
from tunegenie_assets.erasing.traces import Traces, traces_of

VALUE = b"account-of-ada"
TRACES = Traces("ada", (VALUE.decode(),))


def plain(path: Path) -> None:
    path.write_bytes(b"x" * 100 + b" " + VALUE + b" ")


def across_pieces(path: Path) -> None:
    path.write_bytes(b"." * ((1 << 22) - 5) + VALUE + b"." * 10)


def gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress(b'{"id": "' + VALUE + b'"}'))


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("member.json", b"aaaaaaaaaa " + VALUE)


def parquet(path: Path) -> None:
    pq.write_table(pa.table({"user": ["other", VALUE.decode()], "n": [1, 2]}), path, compression="zstd")


def compressed_cell(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table snapshots (body blob)")
        connection.execute("insert into snapshots values (?)", (zlib.compress(b"{" + VALUE * 3 + b" " + VALUE + b"}"),))
        connection.commit()


@pytest.mark.parametrize("write", [plain, across_pieces, gzipped, zipped, parquet, compressed_cell])
def test_a_value_is_found_however_it_is_stored(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "file")
    scan = scan_home(tmp_path, TRACES)
    assert scan.hits == ["file"]
    assert scan.files == 1
    assert scan_home(tmp_path, Traces("ada", ("account-of-eve",))).hits == []


def parquet_lists(path: Path) -> None:
    pq.write_table(pa.table({"users": [["other"], [VALUE.decode()]]}), path, compression="zstd")


def test_values_in_lists_of_parquet_are_found(tmp_path: Path) -> None:
    parquet_lists(tmp_path / "file")
    assert scan_home(tmp_path, TRACES).hits == ["file"]


def half_a(write: Callable[[Path], None], path: Path) -> None:
    write(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damaged_sqlite(path: Path) -> None:
    compressed_cell(path)
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 4000)


def damaged_member(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.json", b"nothing" * 100)
    content = bytearray(path.read_bytes())
    content[45:50] = b"\xff" * 5
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "damaged SQLite": damaged_sqlite,
    "SQLite's header alone": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "cut gzip": lambda path: half_a(gzipped, path),
    "cut zip": lambda path: half_a(zipped, path),
    "damaged member": damaged_member,
    "cut Parquet": lambda path: half_a(parquet, path),
    "Parquet in name": lambda path: path.write_bytes(b"PAR1" + b"x" * 50),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_cannot_be_opened_is_searched_as_it_lies_and_told(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    damage(tmp_path / "damaged")
    plain(tmp_path / "later")
    other = Traces("ada", ("account-of-eve",))
    scan = scan_home(tmp_path, other)
    assert (scan.hits, scan.unopened, scan.files) == ([], ["damaged"], 2)
    with (tmp_path / "damaged").open("ab") as file:
        file.write(b" " + VALUE + b" ")
    assert scan_home(tmp_path, TRACES).hits == ["damaged", "later"]


def test_what_comes_before_the_damage_is_found(tmp_path: Path) -> None:
    packed = gzip.compress(b" " + VALUE + b" " + b"".join(bytes([n % 251]) * 3 for n in range(3 << 20)))
    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    scan = scan_home(tmp_path, TRACES)
    assert (scan.hits, scan.unopened) == (["cut.gz"], ["cut.gz"])


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_records_of_runs_that_cannot_be_opened_go_as_a_whole(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    for folder in ("history", "storage", "schedules"):
        (tmp_path / folder).mkdir()
    assert not clear_files(tmp_path, TRACES)
    damage(tmp_path / "history" / "runs.db")
    assert clear_files(tmp_path, TRACES)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_read_is_not_taken_for_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs the tests may be allowed to read everything.
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", refused)
    assert scan_home(tmp_path, TRACES).hits == ["file (it could not be read: Permission denied)"]


def test_a_copy_of_a_warehouse_cannot_be_searched_and_is_told(tmp_path: Path) -> None:
    for name in ("warehouse.duckdb", "backup.duckdb"):
        duckdb.connect(str(tmp_path / name)).close()
    [hit] = scan_home(tmp_path, TRACES).hits
    assert hit.startswith("backup.duckdb (a copy of a warehouse")


def test_names_of_files_and_folders_tell(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "file").touch()
    (tmp_path / "adam").mkdir()
    (tmp_path / "adam" / "file").touch()
    assert scan_home(tmp_path, TRACES).hits == ["ada/file (its name)"]


@pytest.mark.parametrize(
    "text", ['{"listener": "ada"}', r"{\"listener\": \"ada\"}", "inbox/ada/file", "plays of ada: 3", "<td>ada</td>"]
)
def test_a_name_is_found_where_names_stand(text: str) -> None:
    assert TRACES.named.search(text.encode())


@pytest.mark.parametrize("text", ["adam", "canada", '"adam"', "a song for ada", '"ada song"', "inbox/adam/file"])
def test_other_names_and_titles_are_not_taken_for_it(text: str) -> None:
    assert not TRACES.named.search(text.encode())


@given(st.text("abc.-_", min_size=1, max_size=8), st.text("abc.-_", min_size=1, max_size=8))
def test_a_name_is_found_exactly_where_it_stands_whole(name: str, other: str) -> None:
    found = Traces(name).named.search(f'{{"listener": "{other}"}}'.encode())
    assert bool(found) is (name == other)


def test_what_somebody_else_has_too_gives_nobody_away() -> None:
    traces = traces_of("ada", ["192.0.2.1", "192.0.2.2", None, "abc", "ada"], {"192.0.2.2", "zoe"})
    assert traces == Traces("ada", ("192.0.2.1",))
