"""Who the simulated listeners are: profile, taste and habits, one row per listener.

What they play is `ml.listeners.plays`; it reads everything it needs from the table made here and from the catalogue.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker
from scipy.special import gammaincinv

from ml.errors import InvalidCatalogueError
from ml.listeners.chance import Draw, Floats, Integers, Keys, derived, keys_of, normal, two_uniforms, uniform

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
        ("active_share", pa.float64()),
        ("sessions_per_day", pa.float64()),
        ("session_length", pa.float64()),
        ("skip_rate", pa.float64()),
        ("finish_rate", pa.float64()),
        ("explore_rate", pa.float64()),
        ("memory_days", pa.float64()),
        ("loyalty", pa.float64()),
        ("same_artist_rate", pa.float64()),
        ("same_track_rate", pa.float64()),
        ("shuffle_rate", pa.float64()),
        ("peak_hour", pa.float64()),
        ("hour_spread", pa.float64()),
        ("weekend_factor", pa.float64()),
        ("platform", pa.string()),
        ("simulated_from", pa.date32()),
        ("simulated_until", pa.date32()),
        ("seed", pa.int64()),
    ]
)
PLATFORMS = ("android", "ios", "windows", "osx", "web_player", "cast to device")
PLATFORM_SHARES = (0.34, 0.30, 0.14, 0.09, 0.08, 0.05)

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

LONGEST_MEMBERSHIP = 3650
"""Accounts were opened up to so many days before the simulation begins."""
TASTES_AS_OF = date(2015, 1, 1)
"""Genres weigh in tastes by what was out on this day: whatever is simulated until when, a taste is the same."""
SPARSE_TASTE = 3.0
"""Concentration of the Dirichlet distribution of tastes: small, so that two to four genres carry most of a taste."""
LEAST_TASTE = 0.01
"""Genres below this weight are dropped from a taste."""


@dataclass(frozen=True)
class Trait:
    """How a habit differs between listeners: normal on a logarithmic scale, or on that of log odds for shares."""

    middle: float
    spread: float
    least: float
    most: float
    is_share: bool = True

    def of(self, uniforms: Floats) -> Floats:
        """The habit of the listener at each place of the population, from 0 to 1."""
        scale = np.log(self.middle / (1 - self.middle)) if self.is_share else np.log(self.middle)
        drawn = np.exp(scale + self.spread * normal(uniforms))
        return np.round(np.clip(drawn / (1 + drawn) if self.is_share else drawn, self.least, self.most), 4)


# Fitted so that the plays have the ranges of real histories: benches/realism says how well.
TRAITS = {
    "active_share": Trait(0.62, 0.7, 0.1, 0.98),
    "sessions_per_day": Trait(1.9, 0.16, 1.05, 6.0, is_share=False),
    "session_length": Trait(16.4, 0.26, 3.0, 60.0, is_share=False),
    "skip_rate": Trait(0.39, 0.5, 0.05, 0.85),
    "finish_rate": Trait(0.6, 1.4, 0.05, 0.98),
    "explore_rate": Trait(0.183, 0.45, 0.01, 0.6),
    "memory_days": Trait(900.0, 0.5, 60.0, 2500.0, is_share=False),
    "loyalty": Trait(0.2, 2.4, 0.02, 0.75),
    "same_artist_rate": Trait(0.13, 0.6, 0.0, 0.6),
    "same_track_rate": Trait(0.045, 0.7, 0.0, 0.4),
    "shuffle_rate": Trait(0.45, 1.0, 0.0, 1.0),
    "hour_spread": Trait(3.6, 0.4, 1.0, 9.0, is_share=False),
    "weekend_factor": Trait(0.94, 0.14, 0.4, 1.6, is_share=False),
}


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
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"the seed must lie between 0 and {2**63 - 1}: {self.seed}")
        if self.first_day >= self.until:
            raise ValueError(f"the first day {self.first_day} must lie before the end {self.until}")


def simulate_listeners(spec: PopulationSpec, catalogue: pa.Table) -> pa.Table:
    """The population of `spec`, one row per listener, with tastes over the genres of `catalogue`.

    Names come from Faker, addresses lie in example.org, which is reserved for examples. Habits differ between
    listeners as they do between people, see TRAITS. A listener is the same in a larger population.

    Raises:
        InvalidCatalogueError: the catalogue has no row.
    """
    count = spec.listeners
    ids = [f"sim-{number:05d}" for number in range(1, count + 1)]
    keys = keys_of(spec.seed, ids)
    genres, weights = _genre_weights(catalogue)
    homes = _places(uniform(keys, Draw.HOME), [home[3] for home in HOMES])
    names = _display_names(keys, homes, spec.seed)
    tastes = _sparse_tastes(keys, SPARSE_TASTE * weights + 0.02)
    days_since_joined = 1 + (uniform(keys, Draw.JOINED) * LONGEST_MEMBERSHIP).astype(np.int64)
    traits = {
        name: trait.of(uniform(derived(keys, Draw.TRAIT, number), Draw.TRAIT))
        for number, (name, trait) in enumerate(TRAITS.items())
    }
    columns: Mapping[str, object] = {
        "listener_id": ids,
        "display_name": names,
        "email": [f"{_address_name(name)}.{number}@example.org" for number, name in enumerate(names, start=1)],
        "country": [HOMES[home][0] for home in homes],
        "timezone": [HOMES[home][1] for home in homes],
        "joined_date": np.datetime64(spec.first_day) - days_since_joined,
        "favourite_genre": [genres[best] for best in tastes.argmax(axis=1)],
        "taste": [_taste_as_json(genres, taste) for taste in tastes],
        "peak_hour": np.round(np.clip(17.0 + 3.0 * normal(uniform(keys, Draw.HOUR)), 7.0, 23.5), 4),
        "platform": np.array(PLATFORMS)[_places(uniform(keys, Draw.PLATFORM), PLATFORM_SHARES)],
        "simulated_from": [spec.first_day] * count,
        "simulated_until": [spec.until] * count,
        "seed": [spec.seed] * count,
    } | traits
    return pa.table([pa.array(columns[field.name], field.type) for field in LISTENERS_SCHEMA], schema=LISTENERS_SCHEMA)


def genre_column(catalogue: pa.Table) -> pa.ChunkedArray:
    """The catalogue's genre with UNKNOWN_GENRE for none."""
    return pc.fill_null(catalogue["genre"], UNKNOWN_GENRE)


