"""The gaps that the warehouse would tell of: its own model, run over the pages that were collected."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import jinja2
import pyarrow as pa

from benches.collect.score import Gap, milliseconds
from benches.processes import ROOT
from tunegenie_assets.schemas.collected import RECENTLY_PLAYED_PAGES
from tunegenie_assets.schemas.landing import ARCHIVES
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.rows import page_row

_MODEL = ROOT / "dbt" / "models" / "silver" / "listening_gaps.sql"


def gaps_in(pages: Iterable[Record]) -> list[Gap]:
    """Of one listener, who has imported nothing."""
    rows = pa.Table.from_pylist([page_row(page) for page in pages], schema=RECENTLY_PLAYED_PAGES.arrow_schema)
    tables = {RECENTLY_PLAYED_PAGES.key: rows, ARCHIVES.key: ARCHIVES.arrow_schema.empty_table()}
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - it is SQL
    model = template.from_string(_MODEL.read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        for (schema, name), table in tables.items():
            connection.register("arrow_rows", table)
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.{name} as select * from arrow_rows")
        found = connection.execute(
            f"select missing_from, missing_until, noticed_at from ({model.render(source='{}.{}'.format)}) order by 1"
        ).fetchall()
    return [Gap(milliseconds(begin), milliseconds(end), noticed) for begin, end, noticed in found]
