"""The page and the summary: everything is told, nothing is executed, nothing is fetched."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.quality.markdown import as_markdown
from ml.quality.masking import SOMEBODY, masked
from ml.quality.page import as_page
from ml.quality.standing import KnownCheck, Result, standings

NOW = datetime(2026, 11, 1, 3, 10)
LAYERS = ("silver", "gold")
VOID = {"meta", "rect"}


class Tags(HTMLParser):
    """What stands in a page: its tags, its text, and those that were not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parent's signature
        self.names.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parent's signature
        self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_and_summary(
    summary: str, *, description: str = "Every play once.", advice: str = "Rebuild"
) -> tuple[str, str]:
    checks = [
        KnownCheck("gold/fct_plays", "once", description, is_blocking=True, advice=advice),
        KnownCheck("silver/plays", "usual", description, is_blocking=False, advice=advice),
        KnownCheck("silver/plays", "never", description, is_blocking=False, advice=advice),
    ]
    results = [
        Result("gold/fct_plays", "once", f"run {day}", NOW - timedelta(days=9 - day), "error", day < 9, summary)
        for day in range(10)
    ]
    results += [
        Result("silver/plays", "usual", f"run {day}", NOW - timedelta(days=9 - day), "warn", day % 2 == 1, summary)
        for day in range(10)
    ]
    standing = standings(checks, results)
    return as_page(standing, NOW, LAYERS), as_markdown(standing, NOW)


def test_the_page_tells_each_check_its_result_trend_and_what_to_do() -> None:
    page, summary = page_and_summary("3 rows of nobody")
    tags = Tags(page)
    assert not tags.open
    for told in (
        "1 check fails; 1 passed.",
        "3 rows of nobody",
        "Rebuild.",
        "2026-11-01 03:10",
        "flaps",
        "not run yet",
    ):
        assert told in tags.text
    assert tags.text.index("To be looked at") < tags.text.index("flaps") < tags.text.index("All checks")
    # Ten runs in the card and ten in the table, of both, and a ground under each of four pictures.
    assert tags.names.count("rect") == 44
    for told in (
        "1 check fails; 1 passed.",
        "| gold/fct_plays | `once` | blocking | fails | `·········✗` |",
        "Rebuild",
    ):
        assert told in summary


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_check_found_is_text_and_nothing_else(found: str) -> None:
    plain = Tags(page_and_summary("plain")[0])
    tags = Tags(page_and_summary(found, description=found, advice=found)[0])
    assert not tags.open
    assert tags.names == plain.names


def test_markup_in_what_was_found_is_shown_as_it_is() -> None:
    page, _ = page_and_summary('<script src="https://evil.test/x.js">|</script>', description="<img src=x onerror=y>")
    assert "<script" not in page
    assert "<img" not in page
    assert '<script src="https://evil.test/x.js">' in Tags(page).text


def test_a_cell_of_the_summary_is_one_cell() -> None:
    _, summary = page_and_summary("a | b\nc", description="x | y", advice="p | q")
    rows = [line for line in summary.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_the_page_fetches_nothing() -> None:
    page, _ = page_and_summary("all is well")
    assert not re.search(r"https?://|src=|<link|<script|@import|url\(", page)


def test_a_picture_says_in_words_what_it_shows() -> None:
    page, _ = page_and_summary("")
    assert "passed in 9 of the last 10 runs" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada: spotify until 2027-04-30", f"{SOMEBODY}: spotify until 2027-04-30"),
        ("adaptive ada-lovelace", "adaptive a listener-lovelace"),
        ("top_items of ada.b, of ada", f"top_items of {SOMEBODY}, of {SOMEBODY}"),
        ("write to ada.lovelace@example.org now", "write to … now"),
        ("from 192.168.0.17 and 2001:db8::1", "from … and …"),
        ("at 12:30:05 of 1.2.3", "at 12:30:05 of 1.2.3"),
    ],
)
def test_a_person_is_not_named(text: str, expected: str) -> None:
    assert masked(text, ["ada", "ada.b", ""]) == expected


@given(st.text(max_size=60))
def test_without_names_and_addresses_nothing_is_taken_out(text: str) -> None:
    plain = re.sub(r"[@.:]", "", text)
    assert masked(plain, []) == plain
