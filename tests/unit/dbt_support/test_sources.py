"""The sources of the dbt project are the tables that Python writes."""

from __future__ import annotations

from tunegenie_assets.dbt_support.sources import SOURCES_DIR, source_files


def test_the_files_are_what_the_schemas_say() -> None:
    """`make sources` writes them anew."""
    found = {path.name: path.read_text(encoding="utf-8") for path in SOURCES_DIR.glob("*.yml")}
    assert found == dict(source_files())
