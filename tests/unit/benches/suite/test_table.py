from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rich.console import Console

from benches.suite.entries import Shown
from benches.suite.table import page, rows_of, terminal_table, value_of
from tests.unit.benches.suite.samples import COFFEE, FAILED, FIGURES, RESULT, TEA


def test_a_bench_has_a_row_for_each_figure_with_its_peer_and_its_floor() -> None:
    assert [row.cells for row in rows_of(TEA, RESULT)] == [
        ("make bench-tea", "full: 12,000 cups", "cups_per_second", "poured", "1,234 cups/s", "", "", ""),
        ("", "", "ratio_to_kettle", "speed", "0.512 times", "limit: a kettle", "at least 0.5 times", "yes"),
        ("", "", "warm_share", "still warm", "50.000%", "", "", ""),
        ("", "", "drinkable", "by anybody", "yes", "", "yes", "yes"),
    ]


def test_a_floor_that_is_missed_does_not_hold() -> None:
    missed = replace(RESULT, figures={**FIGURES, "ratio_to_kettle": 0.4})
    assert [row.holds for row in rows_of(TEA, missed)] == ["", "no", "", "yes"]


def test_a_figure_that_came_after_the_last_run_is_not_measured_yet() -> None:
    later = replace(TEA, figures=(*TEA.figures, Shown("cups_left", "left over", "cups")))
    assert rows_of(later, RESULT)[:-1] == rows_of(TEA, RESULT)
    assert rows_of(later, RESULT)[-1].cells == ("", "", "cups_left", "left over", "not measured yet", "", "", "")


def test_a_failed_bench_is_a_row_with_its_line() -> None:
    assert [row.cells for row in rows_of(TEA, FAILED)] == [
        ("make bench-tea", "full", "failed", "exit code 1: no [water] | none", "", "", "", "no")
    ]


def test_the_page_holds_every_bench_and_what_it_was_measured_on() -> None:
    other = replace(RESULT, bench="coffee", revision="def456", machine={"cores": "64"})
    text = page((TEA, COFFEE), {"tea": FAILED, "coffee": other})
    assert "| make bench-tea | full | failed | exit code 1: no [water] \\| none |  |  |  | no |" in text
    assert "| make bench-coffee | full: 12,000 cups | cups_per_second | poured | 1,234 cups/s |" in text
    assert "| make bench-coffee | How fast is tea made? | 61 s | def456 |" in text
    assert "- cores 2 (tea)\n- cores 64 (coffee)\n" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in tables} == {9, 5}


def test_a_bench_that_was_never_measured_says_so() -> None:
    assert "| make bench-coffee |  | not measured yet |  |" in page((TEA, COFFEE), {"tea": RESULT})


def test_a_terminal_shows_brackets_as_they_are() -> None:
    console = Console(width=180, file=StringIO())
    with console.capture() as captured:
        console.print(terminal_table((TEA,), {"tea": FAILED}))
    assert "no [water] | none" in captured.get()


def test_counts_are_told_to_the_last_digit_and_small_values_with_three() -> None:
    rows = Shown("rows", "", "rows")
    assert [value_of(rows, value) for value in (0, 30_123_456, 0.01234, 2.0, 99.87, 1536.4)] == [
        "0 rows",
        "30,123,456 rows",
        "0.0123 rows",
        "2 rows",
        "99.9 rows",
        "1,536 rows",
    ]
