from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.unit.dbt_support.test_translator import node, spec_of
from tunegenie_assets.assets.landing import archives
from tunegenie_assets.code_links import REFERENCES, with_code_links
from tunegenie_assets.dbt_support.project import PROJECT_DIR

AT_ONE_VERSION = "https://github.com/you/tunegenie/tree/main/"


def links(code_url: str) -> list[Any]:
    """Of a model of dbt: its SQL, then the function that runs it."""
    metadata = spec_of(node("model.tunegenie.plays")).metadata
    asset = archives.map_asset_specs(lambda spec: spec.merge_attributes(metadata={REFERENCES: metadata[REFERENCES]}))
    [linked] = with_code_links([asset], code_url)
    [spec] = linked.specs
    return spec.metadata[REFERENCES].code_references


def test_links_name_files_of_this_machine() -> None:
    sql, function = links("")
    assert isinstance(sql, dg.LocalFileCodeReference)
    assert isinstance(function, dg.LocalFileCodeReference)
    assert Path(sql.file_path) == PROJECT_DIR / "models/silver/plays.sql"
    assert (sql.label, function.label) == ("dbt/models/silver/plays.sql", "tunegenie_assets/assets/landing.py")
    lines = Path(function.file_path).read_text(encoding="utf-8").splitlines()
    assert lines[(function.line_number or 0) - 1].startswith("@dg.asset")


def test_links_are_pages_where_the_code_is_on_the_web() -> None:
    sql, function = links(AT_ONE_VERSION)
    assert isinstance(sql, dg.UrlCodeReference)
    assert isinstance(function, dg.UrlCodeReference)
    assert sql.url == "https://github.com/you/tunegenie/tree/main/dbt/models/silver/plays.sql"
    before, line = function.url.split("#L")
    assert before == "https://github.com/you/tunegenie/tree/main/tunegenie_assets/assets/landing.py"
    assert int(line) > 1


@pytest.mark.filterwarnings("error")
def test_no_warning_reaches_the_terminal() -> None:
    assert links("")