def _genre_weights(catalogue: pa.Table) -> tuple[list[str], Floats]:
    """Genres by name, and their shares of the rows that were out at TASTES_AS_OF; of all where none was."""
    if catalogue.num_rows == 0:
        raise InvalidCatalogueError("the catalogue is empty: there is nothing to listen to")
    out = catalogue.filter((pc.field("release_date") < TASTES_AS_OF.isoformat()) | pc.field("release_date").is_null())
    rows = out if out.num_rows else catalogue
    counts = pa.table({"genre": genre_column(rows)}).group_by("genre").aggregate([([], "count_all")])
    counts = counts.sort_by("genre")
    weights = counts["count_all"].to_numpy().astype(np.float64)
    return counts["genre"].to_pylist(), weights / weights.sum()


def _places(uniforms: Floats, shares: Sequence[float]) -> Integers:
    """Which of the shares each number falls into."""
    return np.searchsorted(np.cumsum(shares) / np.sum(shares), uniforms, side="right")


def _display_names(keys: Keys, homes: Integers, seed: int) -> list[str]:
    pools: dict[str, tuple[list[str], list[str]]] = {}
    for locale in sorted({home[2] for home in HOMES}):
        faker = Faker(locale)
        faker.seed_instance(f"{seed}-{locale}")
        first = [faker.first_name() for _ in range(NAMES_PER_LOCALE)]
        last = [faker.last_name() for _ in range(NAMES_PER_LOCALE)]
        pools[locale] = (first, last)
    picks = (np.stack(two_uniforms(keys, Draw.NAME), axis=1) * NAMES_PER_LOCALE).astype(np.int64)
    names: list[str] = []
    for home, (first_pick, last_pick) in zip(homes, picks, strict=True):
        first, last = pools[HOMES[home][2]]
        names.append(f"{first[first_pick]} {last[last_pick]}")
    return names


def _address_name(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join("".join(letter for letter in word if letter.isalnum()) for word in ascii_name.lower().split())


def _sparse_tastes(keys: Keys, concentration: Floats) -> Floats:
    """Dirichlet distributed weights, shape (listeners, genres), the smallest left out: gamma variates by inversion."""
    genre = np.arange(len(concentration))
    uniforms = uniform(derived(keys[:, None], Draw.TASTE, genre[None, :]), Draw.TASTE)
    tastes = gammaincinv(concentration, np.maximum(uniforms, 1e-12))
    tastes /= tastes.sum(axis=1, keepdims=True)
    kept = np.where(tastes >= np.minimum(LEAST_TASTE, tastes.max(axis=1, keepdims=True)), tastes, 0.0)
    return kept / kept.sum(axis=1, keepdims=True)


def _taste_as_json(genres: list[str], taste: Floats) -> str:
    """Weights by genre, the favourite first; six decimals keep the sum within 1e-4 of 1."""
    order = np.argsort(-taste, kind="stable")
    return json.dumps({genres[i]: round(float(taste[i]), 6) for i in order if taste[i] > 0}, ensure_ascii=False)
