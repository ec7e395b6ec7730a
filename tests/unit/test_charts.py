from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt
import dagster as dg
import pyarrow as pa

from tunegenie_assets import charts


def data_of(chart: alt.Chart) -> list[dict[str, Any]]:
    (rows,) = chart.to_dict()["datasets"].values()
    return rows


def test_bars_show_the_longest_first_and_no_more_than_asked() -> None:
    rows = pa.table({"genre": ["folk", "rock", "jazz"], "plays": [Decimal(2), Decimal(9), Decimal(5)]})
    chart = charts.bars(rows, "genre", "plays", title="Plays", value_title="plays", top=2)
    assert data_of(chart) == [{"genre": "rock", "plays": 9.0}, {"genre": "jazz", "plays": 5.0}]
    assert chart.to_dict()["encoding"]["y"]["sort"] == "-x"


def test_months_begin_on_their_first_day() -> None:
    rows = pa.table({"year": [2024, 2025], "month": [12, 1], "plays": [3, 4]})
    drawn = data_of(charts.months(rows, "plays", title="Plays", value_title="plays"))
    assert [(row["date"][:10], row["plays"]) for row in drawn] == [("2024-12-01", 3.0), ("2025-01-01", 4.0)]


def test_a_week_shows_every_hour_of_every_day_from_monday() -> None:
    rows = pa.table({"weekday_name": ["Sunday"], "local_hour": [3], "plays": [Decimal(2)]})
    chart = charts.week(rows, "plays", title="Plays", value_title="plays")
    assert data_of(chart) == [{"weekday_name": "Sunday", "local_hour": 3, "plays": 2.0}]
    encoding = chart.to_dict()["encoding"]
    assert encoding["x"]["scale"]["domain"] == list(range(24))
    assert (encoding["y"]["scale"]["domain"][0], encoding["y"]["scale"]["domain"][-1]) == ("Monday", "Sunday")


def test_years_keep_their_distance() -> None:
    rows = pa.table({"release_year": [1970, 2020], "plays": [1, 4]})
    chart = charts.years(rows, "release_year", "plays", title="Plays", value_title="plays").to_dict()
    assert chart["encoding"]["x"]["type"] == "quantitative"
    assert chart["mark"]["width"] * 51 <= charts.WIDTH, "columns of neighbouring years do not overlap"


def test_groups_stand_side_by_side() -> None:
    rows = pa.table({"metric": ["ndcg", "ndcg"], "model": ["hybrid", "popularity"], "value": [0.2, 0.1]})
    encoding = charts.grouped_bars(rows, "metric", "model", "value", title="Models").to_dict()["encoding"]
    assert (encoding["y"]["field"], encoding["yOffset"]["field"], encoding["color"]["field"]) == (
        "metric",
        "model",
        "model",
    )


def test_metadata_holds_the_picture_itself() -> None:
    rows = pa.table({"genre": ["folk"], "plays": [2]})
    metadata = charts.as_metadata(charts.bars(rows, "genre", "plays", title="By genre", value_title="plays"))
    assert isinstance(metadata, dg.MarkdownMetadataValue)
    picture = str(metadata.md_str).removeprefix("![chart](data:image/svg+xml;base64,").removesuffix(")")
    svg = base64.b64decode(picture, validate=True).decode("utf-8")
    assert svg.startswith("<svg")
    assert "By genre" in svg


def test_stacked_shares_are_one_bar_for_each_thing() -> None:
    rows = pa.table({"what": ["album", "album"], "source": ["history", "nobody"], "share": [0.75, 0.25]})
    chart = charts.stacked_shares(rows.take([1, 0]), title="Who knows", missing="nobody")
    assert [(row["share"], row["place"]) for row in data_of(chart)] == [(0.25, 1), (0.75, 0)]
    assert chart.to_dict()["encoding"]["color"]["scale"]["domain"] == ["history", "nobody"]
    assert chart.to_dict()["encoding"]["x"]["scale"] == {"domain": [0, 1]}


def test_a_map_names_the_strongest_first_and_none_over_another() -> None:
    rows = pa.table(
        {
            "genre": ["folk", "neofolk", "metal", "doom", "never drawn"],
            "genre_cluster": ["folk", "folk", "metal, doom", "metal, doom", "folk"],
            "is_strongest": [True, False, True, True, False],
            "x": [0.5, 0.51, -0.5, -0.5, 0.0],
            "y": [0.5, 0.5, -0.5, 0.2, 0.0],
            "plays": [Decimal(9), Decimal(5), Decimal(40), Decimal(1), Decimal(1)],
        }
    )
    chart = charts.genre_map(rows, title="Genres", top=4).to_dict()
    (drawn,) = chart["datasets"].values()
    assert [(row["genre"], row["name"]) for row in drawn] == [
        ("metal", "metal"),
        ("folk", "folk"),
        ("doom", "doom"),
        ("neofolk", ""),
    ]
    circles = chart["layer"][0]["encoding"]
    assert circles["color"]["scale"]["domain"] == ["metal, doom", "folk"], "the most played cluster comes first"
    assert circles["size"]["field"] == "plays"


def test_a_map_names_no_more_than_asked() -> None:
    rows = pa.table(
        {
            "genre": ["folk", "metal"],
            "genre_cluster": ["folk", "metal"],
            "is_strongest": [True, True],
            "x": [0.5, -0.5],
            "y": [0.0, 0.0],
            "plays": [2, 3],
        }
    )
    (drawn,) = charts.genre_map(rows, title="Genres", names=1).to_dict()["datasets"].values()
    assert [row["name"] for row in drawn] == ["metal", ""]


def test_days_without_rows_stay_empty() -> None:
    rows = pa.table({"day": [date(2025, 3, 9), date(2024, 3, 9)], "plays": [Decimal(2), Decimal(9)]})
    chart = charts.days(rows, "day", "plays", title="Plays", value_title="plays").to_dict()
    assert chart["encoding"]["x"]["type"] == "temporal"
    assert chart["mark"]["width"] * 366 <= max(charts.WIDTH, 366), "columns of neighbouring days do not overlap"


def test_completeness_is_the_share_of_rows_with_a_value_in_the_order_of_columns() -> None:
    rows = pa.table({"row_count": [4], "title": [4], "album": [1]})
    assert data_of(charts.completeness(rows, "row_count", title="Complete")) == [
        {"column": "title", "share": 1.0},
        {"column": "album", "share": 0.25},
    ]
    assert data_of(charts.completeness(pa.table({"row_count": [0], "title": [0]}), "row_count", title="None")) == [
        {"column": "title", "share": 0.0}
    ]
