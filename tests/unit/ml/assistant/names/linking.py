"""What the index of one listener finds in a question, as words and what they mean."""

from __future__ import annotations

from ml.assistant.names.index import NameIndex
from ml.assistant.names.mention import Mention
from tests.unit.ml.assistant import listener

INDEX = listener.index()


def told(mention: Mention) -> tuple[str, str]:
    """The words, and kind and name of what they mean; what nothing decides is marked with a question mark."""
    best = mention.candidates[0] if mention.candidates else None
    meant = "nothing" if best is None else f"{best.kind}: {best.name}" + (f" by {best.by}" if best.by else "")
    return mention.words, ("? " if mention.is_ambiguous else "") + meant


def linked(question: str, index: NameIndex = INDEX) -> list[tuple[str, str]]:
    return [told(mention) for mention in index.find(question)]
