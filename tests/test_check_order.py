"""Every check runs after all tables that its SQL reads: after its asset, what that is made of, and its further ones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pytest

from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.keys import LAYERS
from tunegenie_assets.settings import PREFIX, load_settings

_TABLE = re.compile(rf"\b(?:{'|'.join(LAYERS)})\.[a-z_0-9]+")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.Definitions]:
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patched.delenv(name)
        yield build_definitions(load_settings(home=tmp_path_factory.mktemp("home")))


def texts_of(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    """The texts that a function is closed over or finds in its module, and those of the functions that it calls."""
    seen.add(id(function))
    code = getattr(function, "__code__", None)
    if code is None:
        return
    yield from (one for one in code.co_consts if isinstance(one, str))
    module = function.__globals__
    held = [module[name] for name in code.co_names if name in module]
    held += [cell.cell_contents for cell in function.__closure__ or ()]
    for one in held:
        if isinstance(one, str):
            yield one
        elif getattr(one, "__module__", "").startswith("tunegenie_assets.checks") and id(one) not in seen:
            yield from texts_of(one, seen)


def tables_read(checks: dg.AssetChecksDefinition) -> set[str]:
    compute: Any = checks.node_def.compute_fn  # pyright: ignore[reportAttributeAccessIssue]
    return set(_TABLE.findall(" ".join(texts_of(compute.decorated_fn, set()))))


def upstream(graph: Any, key: dg.AssetKey, found: set[dg.AssetKey]) -> set[dg.AssetKey]:
    """The asset and all that it is made of."""
    if key not in found:
        found.add(key)
        for parent in graph.get(key).parent_keys:
            upstream(graph, parent, found)
    return found


def test_every_check_waits_for_what_it_reads(definitions: dg.Definitions) -> None:
    graph: Any = definitions.resolve_asset_graph()
    tables = {".".join(key.path) for key in graph.get_all_asset_keys()}
    read_something = 0
    early: dict[str, list[str]] = {}
    for checks in definitions.asset_checks or ():
        assert isinstance(checks, dg.AssetChecksDefinition)
        read = tables_read(checks) & tables
        read_something += bool(read)
        for spec in checks.check_specs:
            before: set[dg.AssetKey] = set()
            for key in (spec.asset_key, *(dep.asset_key for dep in spec.additional_deps)):
                upstream(graph, key, before)
            if missing := read - {".".join(key.path) for key in before}:
                early[f"{spec.asset_key.to_user_string()}: {spec.name}"] = sorted(missing)
    assert not early
    assert read_something > 100, "the SQL of checks is not found any more"
