"""The semantic manifest of the project, as the tests of ml/assistant have it."""

from __future__ import annotations

from tests.unit.ml.assistant.conftest import manifest

__all__ = ["manifest"]
