"""A place in a question that names something, as reading it leaves it; how it is found is told in linking.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ml.assistant.names.meant import Name


@dataclass(frozen=True)
class Mention:
    """A place in a question that names something."""

    start: int
    end: int
    """Characters of the text."""
    words: str
    candidates: tuple[Name, ...]
    """Best first; none where what was named is not known."""
    how: Literal["quoted", "exact", "folded", "near"]
    is_ambiguous: bool = False
    """Several things that nothing decides between."""
    closeness: float = 1.0
    """1 as it is written, less for other spellings, least for typos."""
