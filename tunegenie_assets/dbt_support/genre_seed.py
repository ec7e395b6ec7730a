"""Writes the rows of the seed genre_taxonomy that come from beets' tree of genres, and every family anew.

`python -m tunegenie_assets.dbt_support.genre_seed beets-….whl`, with a wheel of beets (MIT). Rows of other sources stay
as they are, a change of theirs is made in the seed itself, and they win over beets where both name a genre.
"""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tunegenie_assets.dbt_support.taxonomy import TAXONOMY_SEED, read_seed

COLUMNS: Sequence[str] = ("genre", "parent", "family", "source")
BEETS = "beets"
TREE = "beetsplug/lastgenre/genres-tree.yaml"


def main(wheel: Path, seed: Path = TAXONOMY_SEED) -> int:
    """Write the seed; returns how many rows it has."""
    with zipfile.ZipFile(wheel) as members:
        tree = yaml.safe_load(members.read(TREE))
    rows = seed_rows(tree, read_seed(seed))
    with seed.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def seed_rows(tree: Sequence[Any], present: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows of the seed by name: those of `present` that are not of beets, and those of beets' tree.

    A genre that stands in the tree twice has the first place; a family is the end of the chain of parents.

    Raises:
        ValueError: the parents of a genre lead nowhere or in a circle.
    """
    chosen = {row["genre"]: (row["parent"], row["source"]) for row in present if row["source"] != BEETS}
    for genre, parent in branches(tree):
        chosen.setdefault(genre, (parent, BEETS))
    parents = {genre: parent for genre, (parent, _) in chosen.items()}
    return [
        {"genre": genre, "parent": parent, "family": family_of(genre, parents), "source": source}
        for genre, (parent, source) in sorted(chosen.items())
    ]


def branches(nodes: Sequence[Any], parent: str = "") -> Iterator[tuple[str, str]]:
    """Genre and parent, from the stem to the leaves."""
    for node in nodes:
        if isinstance(node, str):
            yield node, parent or node
        else:
            for genre, children in node.items():
                yield genre, parent or genre
                yield from branches(children or (), genre)


def family_of(genre: str, parents: Mapping[str, str]) -> str:
    """The genre at the end of the chain, which is its own parent."""
    seen = [genre]
    while (parent := parents.get(seen[-1])) != seen[-1]:
        if parent is None or parent in seen:
            raise ValueError(f"genre {genre!r}: its parents lead nowhere: {' > '.join(seen)}")
        seen.append(parent)
    return seen[-1]


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))} genres in {TAXONOMY_SEED}\n")
