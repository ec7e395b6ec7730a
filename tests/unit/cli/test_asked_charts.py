"""A chart of each shape of answer: over time, of several names over time, of breakdowns, rankings and two windows."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from ml.assistant.assistant import Answer
from ml.assistant.executing import Row
from ml.assistant.query import Comparison, Grain, Order, SemanticQuery, Window
from ml.assistant.vocabulary import Vocabulary
from tunegenie_assets.cli.asked_charts import MOST_BARS, MOST_LINES, chart_of
from tunegenie_assets.cli.errors import CommandError

IN_2025 = Window(start=date(2025, 1, 1), end=date(2025, 4, 1), label="early 2025")
IN_2024 = Window(start=date(2024, 1, 1), end=date(2024, 4, 1), label="early 2024")
MONTHS: tuple[Row, ...] = ((date(2025, 1, 1), 5), (date(2025, 3, 1), 9))
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def vocabulary(manifest: str) -> Vocabulary:
    return Vocabulary.of(manifest)


def answer(columns: str, rows: tuple[Row, ...], **query: object) -> Answer:
    asked = SemanticQuery.model_validate({"metrics": ("plays",), **query})
    return Answer("?", "!", tuple(columns.split()), rows, asked, asked.window, "UTC", (), "", (), 1.0)


def drawn(came: Answer, vocabulary: Vocabulary) -> dict[str, Any]:
    """The chart's specification with its rows as `rows`; making it fails where a value is no JSON."""
    chart = chart_of(came, vocabulary, {}, "ada")
    made = chart.to_dict()
    [rows] = made["datasets"].values()
    encoding = made.get("encoding") or made["layer"][0]["encoding"]
    return {**made, "rows": rows, "encoding": encoding}


def test_few_periods_are_columns_with_names_also_those_without_plays(vocabulary: Vocabulary) -> None:
    made = drawn(answer("metric_time__month plays", MONTHS, grain=Grain.MONTH, window=IN_2025), vocabulary)
    assert [(row["what"], row["value"]) for row in made["rows"]] == [("Jan 2025", 5.0), ("Mar 2025", 9.0)]
    assert made["encoding"]["x"]["scale"]["domain"] == ["Jan 2025", "Feb 2025", "Mar 2025"]
    assert made["encoding"]["y"]["title"] == "Plays"
    assert made["title"]["text"] == "Plays by month"
    assert made["title"]["subtitle"] == "Early 2025 (1 January 2025 to 31 March 2025) · ada"


@pytest.mark.parametrize(
    ("grain", "first", "second", "labels"),
    [
        (Grain.YEAR, date(2023, 1, 1), date(2024, 1, 1), ["2023", "2024"]),
        (Grain.QUARTER, date(2023, 10, 1), date(2024, 1, 1), ["Q4 2023", "Q1 2024"]),
        (Grain.WEEK, date(2024, 12, 23), date(2024, 12, 30), ["23 Dec 2024", "30 Dec 2024"]),
        (Grain.DAY, date(2024, 2, 29), date(2024, 3, 1), ["29 Feb 2024", "1 Mar 2024"]),
    ],
)
def test_a_period_has_its_name(
    grain: Grain, first: date, second: date, labels: list[str], vocabulary: Vocabulary
) -> None:
    made = drawn(answer(f"metric_time__{grain} plays", ((first, 1), (second, 2)), grain=grain), vocabulary)
    assert [row["what"] for row in made["rows"]] == labels == made["encoding"]["x"]["scale"]["domain"]


def test_many_periods_share_an_axis_of_dates(vocabulary: Vocabulary) -> None:
    days = tuple((date(2025, 1, 1) + timedelta(days=day), day) for day in range(60))
    made = drawn(answer("metric_time__day plays", days, grain=Grain.DAY), vocabulary)
    assert made["encoding"]["x"]["type"] == "temporal"
    assert made["encoding"]["y2"] == {"datum": 0}, "columns stand on the axis"
    assert (made["rows"][0]["when"][:10], made["rows"][0]["until"][:10]) == ("2025-01-01", "2025-01-02")


def test_names_over_time_are_lines_that_go_down_to_nothing(vocabulary: Vocabulary) -> None:
    rows = ((date(2025, 1, 1), "pop", 1), (date(2025, 1, 1), "rock", 5), (date(2025, 2, 1), "rock", 6))
    made = drawn(
        answer(
            "metric_time__month artist__genre_family plays", rows, grain=Grain.MONTH, group_by=("artist__genre_family",)
        ),
        vocabulary,
    )
    assert {(row["what"], row["of"], row["value"]) for row in made["rows"]} == {
        ("rock", "Jan 2025", 5.0),
        ("rock", "Feb 2025", 6.0),
        ("pop", "Jan 2025", 1.0),
        ("pop", "Feb 2025", 0.0),
    }
    assert made["encoding"]["color"]["sort"] == ["rock", "pop"], "the legend begins with the most"


