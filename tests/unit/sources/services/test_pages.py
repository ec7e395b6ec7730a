from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upath import UPath

from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.services.pages import Page, PageStore, day_of

PAGE = Page(
    service="spotify",
    stream="recently_played",
    subject="ada",
    request={"method": "GET", "path": "me/player/recently-played", "limit": "50"},
    requested_at=datetime(2026, 3, 1, 12, 0, 0, 250),
    status=200,
    body='{"items": []}\n',
)


@pytest.fixture
def store(tmp_path: Path) -> PageStore:
    return PageStore(UPath(tmp_path / "landing"))


def test_pages_come_back_as_they_were_written(store: PageStore) -> None:
    pages = [PAGE, replace(PAGE, status=404, body="")]
    landed = store.write(pages)
    [file] = store.files()
    assert list(store.read(file)) == landed
    assert [one.page for one in landed] == pages
    assert [one.line for one in landed] == [0, 1]
    assert file.startswith("pages/spotify/recently_played/ada/2026-03-01/120000000250-")


def test_the_same_page_again_is_the_same_file(store: PageStore) -> None:
    store.write([PAGE])
    store.write([PAGE])
    assert len(store.files()) == 1
    store.write([replace(PAGE, body="x")])
    assert len(store.files()) == 2


@given(body=st.text())
def test_any_body_is_kept_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    store = PageStore(UPath(tmp_path_factory.mktemp("landing")))
    [landed] = store.write([replace(PAGE, body=body)])
    assert [one.page.body for one in store.read(landed.file)] == [body]


@pytest.mark.parametrize("protocol", ["", "memory://"])
def test_files_of_days_are_listed_by_day(tmp_path: Path, protocol: str) -> None:
    store = PageStore(UPath(f"{protocol}{tmp_path}/landing"))
    days = [datetime(2026, 2, 27), datetime(2026, 3, 1), datetime(2026, 2, 28)]
    for stream in ("b", "a"):
        for day in days:
            store.write([replace(PAGE, stream=stream, requested_at=day)])
    places = [(day_of(file).day, file.split("/")[2]) for file in store.files()]
    assert places == [(day, stream) for day in (27, 28, 1) for stream in ("a", "b")]
    assert store.files(date(2026, 2, 28)) == store.files()[2:]
    assert [landed.page.stream for file in store.files(date(2026, 3, 1)) for landed in store.read(file)] == ["a", "b"]


def test_pages_of_two_listeners_are_not_mixed(store: PageStore) -> None:
    with pytest.raises(ValueError, match="one stream and subject"):
        store.write([PAGE, replace(PAGE, subject="bob")])
    with pytest.raises(ValueError):
        store.write([])


@pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b\x08\x00"])
def test_a_damaged_file_is_named(store: PageStore, tmp_path: Path, content: bytes) -> None:
    [landed] = store.write([PAGE])
    (tmp_path / "landing" / landed.file).write_bytes(content)
    with pytest.raises(LandingError, match="not a file of pages"):
        list(store.read(landed.file))


def test_the_pages_of_a_subject_can_be_forgotten(store: PageStore) -> None:
    for subject in ("ada", "adam", "_shared"):
        store.write([replace(PAGE, subject=subject)])
    store.forget("ada")
    assert [file.split("/")[3] for file in store.files()] == ["_shared", "adam"]
