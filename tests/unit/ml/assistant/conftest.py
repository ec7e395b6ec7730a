"""The semantic manifest of the project, parsed once, and a reader of one listener's questions."""

from __future__ import annotations

import pytest

from ml.assistant.planning.reading import Reader
from ml.assistant.vocabulary import Vocabulary
from tests.unit.ml.assistant.listener import index
from tunegenie_assets.dbt_support.project import DbtProjectFiles


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> str:
    files = DbtProjectFiles(target="ci", target_path=tmp_path_factory.mktemp("dbt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUNEGENIE_HOME", str(files.target_path))
        files.manifest()
    return (files.target_path / "semantic_manifest.json").read_text()


@pytest.fixture(scope="session")
def reader(manifest: str) -> Reader:
    return Reader.of(Vocabulary.of(manifest), index())
