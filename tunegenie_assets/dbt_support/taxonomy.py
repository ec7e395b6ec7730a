"""The taxonomy of genres as Python uses it, read from the seeds that dbt loads.

How any string finds its place in it is in ml/genres/taxonomy.py; genre_seed.py writes one of the seeds.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from ml.genres.taxonomy import Taxonomy
from tunegenie_assets.dbt_support.project import PROJECT_DIR

TAXONOMY_SEED = PROJECT_DIR / "seeds" / "genre_taxonomy.csv"
ALIASES_SEED = PROJECT_DIR / "seeds" / "genre_aliases.csv"


@lru_cache(maxsize=1)
def genre_taxonomy() -> Taxonomy:
    """The taxonomy of the project's seeds."""
    return Taxonomy(
        [(row["genre"], row["parent"], row["family"]) for row in read_seed(TAXONOMY_SEED)],
        [(row["alias"], row["genre"]) for row in read_seed(ALIASES_SEED)],
    )


def read_seed(path: Path) -> list[dict[str, str]]:
    """The rows of a seed, every value as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
