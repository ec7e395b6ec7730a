from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.errors import InvalidCatalogueError, InvalidListenersError
from ml.listeners import plays as plays_module
from ml.listeners.catalogue import CATALOGUE_SCHEMA, generate_catalogue
from ml.listeners.plays import simulate_plays
from ml.listeners.population import PopulationSpec, simulate_listeners
from tests.unit.ml.listeners.conftest import FIRST_DAY, UNTIL
from tunegenie_assets.schemas.catalogue import SYNTHETIC_PLAYS

DAYS = (UNTIL - FIRST_DAY).days


@pytest.fixture(scope="module")
def plays(listeners: pa.Table, catalogue: pa.Table) -> pa.Table:
    return simulate_plays(listeners, catalogue, FIRST_DAY, UNTIL)


@pytest.fixture(scope="module")
def frame(plays: pa.Table, listeners: pa.Table, catalogue: pa.Table) -> pd.DataFrame:
    """The plays in the order each listener heard them, with zone and duration, and the silence before each."""
    frame = plays.to_pandas().sort_values(["listener_id", "started_at"], ignore_index=True)
    frame = frame.merge(listeners.select(["listener_id", "timezone"]).to_pandas(), on="listener_id")
    frame = frame.merge(catalogue.select(["track_id", "duration_ms", "genre"]).to_pandas(), on="track_id")
    frame = frame.sort_values(["listener_id", "started_at"], ignore_index=True)
    frame["silence_s"] = (frame["started_at"] - frame.groupby("listener_id")["ended_at"].shift()).dt.total_seconds()
    return frame


def test_has_the_columns_of_the_plays_and_no_null_where_one_is_required(plays: pa.Table) -> None:
    assert plays.schema.equals(SYNTHETIC_PLAYS.arrow_schema)
    assert plays.num_rows > 10_000
    assert all(plays[name].null_count == 0 for name in SYNTHETIC_PLAYS.required_columns)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(-3, DAYS + 3), min_size=3, max_size=3).map(sorted))
def test_a_window_equals_its_parts(listeners: pa.Table, catalogue: pa.Table, cuts: list[int]) -> None:
    a, b, c = (FIRST_DAY + timedelta(days=cut) for cut in cuts)
    parts = [simulate_plays(listeners, catalogue, a, b), simulate_plays(listeners, catalogue, b, c)]
    assert simulate_plays(listeners, catalogue, a, c).equals(pa.concat_tables(parts))


def test_the_order_of_rows_of_the_inputs_does_not_matter(
    listeners: pa.Table, catalogue: pa.Table, plays: pa.Table
) -> None:
    rng = np.random.default_rng(1)
    doubled = pa.concat_tables([catalogue, catalogue])
    mixed_listeners = listeners.take(rng.permutation(listeners.num_rows))
    mixed_catalogue = doubled.take(rng.permutation(doubled.num_rows))
    assert simulate_plays(mixed_listeners, mixed_catalogue, FIRST_DAY, UNTIL).equals(plays)


def test_a_listener_hears_the_same_alone_as_among_others(
    listeners: pa.Table, catalogue: pa.Table, plays: pa.Table
) -> None:
    alone = simulate_plays(listeners.slice(17, 1), catalogue, FIRST_DAY, UNTIL)
    listener_id = listeners["listener_id"][17].as_py()
    assert alone.num_rows > 100
    assert alone.equals(plays.filter(pc.field("listener_id") == listener_id))


