"""Everything a listener can name, by spelling: as it is written, as a genre is called otherwise, and nearly so."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from ml.assistant.names.folding import bare_title, key_of
from ml.assistant.names.meant import TITLES, Name
from ml.assistant.names.near import NearNames
from ml.assistant.query import Kind
from ml.genres.taxonomy import Taxonomy


class Spellings:
    """Names by their key. Rows stay in the table until they are asked for."""

    def __init__(self, names: pa.Table, taxonomy: Taxonomy | None) -> None:
        self._names = names.select(["kind", "key", "name", "by", "plays"]).combine_chunks()
        self._taxonomy = taxonomy
        self._rows: dict[str, list[int]] = defaultdict(list)
        kinds: list[str] = self._names["kind"].to_pylist()
        for row, (kind, name) in enumerate(zip(kinds, self._names["name"].to_pylist(), strict=True)):
            key = key_of(name or "")
            if not key:
                continue
            self._rows[key].append(row)
            if kind in TITLES and (bare := key_of(bare_title(name))) != key:
                self._rows[bare].append(row)
        self.near = NearNames(list(self._rows))

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def named(self, key: str) -> list[Name]:
        """Everything of this key."""
        return [self._name(row) for row in self._rows.get(key, ())]

    def genres(self, words: str) -> list[Name]:
        """Genre and family that the taxonomy knows under these words, as far as the listener has heard them."""
        genre = self._genre(words)
        return [name for name in self.named(key_of(genre)) if name.kind in (Kind.GENRE, Kind.FAMILY)] if genre else []

    def is_genre(self, words: str) -> bool:
        """Whether there is such a genre, heard or not."""
        return self._genre(words) is not None

    def nearest(self, key: str) -> tuple[int, list[Name]]:
        """The least typos, and what is that near: with the same first letter if anything has it."""
        found = self.near.within(key)
        least = found[0][0] if found else 0
        nearest = [other for typos, other in found if typos == least]
        same_letter = [other for other in nearest if other[0] == key[0]]
        return least, [name for other in same_letter or nearest for name in self.named(other)]

    def _genre(self, words: str) -> str | None:
        return self._taxonomy.named(words) if self._taxonomy is not None else None

    def _name(self, row: int) -> Name:
        kind, key, name, by, plays = (self._names.column(at)[row].as_py() for at in range(5))
        return Name(Kind(kind), key, name, by or "", plays or 0)
