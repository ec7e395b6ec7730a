"""Links from each asset to the code that makes it: files of this machine, or pages where the code is on the web."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from tunegenie_assets.dbt_support.project import PROJECT_DIR

ROOT = Path(__file__).resolve().parents[1]
"""What holds the package: the checkout, or where it was installed."""
REFERENCES = "dagster/code_references"
DBT_FOLDER = "dbt"
"""The dbt project's place in the repository."""


def with_code_links(assets: Sequence[dg.AssetsDefinition], code_url: str = "") -> Sequence[dg.AssetsDefinition]:
    """The assets with a link to the function that makes each; models of dbt have one to their SQL before it.

    `code_url` is the address of the repository's folder at one version; without it the links name files.
    """
    with warnings.catch_warnings():
        # Links to code carry a beta mark in Dagster 1.13.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return [
            a.map_asset_specs(partial(_linked, function=_function(a), code_url=code_url.rstrip("/"))) for a in assets
        ]


def _function(assets: dg.AssetsDefinition) -> dg.LocalFileCodeReference:
    """The function as it is written: Dagster's own links take the file of a decorator around it for the function's."""
    compute: Any = assets.op.compute_fn
    written = inspect.unwrap(getattr(compute, "decorated_fn", compute))
    return dg.LocalFileCodeReference(
        file_path=str(inspect.getsourcefile(written)), line_number=inspect.getsourcelines(written)[1]
    )


def _linked(spec: dg.AssetSpec, *, function: dg.LocalFileCodeReference, code_url: str) -> dg.AssetSpec:
    """With paths of the repository for labels, and addresses in place of files where there is one."""
    before = spec.metadata[REFERENCES].code_references if REFERENCES in spec.metadata else []
    references = [_on_the_web(reference, code_url) for reference in (*before, function)]
    return spec.merge_attributes(metadata={REFERENCES: dg.CodeReferencesMetadataValue(code_references=references)})


def _on_the_web(reference: dg.LocalFileCodeReference, code_url: str) -> dg.UrlCodeReference | dg.LocalFileCodeReference:
    place = _place(Path(reference.file_path))
    if not code_url:
        return dg.LocalFileCodeReference(file_path=reference.file_path, line_number=reference.line_number, label=place)
    line = f"#L{reference.line_number}" if reference.line_number else ""
    return dg.UrlCodeReference(url=f"{code_url}/{place}{line}", label=place)


def _place(file: Path) -> str:
    """In the repository, which an installed package is not laid out like; of a file from elsewhere its own path."""
    if file.is_relative_to(PROJECT_DIR):
        return f"{DBT_FOLDER}/{file.relative_to(PROJECT_DIR).as_posix()}"
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.as_posix()
