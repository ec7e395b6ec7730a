from __future__ import annotations

import dagster as dg
import pytest

from tunegenie_assets.labels import Warehouse, tags_of, with_labels
from tunegenie_assets.partitions import play_days, training_weeks

DUCKDB = Warehouse("duckdb", "warehouse")


def spec(key: str, *columns: str, partitions: dg.PartitionsDefinition[str] | None = None) -> dg.AssetSpec:
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in columns])
    return dg.AssetSpec(key.split("/"), partitions_def=partitions, metadata={"dagster/column_schema": schema})


@pytest.mark.parametrize(
    ("asset", "tags"),
    [
        (spec("raw/spotify_tracks", "track_id"), {"kept": "whole", "source": "spotify"}),
        (
            spec("raw/lastfm_scrobbles", "listener_id", partitions=play_days),
            {"kept": "by_day", "source": "lastfm", "contains": "personal_data"},
        ),
        (spec("raw/rejected_records", "listener_id"), {"kept": "whole", "contains": "personal_data"}),
        (spec("synthetic/plays", "listener_id", partitions=play_days), {"kept": "by_day", "source": "simulator"}),
        (spec("bronze/synthetic_plays", "listener_id"), {"kept": "whole", "source": "simulator"}),
        (spec("silver/plays", "listener_id"), {"kept": "whole", "contains": "personal_data"}),
        (spec("gold/dim_track", "track_id"), {"kept": "whole"}),
        (spec("recommender/model", partitions=training_weeks), {"kept": "by_week", "contains": "personal_data"}),
    ],
)
def test_tags_say_what_an_asset_is_of(asset: dg.AssetSpec, tags: dict[str, str]) -> None:
    assert tags_of(asset) == tags
    assert with_labels(asset, warehouse=DUCKDB).tags.items() >= tags.items()


def test_tables_that_python_writes_name_their_place_as_those_of_dbt_do() -> None:
    labelled = with_labels(spec("raw/spotify_tracks"), warehouse=DUCKDB)
    assert labelled.kinds == {"duckdb"}
    assert labelled.metadata["dagster/table_name"] == "warehouse.raw.spotify_tracks"
    assert not with_labels(spec("recommender/model"), warehouse=DUCKDB).kinds


def test_a_fourth_kind_is_left_out() -> None:
    pages = spec("landing/page_files").merge_attributes(kinds={"python", "spotify", "lastfm"})
    assert with_labels(pages, warehouse=DUCKDB).kinds == {"python", "spotify", "lastfm"}


@pytest.mark.parametrize(
    ("materialization", "kind"), [("view", "view"), ("seed", "seed"), ("incremental", "table"), ("table", "table")]
)
def test_how_dbt_keeps_a_model_is_seen_in_the_graph(materialization: str, kind: str) -> None:
    model = spec("gold/days").merge_attributes(metadata={"dagster-dbt/materialization_type": materialization})
    assert with_labels(model, warehouse=DUCKDB).kinds == {kind}
