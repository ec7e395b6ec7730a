"""Who the simulated listeners are: profile, taste and habits, one row per listener.

What they play is `ml.listeners.plays`; it reads everything it needs from the table made here and from the catalogue.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker
from numpy.typing import NDArray

from ml.errors import InvalidCatalogueError

UNKNOWN_GENRE = "unclassified"
LISTENERS_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("display_name", pa.string()),
        ("email", pa.string()),
        ("country", pa.string()),
        ("timezone", pa.string()),
        ("joined_date", pa.date32()),
        ("favourite_genre", pa.string()),
        ("taste", pa.string()),
        ("sessions_per_day", pa.float64()),
        ("session_length", pa.float64()),
        ("skip_rate", pa.float64()),
        ("explore_rate", pa.float64()),
        ("peak_hour", pa.float64()),
        ("library_size", pa.int64()),
        ("simulated_from", pa.date32()),
        ("simulated_until", pa.date32()),
        ("seed", pa.int64()),
    ]
)

# Country, zone, Faker locale, share of the listeners. Locales in Latin script, so that addresses stay readable ASCII.
HOMES: tuple[tuple[str, str, str, float], ...] = (
    ("US", "America/New_York", "en_US", 0.16),
    ("US", "America/Chicago", "en_US", 0.10),
    ("US", "America/Denver", "en_US", 0.05),
    ("US", "America/Los_Angeles", "en_US", 0.10),
    ("GB", "Europe/London", "en_GB", 0.12),
    ("DE", "Europe/Berlin", "de_DE", 0.10),
    ("FR", "Europe/Paris", "fr_FR", 0.06),
    ("ES", "Europe/Madrid", "es_ES", 0.05),
    ("SE", "Europe/Stockholm", "sv_SE", 0.04),
    ("BR", "America/Sao_Paulo", "pt_BR", 0.08),
    ("MX", "America/Mexico_City", "es_MX", 0.07),
    ("IN", "Asia/Kolkata", "en_IN", 0.04),
    ("AU", "Australia/Sydney", "en_AU", 0.03),
)
NAMES_PER_LOCALE = 400
"""Faker makes this many first and last names a locale; listeners combine them, so a large population stays fast."""

SPARSE_TASTE = 3.0
"""Concentration of the Dirichlet distribution of tastes: small, so that two to four genres carry most of a taste."""
LEAST_TASTE = 0.01
"""Genres below this weight are dropped from a taste."""


@dataclass(frozen=True)
class PopulationSpec:
    """How many listeners, from which seed, listening on the UTC days [first_day, until)."""

    listeners: int
    seed: int
    first_day: date
    until: date

    def __post_init__(self) -> None:
        if self.listeners < 1:
            raise ValueError(f"a population needs at least one listener, {self.listeners} were asked for")
        if self.seed < 0:
            raise ValueError(f"the seed must not be negative: {self.seed}")
        if self.first_day >= self.until:
            raise ValueError(f"the first day {self.first_day} must lie before the end {self.until}")


def simulate_listeners(spec: PopulationSpec, catalogue: pa.Table) -> pa.Table:
    """The population of `spec`, one row per listener, with tastes over the genres of `catalogue`.

    Names come from Faker, addresses lie in example.org, which is reserved for examples. Habits differ between
    listeners as they do between people: numbers of sessions and of plays are log-normal, shares are beta.

    Raises:
        InvalidCatalogueError: the catalogue has no row.
    """
    rng = np.random.default_rng([spec.seed, 1])
    count = spec.listeners
    genres, weights = _genre_weights(catalogue)
    homes = rng.choice(len(HOMES), count, p=[home[3] for home in HOMES])
    names = _display_names(rng, homes, spec.seed)
    tastes = _sparse_tastes(rng.dirichlet(SPARSE_TASTE * weights + 0.02, count))
    columns: dict[str, object] = {
        "listener_id": [f"sim-{number:05d}" for number in range(1, count + 1)],
        "display_name": names,
        "email": [f"{_address_name(name)}.{number}@example.org" for number, name in enumerate(names, start=1)],
        "country": [HOMES[home][0] for home in homes],
        "timezone": [HOMES[home][1] for home in homes],
        "joined_date": [spec.first_day - timedelta(days=int(days)) for days in rng.integers(1, 1800, count)],
        "favourite_genre": [genres[best] for best in tastes.argmax(axis=1)],
        "taste": [_taste_as_json(genres, taste) for taste in tastes],
        "sessions_per_day": np.round(np.clip(rng.lognormal(np.log(0.875), 0.4, count), 0.1, 5.0), 4),
        "session_length": np.round(np.clip(rng.lognormal(np.log(15.0), 0.35, count), 3.0, 45.0), 4),
        "skip_rate": np.round(np.clip(rng.beta(6.0, 6.6, count), 0.05, 0.85), 4),
        "explore_rate": np.round(np.clip(rng.beta(2.2, 14.0, count), 0.01, 0.6), 4),
        "peak_hour": np.round(np.clip(rng.normal(17.0, 3.5, count), 7.0, 23.5), 4),
        "library_size": np.clip(rng.lognormal(np.log(140), 0.45, count), 30, 800).astype(np.int64),
        "simulated_from": [spec.first_day] * count,
        "simulated_until": [spec.until] * count,
        "seed": [spec.seed] * count,
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in LISTENERS_SCHEMA], schema=LISTENERS_SCHEMA)


def genre_column(catalogue: pa.Table) -> pa.ChunkedArray:
    """The catalogue's genre with UNKNOWN_GENRE for none."""
    return pc.fill_null(catalogue["genre"], UNKNOWN_GENRE)


