"""Simulated listeners, their past, and what they went on to play: who is right about the future?

The split is by time for all at once. Relevant is what was new to a listener after it; everything unknown is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benches.recommender.lineup import PUBLISHED, QUICK_HYBRID
from benches.recommender.running import Bench, Results
from benches.recommender.splits import Task
from benches.report import Size as BenchSize
from ml.genres.gathering import CATALOGUE
from ml.listeners.catalogue import generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from ml.recommender.early_stopping import new_to_listeners
from ml.recommender.ease import Ease, EaseSettings
from ml.recommender.evaluation import temporal_split
from ml.recommender.features import AUDIO_FEATURES, build_item_features, feature_matrix
from ml.recommender.genres import genre_shares
from ml.recommender.interactions import build_interactions, interaction_matrix, sorted_item_ids
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.own_history import OwnHistory
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import StoredCandidate
from ml.recommender.published import EASE_WITH_FEATURES, FEW_REGULARISATION, NEIGHBOURS, OWN, Size, published
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy

UNTIL = date(2025, 1, 1)


@dataclass(frozen=True)
class Plan:
    listeners: int
    days: int
    seeds: range
    """No choice was made on these."""


PLANS: Mapping[BenchSize, Plan] = {"full": Plan(300, 365, range(11, 14)), "small": Plan(40, 30, range(11, 12))}


def tracks_of(catalogue: pa.Table) -> pa.Table:
    """What the recommender knows of tracks; an artist is known by its name. A track may stand in several playlists."""
    first = catalogue.group_by("track_id", use_threads=False).aggregate(
        [(name, "first") for name in ("artist_name", "genre", "release_date", "popularity", *AUDIO_FEATURES)]
    )
    year = first["release_date_first"].to_pandas().str[:4]
    columns = {
        "track_id": first["track_id"],
        "artist_id": pc.utf8_lower(first["artist_name_first"]),  # pyright: ignore[reportAttributeAccessIssue]  # made at import
        "primary_genre": first["genre_first"],
        "release_year": pa.array(pd.to_numeric(year), pa.int64(), from_pandas=True),
        "popularity": first["popularity_first"],
    }
    return pa.table(columns | {name: first[f"{name}_first"] for name in AUDIO_FEATURES})


def simulated_plays(catalogue: pa.Table, listeners: int, first: date, until: date, seed: int) -> pa.Table:
    """What the recommender knows of plays; licence class, and the length of the tracks, included."""
    people = simulate_listeners(PopulationSpec(listeners, seed, first, until), catalogue)
    plays = simulate_plays(people, catalogue, first, until)
    plays = plays.select(["listener_id", "track_id", "artist_name", "started_at", "ms_played", "skipped"])
    lengths = catalogue.group_by("track_id").aggregate([("duration_ms", "max")])
    lengths = lengths.rename_columns({"duration_ms_max": "duration_ms"})
    licence = pa.array(np.full(plays.num_rows, "synthetic"))
    return plays.append_column("license_class", licence).join(lengths, "track_id")


def shares_of(catalogue: pa.Table) -> pa.Table:
    """GENRE_SHARES of the artists, as the catalogue tells their genres; families are those of the project."""
    lowered = pc.utf8_lower(catalogue["artist_name"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    rows = pa.table({"artist_id": lowered, "genre": catalogue["genre"]}).to_pandas().dropna()
    told = rows.value_counts().rename("weight").astype(float).reset_index().sort_values(["artist_id", "genre"])
    told = told.assign(source=CATALOGUE)
    first = told.sort_values(["artist_id", "weight", "genre"], ascending=[True, False, True])
    first = first.drop_duplicates("artist_id").rename(columns={"genre": "primary_genre"})
    families = {genre: genre_taxonomy().match(genre).family for genre in told["genre"].unique()}
    artists, evidence = (pa.Table.from_pandas(each, preserve_index=False) for each in (first, told))
    return genre_shares(artists, evidence, families)


def task_of(past: pa.Table, later: pa.Table, tracks: pa.Table, shares: pa.Table | None = None) -> Task:
    """What is learnt from the past plays of these tracks, and asked of the later ones."""
    item_ids = sorted_item_ids(tracks)
    known, new = (interaction_matrix(build_interactions(plays), item_ids) for plays in (past, later))
    features = feature_matrix(build_item_features(tracks, shares), item_ids, known.seen_items)
    return Task(known, features, new_to_listeners(known, new), np.ones(len(item_ids), dtype=bool))


def contenders(task: Task) -> dict[str, StoredCandidate]:
    """By name, unfitted."""
    whole = published(Size.of(task.interactions, task.features))
    found: dict[str, StoredCandidate] = {
        "popularity": Popularity(),
        OWN: OwnHistory(),
        NEIGHBOURS: ItemKnn(ItemKnnSettings("tf-idf")),
        QUICK_HYBRID: LightFMHybrid(),
    }
    if EASE_WITH_FEATURES in whole.members:
        found["ease"] = Ease(EaseSettings(FEW_REGULARISATION))
        found[EASE_WITH_FEATURES] = Ease(EaseSettings(FEW_REGULARISATION, feature_times=1.0))
    return found | {PUBLISHED: whole}


def run_population(bench: Bench, size: BenchSize) -> Mapping[int, Results]:
    """By seed of the population and by candidate."""
    plan = PLANS[size]
    found: dict[int, Results] = {}
    for seed in plan.seeds:
        catalogue = generate_catalogue(seed, released_before=UNTIL)
        plays = simulated_plays(catalogue, plan.listeners, UNTIL - timedelta(days=plan.days), UNTIL, seed)
        split = temporal_split(plays)
        label = f"population-{plan.listeners}-{plan.days}-{seed}"
        tasks = {label: task_of(split.train, split.test, tracks_of(catalogue), shares_of(catalogue))}
        found[seed] = {
            name: bench.peer(name, tasks, candidate)[label] for name, candidate in contenders(tasks[label]).items()
        }
    return found
