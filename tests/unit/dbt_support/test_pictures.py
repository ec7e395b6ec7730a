from __future__ import annotations

import re
from pathlib import Path

from tunegenie_assets.dbt_support import pictures
from tunegenie_assets.dbt_support.pictures import PICTURES, SHOWN_BY_COLUMN, picture_of
from tunegenie_assets.dbt_support.project import PROJECT_DIR


def test_a_picture_belongs_to_a_model_and_reads_no_other() -> None:
    for (layer, name), picture in PICTURES.items():
        assert (PROJECT_DIR / "models" / layer / f"{name}.sql").is_file()
        assert picture.sql.count("gold.") == picture.sql.count(f"{layer}.{name}") > 0, name


def test_completeness_counts_the_columns_that_the_table_has() -> None:
    picture = picture_of(("gold", "dim_album"), ["album_id", "album_name"])
    assert picture is not None
    assert picture.sql == (
        "select count(*) as row_count, count(album_id) as album_id, count(album_name) as album_name from gold.dim_album"
    )
    assert picture_of(("gold", "bridge_track_artist"), ["track_id"]) is None
    for layer, name in SHOWN_BY_COLUMN:
        assert (PROJECT_DIR / "models" / layer / f"{name}.sql").is_file()


def test_titles_say_whose_plays_they_are() -> None:
    text = Path(pictures.__file__).read_text(encoding="utf-8")
    titles = re.findall(r'\btitle ?= ?"([^"]*)"', text)
    assert titles
    assert all("listener" in title for title in titles), titles