def _genre_weights(catalogue: pa.Table) -> tuple[list[str], NDArray[np.float64]]:
    """Genres by name, and their shares of the catalogue's rows."""
    if catalogue.num_rows == 0:
        raise InvalidCatalogueError("the catalogue is empty: there is nothing to listen to")
    counts = pa.table({"genre": genre_column(catalogue)}).group_by("genre").aggregate([([], "count_all")])
    counts = counts.sort_by("genre")
    weights = counts["count_all"].to_numpy().astype(np.float64)
    return counts["genre"].to_pylist(), weights / weights.sum()


def _display_names(rng: np.random.Generator, homes: NDArray[np.int64], seed: int) -> list[str]:
    pools: dict[str, tuple[list[str], list[str]]] = {}
    for locale in sorted({home[2] for home in HOMES}):
        faker = Faker(locale)
        faker.seed_instance(f"{seed}-{locale}")
        first = [faker.first_name() for _ in range(NAMES_PER_LOCALE)]
        last = [faker.last_name() for _ in range(NAMES_PER_LOCALE)]
        pools[locale] = (first, last)
    picks = rng.integers(0, NAMES_PER_LOCALE, (len(homes), 2))
    names: list[str] = []
    for home, (first_pick, last_pick) in zip(homes, picks, strict=True):
        first, last = pools[HOMES[home][2]]
        names.append(f"{first[first_pick]} {last[last_pick]}")
    return names


def _address_name(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join("".join(letter for letter in word if letter.isalnum()) for word in ascii_name.lower().split())


def _sparse_tastes(tastes: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.where(tastes >= np.minimum(LEAST_TASTE, tastes.max(axis=1, keepdims=True)), tastes, 0.0)
    return kept / kept.sum(axis=1, keepdims=True)


def _taste_as_json(genres: list[str], taste: NDArray[np.float64]) -> str:
    """Weights by genre, the favourite first; six decimals keep the sum within 1e-4 of 1."""
    order = np.argsort(-taste, kind="stable")
    return json.dumps({genres[i]: round(float(taste[i]), 6) for i in order if taste[i] > 0}, ensure_ascii=False)
