"""The names of what one listener has heard, and which of them a question names.

Quotes first, then the most words in a row, then words with typos (linking.py); common words only where something speaks
for a name (cues.py, question_words.py). How names are spelt alike is in folding.py and spellings.py, which of several
things is meant in meant.py. The names come as a table: queries.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from ml.assistant.names.folding import key_of
from ml.assistant.names.linking import Reading, Span
from ml.assistant.names.meant import Name
from ml.assistant.names.mention import Mention
from ml.assistant.names.spellings import Spellings
from ml.assistant.query import Kind
from ml.genres.taxonomy import Taxonomy

__all__ = ["Mention", "Name", "NameIndex"]


class NameIndex:
    """What one listener can name."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings

    @classmethod
    def of(cls, names: pa.Table, taxonomy: Taxonomy | None = None) -> NameIndex:
        """Args:
        names: kind, key, name, by and plays of everything that can be named.
        taxonomy: by which genres are found under their other names, such as `rnb`.
        """
        return cls(Spellings(names, taxonomy))

    def find(
        self, text: str, *, taken: Sequence[Span] = (), hints: Mapping[int, Kind | None] | None = None
    ) -> tuple[Mention, ...]:
        """What a question names, in its order; mentions do not overlap.

        Args:
            text: the question, in any case.
            taken: places that are understood already, such as times; there only quotes name something.
            hints: where a name is expected to begin, and its kind where that is known, as if a cue stood there.
        """
        return Reading(self._spellings, text, taken, hints or {}).mentions()

    def suggest(self, words: str, kind: Kind | None = None, count: int = 3) -> tuple[Name, ...]:
        """The names that are spelt most like these words, for a refusal."""
        key = key_of(words)
        if not key or count < 1:
            return ()
        alike = [key] if key in self._spellings else []
        alike += [other for other in self._spellings.near.nearest(key, 20 * count) if other != key]
        found: dict[Name, None] = {}
        for other in alike:
            things = sorted(
                self._spellings.named(other), key=lambda name: (-name.plays, name.kind, name.name, name.key)
            )
            found.update((name, None) for name in things if kind is None or name.kind is kind)
            if len(found) >= count:
                break
        return tuple(found)[:count]
