"""A listener's rows on both warehouses: found, deleted, and nobody else's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.integration.warehouse_samples import ON_BOTH
from tunegenie_assets.erasing.scanning import Scan
from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.erasing.warehouse import Warehouse
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.schemas.landing import TRAVELLERS
from tunegenie_assets.settings import Environment, Settings

pytestmark = ON_BOTH
MOMENT = datetime(2026, 1, 2)


@pytest.fixture
def filled(warehouse: WarehouseIOManager) -> WarehouseIOManager:
    rows = [{"listener_id": name, "chosen_at": MOMENT} for name in ("ada", "adam", "o'hara")]
    warehouse.write(TRAVELLERS, pa.Table.from_pylist(rows, schema=TRAVELLERS.arrow_schema), None)
    return warehouse


def listeners(warehouse: WarehouseIOManager) -> list[str]:
    found = warehouse.query("select listener_id from landing.travellers order by 1")
    return found["listener_id"].to_pylist()


def searched(warehouse: WarehouseIOManager, tmp_path: Path, env: Environment = Environment.CI) -> Warehouse:
    settings = Settings(env=env, home=tmp_path)
    settings.warehouse_path.touch()
    return Warehouse(settings, warehouse)


def test_rows_are_found_and_told(filled: WarehouseIOManager, tmp_path: Path) -> None:
    assert searched(filled, tmp_path).rows("ada") == {"landing.travellers": 1}
    scan = Scan()
    searched(filled, tmp_path).scan(Traces("eve", ("adam",)), scan)
    assert scan.hits == ["landing.travellers (1 rows with a value of theirs)"]


@pytest.mark.parametrize("name", ["ada", "o'hara"])
def test_rows_of_one_listener_are_deleted(filled: WarehouseIOManager, tmp_path: Path, name: str) -> None:
    place = searched(filled, tmp_path, Environment.PRODUCTION)
    place.forget(name, anybody_left=True)
    assert name not in listeners(filled)
    assert len(listeners(filled)) == 2
    place.forget("adam", anybody_left=False)
    assert listeners(filled) == []