def test_of_many_names_over_time_the_first_are_lines_and_the_chart_says_so(vocabulary: Vocabulary) -> None:
    rows = tuple((date(2025, month, 1), f"genre {n:02}", 100 - n) for month in (1, 2) for n in range(MOST_LINES + 3))
    columns = "metric_time__month artist__primary_genre plays"
    made = drawn(answer(columns, rows, grain=Grain.MONTH, group_by=("artist__primary_genre",)), vocabulary)
    assert {row["what"] for row in made["rows"]} == {f"genre {n:02}" for n in range(MOST_LINES)}
    assert made["title"]["subtitle"].endswith(f"the first {MOST_LINES} of {MOST_LINES + 3}")


def test_the_top_of_each_period_is_a_bar_with_period_and_name(vocabulary: Vocabulary) -> None:
    rows = ((date(2024, 1, 1), "Queen", 5), (date(2025, 1, 1), "Queen", 9))
    group = ("artist", "artist__name")
    came = answer("metric_time__year artist__name plays", rows, grain=Grain.YEAR, group_by=group, limit=1)
    made = drawn(came, vocabulary)
    assert [row["what"] for row in made["rows"]] == ["2024, Queen", "2025, Queen"]
    assert made["title"]["text"] == "The artist with the most plays of each year"


def test_a_breakdown_is_drawn_in_its_own_order_and_in_words(vocabulary: Vocabulary) -> None:
    hours = answer("play__local_hour plays", ((21, 9), (0, 4), (7, 1)), group_by=("play__local_hour",))
    assert drawn(hours, vocabulary)["encoding"]["x"]["scale"]["domain"] == ["0 h", "7 h", "21 h"]
    weekends = answer("date__is_weekend plays", ((True, 9), (False, 4)), group_by=("date__is_weekend",))
    assert [row["what"] for row in drawn(weekends, vocabulary)["rows"]] == ["weekdays", "weekends"]


def test_shares_are_in_percent(vocabulary: Vocabulary) -> None:
    rows = (("phone", 0.744), ("web", 0.5))
    group = ("play__platform_family",)
    made = drawn(answer("play__platform_family skip_rate", rows, metrics=("skip_rate",), group_by=group), vocabulary)
    assert made["encoding"]["x"]["axis"]["format"] == "%"
    assert made["encoding"]["x"]["title"] == "Skip rate"
    assert [row["figure"] for row in made["rows"]] == ["74.4 %", "50.0 %"]


def test_two_of_one_name_stay_two_bars_and_long_names_are_whole(vocabulary: Vocabulary) -> None:
    long = "A Very Long Title That Goes On and On"
    rows = ((long, "One", 3), (long, "One", 2))
    columns = "recording__name recording__artist_name plays"
    made = drawn(answer(columns, rows, group_by=("recording",), order=(Order(by="plays"),), limit=10), vocabulary)
    assert len({row["what"] for row in made["rows"]}) == 2
    assert all(row["what"].startswith(f"{long} by One") for row in made["rows"])
    assert made["encoding"]["y"]["axis"]["labelLimit"] > len(long) * 6


def test_of_very_many_bars_the_first_are_drawn(vocabulary: Vocabulary) -> None:
    rows = tuple((f"artist {n}", 1000 - n) for n in range(MOST_BARS + 1))
    made = drawn(answer("artist__name plays", rows, group_by=("artist__name",)), vocabulary)
    assert len(made["rows"]) == MOST_BARS
    assert made["title"]["subtitle"].endswith(f"the first {MOST_BARS} of {MOST_BARS + 1}")


def test_two_windows_are_two_bars_below_both_their_dates(vocabulary: Vocabulary) -> None:
    rows = (("early 2025", 5), ("early 2024", 9))
    comparison = Comparison(window=IN_2024)
    made = drawn(answer("period plays", rows, window=IN_2025, comparison=comparison), vocabulary)
    assert [row["what"] for row in made["rows"]] == ["early 2025", "early 2024"]
    assert "1 January 2025 to 31 March 2025" in made["title"]["subtitle"]
    assert "1 January 2024 to 31 March 2024" in made["title"]["subtitle"]


def test_what_is_not_known_is_no_bar_of_its_own_length(vocabulary: Vocabulary) -> None:
    rows = (("Queen", 0.5), ("Muse", None))
    came = answer("artist__name skip_rate", rows, metrics=("skip_rate",), group_by=("artist__name",))
    assert [(row["value"], row["figure"]) for row in drawn(came, vocabulary)["rows"]] == [
        (0.5, "50.0 %"),
        (None, "unknown"),
    ]


@pytest.mark.parametrize(
    ("columns", "rows"), [("plays", ((5,),)), ("played_at song", ((date(2025, 1, 1), "a"), (date(2025, 1, 2), "b")))]
)
def test_without_several_figures_there_is_no_chart(columns: str, rows: tuple[Row, ...], vocabulary: Vocabulary) -> None:
    with pytest.raises(CommandError, match="no chart"):
        chart_of(answer(columns, rows), vocabulary, {}, "ada")


def test_a_chart_over_time_becomes_a_picture(vocabulary: Vocabulary, tmp_path: Path) -> None:
    chart: alt.Chart | alt.LayerChart = chart_of(
        answer("metric_time__month plays", MONTHS, grain=Grain.MONTH, window=IN_2025), vocabulary, {}, "ada"
    )
    chart.save(str(tmp_path / "months.png"))
    assert (tmp_path / "months.png").read_bytes().startswith(PNG)