def test_blocks_and_runs_change_nothing_to_the_millisecond(
    catalogue: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, until = FIRST_DAY, FIRST_DAY + timedelta(days=20)
    listeners = simulate_listeners(PopulationSpec(400, 5, first, until), catalogue)
    whole = simulate_plays(listeners, catalogue, first, until)
    for listener_days in (7, 100, 100_000):
        monkeypatch.setattr(plays_module, "LISTENER_DAYS", listener_days)
        assert simulate_plays(listeners, catalogue, first, until).equals(whole)
    days = [first + timedelta(days=day) for day in range(20)]
    by_day = [simulate_plays(listeners, catalogue, day, day + timedelta(days=1)) for day in days]
    assert pa.concat_tables(by_day).equals(whole)


def test_a_longer_simulation_holds_the_shorter_one(catalogue: pa.Table) -> None:
    """Other first and last days, other releases after them: what lies in both is the same."""
    short, long = (date(2025, 3, 10), date(2025, 3, 20)), (date(2025, 2, 1), date(2025, 4, 1))
    plays = []
    for first, until in (short, long):
        tracks = generate_catalogue(3, artists=300, released_before=until)
        listeners = simulate_listeners(PopulationSpec(50, 5, first, until), tracks)
        plays.append(simulate_plays(listeners, tracks, *short))
    assert plays[0].num_rows > 5000
    assert plays[0].equals(plays[1])


def test_nothing_is_heard_before_it_is_released_and_new_releases_are(listeners: pa.Table) -> None:
    first, until = date(2025, 3, 1), date(2025, 6, 1)
    longer = listeners.set_column(
        listeners.column_names.index("simulated_until"), "simulated_until", pa.array([until] * listeners.num_rows)
    )
    catalogue = generate_catalogue(3, artists=600, released_before=until)
    frame = simulate_plays(longer, catalogue, first, until).to_pandas()
    frame = frame.merge(catalogue.select(["track_id", "release_date"]).to_pandas(), on="track_id")
    released = pd.to_datetime(frame["release_date"])
    assert (released <= frame["started_at"] + timedelta(days=1)).all()
    new = (frame["started_at"] - released).dt.days < 90
    assert 0.005 < new.mean() < 0.3


def test_songs_are_heard_from_single_and_album(frame: pd.DataFrame) -> None:
    songs = frame.groupby(["listener_id", "artist_name", "track_name"])["track_id"].nunique()
    assert (songs > 1).sum() > 20


def test_every_play_lies_on_its_utc_day_within_the_window(plays: pa.Table) -> None:
    assert plays["started_at"].cast(pa.date32()).equals(plays["play_date"])
    days = set(plays["play_date"].to_pylist())
    assert days == {FIRST_DAY + timedelta(days=day) for day in range(DAYS)}


def test_nothing_is_played_outside_the_simulated_window(listeners: pa.Table, catalogue: pa.Table) -> None:
    before = simulate_plays(listeners, catalogue, FIRST_DAY - timedelta(days=9), FIRST_DAY)
    assert before.num_rows == 0
    assert before.schema.equals(SYNTHETIC_PLAYS.arrow_schema)
    assert simulate_plays(listeners, catalogue, FIRST_DAY, FIRST_DAY).num_rows == 0


def test_plays_of_a_listener_never_overlap_not_even_over_midnight(frame: pd.DataFrame) -> None:
    assert frame["silence_s"].min() >= 0
    over_midnight = frame["started_at"].dt.date != frame["ended_at"].dt.date
    assert over_midnight.sum() > 20


def test_lengths_and_reasons_agree(frame: pd.DataFrame) -> None:
    lasted_ms = (frame["ended_at"] - frame["started_at"]).to_numpy().astype("timedelta64[ms]").astype(int)
    assert (lasted_ms == frame["ms_played"].to_numpy()).all()
    done = frame["reason_end"] == "trackdone"
    assert (frame.loc[done, "ms_played"] == frame.loc[done, "duration_ms"]).all()
    assert (frame.loc[~done, "ms_played"] < frame.loc[~done, "duration_ms"]).all()
    assert frame["ms_played"].min() > 0
    assert not (frame["skipped"] & done).any()
    assert frame.loc[frame["reason_end"] == "fwdbtn", "skipped"].all()


def test_what_ends_a_play_starts_the_next(frame: pd.DataFrame) -> None:
    within = frame["silence_s"] < 1500
    before = frame["reason_end"].shift()[within].replace("endplay", "clickrow")
    assert (before == frame.loc[within, "reason_start"]).all()
    opening = frame["silence_s"] > 1800
    assert set(frame.loc[opening, "reason_start"]) <= {"clickrow", "appload", "playbtn"}


def test_figures_are_near_those_of_real_histories(frame: pd.DataFrame) -> None:
    """The ranges of three real histories, a little widened for so small a population."""
    session = (frame["silence_s"].isna() | (frame["silence_s"] > 1800)).cumsum()
    of_listener = frame.groupby("listener_id")
    figures = {
        "share under 30 s": ((frame["ms_played"] < 30_000).mean(), 0.31, 0.47),
        "share of trackdone": ((frame["reason_end"] == "trackdone").mean(), 0.13, 0.60),
        "share heard before": (frame.duplicated(["listener_id", "track_id"]).mean(), 0.60, 0.88),
        "median of a session": (session.value_counts().median(), 6, 12),
        "same artist": ((frame["artist_name"] == of_listener["artist_name"].shift()).mean(), 0.13, 0.28),
        "same track": ((frame["track_id"] == of_listener["track_id"].shift()).mean(), 0.03, 0.09),
        "weekend": ((frame["started_at"].dt.dayofweek >= 5).mean(), 0.20, 0.30),
    }
    outside = {name: value for name, (value, low, high) in figures.items() if not low <= value <= high}
    assert not outside


def test_listeners_sleep_in_their_own_zone(frame: pd.DataFrame) -> None:
    hours = pd.concat(
        [
            group["started_at"].dt.tz_localize("UTC").dt.tz_convert(str(zone)).dt.hour
            for zone, group in frame.groupby("timezone")
        ]
    )
    assert hours.between(4, 5).mean() < 0.03
    assert hours.between(14, 19).mean() > 0.25


def test_a_listener_mostly_plays_what_the_taste_says(frame: pd.DataFrame, listeners: pa.Table) -> None:
    favourite = frame.merge(listeners.select(["listener_id", "favourite_genre"]).to_pandas(), on="listener_id")
    by_listener = (favourite["genre"] == favourite["favourite_genre"]).groupby(favourite["listener_id"]).mean()
    assert by_listener.median() > 0.3


def test_a_real_catalogue_with_gaps_works_the_same(listeners: pa.Table) -> None:
    genres = ["pop", "rock", "hip hop", "electronic", "indie", "r&b", None] * 20
    gaps: dict[str, list[object]] = {
        "track_id": [f"t{number:03d}" for number in range(140)],
        "track_name": ["Title"] * 140,
        "artist_name": [f"Artist {number % 35}" for number in range(140)],
        "artist_names": ["Artist"] * 140,
        "genre": list(genres),
        "origin": ["file"] * 140,
    }
    columns = [pa.array(gaps.get(field.name, [None] * 140), field.type) for field in CATALOGUE_SCHEMA]
    catalogue = pa.table(columns, schema=CATALOGUE_SCHEMA)
    some = listeners.set_column(
        listeners.column_names.index("taste"), "taste", pa.array(['{"pop": 0.7, "unclassified": 0.3}'] * 60)
    )
    plays = simulate_plays(some, catalogue, FIRST_DAY, FIRST_DAY + timedelta(days=3))
    genre_of = dict(zip(gaps["track_id"], genres, strict=True))
    played = [genre_of[track_id] for track_id in plays["track_id"].to_pylist()]
    # The rest are phases, in which listeners try what is not to their taste.
    assert sum(genre in ("pop", None) for genre in played) > 0.8 * len(played)
    assert played.count("pop") > played.count(None) > 0
    assert plays["album_name"].null_count == plays.num_rows


def test_inputs_that_fit_no_population_are_refused(listeners: pa.Table, catalogue: pa.Table) -> None:
    day, next_day = FIRST_DAY, FIRST_DAY + timedelta(days=1)
    strange = listeners.set_column(listeners.column_names.index("taste"), "taste", pa.array(['{"polka": 1.0}'] * 60))
    seeds = listeners.set_column(listeners.column_names.index("seed"), "seed", pa.array([*range(60)]))
    with pytest.raises(InvalidListenersError, match="names no genre"):
        simulate_plays(strange, catalogue, day, next_day)
    with pytest.raises(InvalidListenersError, match="several populations"):
        simulate_plays(seeds, catalogue, day, next_day)
    with pytest.raises(InvalidListenersError, match="no simulated listeners"):
        simulate_plays(listeners.slice(0, 0), catalogue, day, next_day)
    with pytest.raises(InvalidCatalogueError, match="empty"):
        simulate_plays(listeners, catalogue.slice(0, 0), day, next_day)
    with pytest.raises(ValueError, match="after its end"):
        simulate_plays(listeners, catalogue, date(2025, 3, 3), date(2025, 3, 2))
