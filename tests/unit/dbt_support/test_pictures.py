from __future__ import annotations

from tunegenie_assets.dbt_support.pictures import PICTURES
from tunegenie_assets.dbt_support.project import PROJECT_DIR


def test_a_picture_belongs_to_a_model_and_reads_no_other() -> None:
    for (layer, name), picture in PICTURES.items():
        assert (PROJECT_DIR / "models" / layer / f"{name}.sql").is_file()
        assert picture.sql.count("gold.") == picture.sql.count(f"{layer}.{name}") > 0, name
