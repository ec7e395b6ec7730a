"""A reader of one listener's questions."""

from __future__ import annotations

import pytest

from ml.assistant.planning.reading import Reader
from ml.assistant.vocabulary import Vocabulary
from tests.unit.ml.assistant.listener import index


@pytest.fixture(scope="session")
def reader(manifest: str) -> Reader:
    return Reader.of(Vocabulary.of(manifest), index())
