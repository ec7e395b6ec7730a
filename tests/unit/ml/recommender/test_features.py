from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from ml.errors import InconsistentInputError
from ml.recommender.feature_sets import FeatureSet, hybrid_features, scale_rows
from ml.recommender.features import CONSTANT_FEATURE, build_item_features, feature_matrix
from ml.recommender.interactions import sorted_item_ids
from tests.unit.ml.recommender.samples import AUDIO, track, tracks_table, without_week
from tunegenie_assets.schemas.recommender import ITEM_FEATURES


def features_of(table: pa.Table) -> dict[str, set[str]]:
    result: dict[str, set[str]] = {}
    for row in build_item_features(table).to_pylist():
        result.setdefault(row["track_id"], set()).add(row["feature"])
    return result


def test_a_track_that_is_known_well_has_every_kind_of_feature() -> None:
    table = tracks_table(
        track("x", artist_id="ada", primary_genre="indie pop", release_year=1994, popularity=67, energy=0.5)
    )
    assert build_item_features(table).schema.equals(without_week(ITEM_FEATURES))
    assert features_of(table) == {
        "x": {"any:track", "artist:ada", "genre:indie pop", "decade:1990s", "popularity:60", "energy:4"}
    }


def test_a_track_of_which_nothing_is_known_has_the_constant_feature_alone() -> None:
    table = tracks_table(
        track("x", artist_id=None, primary_genre="unclassified"), track("y", artist_id=None, primary_genre=None)
    )
    assert features_of(table) == {"x": {CONSTANT_FEATURE}, "y": {CONSTANT_FEATURE}}


def test_audio_features_become_quintiles_and_equal_values_share_one() -> None:
    table = tracks_table(*[track(f"t{n}", energy=float(n), valence=0.5) for n in range(10)], track("none"))
    found = features_of(table)
    buckets = [next(name for name in found[f"t{n}"] if name.startswith("energy:")) for n in range(10)]
    assert buckets == [f"energy:{n // 2}" for n in range(10)]
    assert len({name for n in range(10) for name in found[f"t{n}"] if name.startswith("valence:")}) == 1
    assert not any(name.startswith(("energy:", "valence:")) for name in found["none"])


values = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=False, width=32))


@given(rows=st.lists(st.tuples(values, values, st.one_of(st.none(), st.integers(-10, 3000))), min_size=1, max_size=12))
def test_whatever_is_missing_no_weight_is_nan_and_no_track_without_feature(
    rows: list[tuple[float | None, float | None, int | None]],
) -> None:
    table = tracks_table(*[track(f"t{n}", energy=a, tempo=b, release_year=year) for n, (a, b, year) in enumerate(rows)])
    result = build_item_features(table)
    assert result["feature"].null_count == 0
    assert np.isfinite(result["weight"].to_numpy()).all()
    assert (result["weight"].to_numpy() > 0).all()
    assert not any("nan" in name for name in result["feature"].to_pylist())
    ids = sorted_item_ids(table)
    matrix = feature_matrix(result, ids, np.ones(len(ids), dtype=bool))
    assert np.isfinite(hybrid_features(matrix, FeatureSet()).data).all()


def test_items_nobody_played_have_no_identity_column() -> None:
    table = tracks_table(track("a"), track("b"), track("c"))
    ids = sorted_item_ids(table)
    matrix = feature_matrix(build_item_features(table), ids, np.array([True, False, True]))
    assert matrix.identity_items.tolist() == [0, 2]
    weights = hybrid_features(matrix, FeatureSet())
    assert weights.shape == (3, 2 + len(matrix.feature_names))
    identity = weights[:, :2].toarray() > 0
    assert identity.tolist() == [[True, False], [False, False], [False, True]]


def test_rows_lie_between_normalised_and_raw_so_that_cold_items_keep_their_embedding() -> None:
    table = tracks_table(track("cold", **dict.fromkeys(AUDIO, 0.5)), track("warm", **dict.fromkeys(AUDIO, 0.5)))
    ids = sorted_item_ids(table)
    features = build_item_features(table)
    matrix = feature_matrix(features, ids, np.array([False, True]))
    raw = features.to_pandas().groupby("track_id")["weight"].sum().to_numpy()
    sums = np.asarray(hybrid_features(matrix, FeatureSet()).sum(axis=1)).ravel()
    np.testing.assert_allclose(sums, raw**0.25 + np.array([0, 1]), rtol=1e-6)
    assert 1 < sums[0] < raw[0]


def test_scaling_keeps_the_proportions_within_a_row() -> None:
    scaled = scale_rows(sparse.csr_matrix([[4.0, 12.0], [0.0, 0.0], [0.0, 1.0]]), 0.25).toarray()
    np.testing.assert_allclose(scaled, [[0.5, 1.5], [0.0, 0.0], [0.0, 1.0]])


def test_an_item_without_feature_or_a_weight_that_is_no_number_is_refused() -> None:
    features = build_item_features(tracks_table(track("a")))
    with pytest.raises(InconsistentInputError, match="1 tracks have no feature, for example b"):
        feature_matrix(features, np.array(["a", "b"]), np.array([True, True]))
    broken = features.set_column(2, "weight", pa.array([float("nan")] * features.num_rows))
    with pytest.raises(InconsistentInputError, match="positive numbers"):
        feature_matrix(broken, np.array(["a"]), np.array([True]))
