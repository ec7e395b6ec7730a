from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from ml.errors import ModelFileError, NotFittedError, TrainingDivergedError
from ml.recommender import model_file
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import Candidate
from tests.unit.ml.recommender.samples import matrices, play, plays_table, track, tracks_table, two_camps

QUICK = HybridSettings(components=8, epochs=10)
MODELS: dict[str, type[LightFMHybrid | Popularity]] = {"hybrid": LightFMHybrid, "popularity": Popularity}


@pytest.fixture(scope="module")
def hybrid() -> LightFMHybrid:
    plays, tracks, _ = two_camps()
    model = LightFMHybrid(QUICK)
    model.fit(*matrices(plays, tracks))
    return model


@pytest.fixture(scope="module")
def popularity() -> Popularity:
    plays, tracks, _ = two_camps()
    model = Popularity()
    model.fit(*matrices(plays, tracks))
    return model


def all_scores(model: Candidate) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return model.scores(np.arange(len(model.listener_ids)))


def test_popularity_is_the_share_of_the_listeners_who_know_a_track() -> None:
    model = Popularity()
    plays = plays_table(play("a", "x", 0), play("a", "x", 1), play("b", "x", 2), play("b", "y", 3))
    model.fit(*matrices(plays, tracks_table(track("x"), track("y"), track("z"))))
    assert all_scores(model).tolist() == [[1.0, 0.5, 0.0]] * 2


def test_the_hybrid_prefers_the_genre_of_the_listener(hybrid: LightFMHybrid) -> None:
    scores = all_scores(hybrid)
    is_folk = np.char.startswith(hybrid.item_ids, "folk")
    margin = scores[:, is_folk].mean(axis=1) - scores[:, ~is_folk].mean(axis=1)
    assert (margin[0::2] > 0).all()
    assert (margin[1::2] < 0).all()


def test_a_track_nobody_played_is_scored_from_its_features(hybrid: LightFMHybrid) -> None:
    scores = all_scores(hybrid)
    folk, metal = np.searchsorted(hybrid.item_ids, ["folk-cold", "metal-cold"])
    margin = scores[:, folk] - scores[:, metal]
    assert (margin[0::2] > 0).all()
    assert (margin[1::2] < 0).all()
    assert np.isfinite(scores).all()


def test_one_thread_is_reproducible(hybrid: LightFMHybrid) -> None:
    plays, tracks, _ = two_camps()
    again = LightFMHybrid(QUICK)
    again.fit(*matrices(plays, tracks))
    np.testing.assert_array_equal(all_scores(again), all_scores(hybrid))


def test_scores_follow_the_rows_asked_for(hybrid: LightFMHybrid) -> None:
    np.testing.assert_allclose(hybrid.scores(np.array([3, 1])), all_scores(hybrid)[[3, 1]], rtol=1e-5)
    assert hybrid.scores(np.array([], dtype=np.intp)).shape == (0, len(hybrid.item_ids))


@pytest.mark.parametrize("kind", MODELS)
def test_a_saved_model_scores_the_same(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    model: LightFMHybrid | Popularity = request.getfixturevalue(kind)
    path = tmp_path / "models" / "model.npz"
    model.save(path)
    loaded = MODELS[kind].load(path)
    np.testing.assert_array_equal(all_scores(loaded), all_scores(model))
    np.testing.assert_array_equal(loaded.item_ids, model.item_ids)
    assert [file.name for file in path.parent.iterdir()] == ["model.npz"]


def test_the_header_says_what_made_the_model(hybrid: LightFMHybrid, tmp_path: Path) -> None:
    hybrid.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as archive:
        header = json.loads(str(archive["header"]))
    assert header["format_version"] == 2
    assert header["kind"] == "lightfm_hybrid"
    assert header["library"].startswith("lightfm 1.")


def test_serving_does_not_import_lightfm(hybrid: LightFMHybrid, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    hybrid.save(path)
    program = (
        "import sys, pathlib, numpy as np\n"
        "from ml.recommender.lightfm_hybrid import LightFMHybrid\n"
        "LightFMHybrid.load(pathlib.Path(sys.argv[1])).scores(np.array([0]))\n"
        "sys.exit('lightfm' in sys.modules)\n"
    )
    root = Path(__file__).parents[4]
    assert subprocess.run([sys.executable, "-c", program, str(path)], cwd=root, check=False).returncode == 0


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_refused(kind: str, share: float, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    request.getfixturevalue(kind).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelFileError, match=r"model\.npz"):
        MODELS[kind].load(path)


def test_a_changed_byte_is_refused(hybrid: LightFMHybrid, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    hybrid.save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ModelFileError, match="not a usable model file"):
        LightFMHybrid.load(path)


def test_files_that_are_no_models_are_refused(hybrid: LightFMHybrid, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with pytest.raises(ModelFileError, match="there is no model"):
        LightFMHybrid.load(path)
    path.write_text("not a model")
    with pytest.raises(ModelFileError, match="not a usable model file"):
        LightFMHybrid.load(path)
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ModelFileError, match="single array"):
        LightFMHybrid.load(path)
    hybrid.save(path)
    with pytest.raises(ModelFileError, match="kind lightfm_hybrid, not popularity"):
        Popularity.load(path)


def test_another_format_version_is_refused(
    hybrid: LightFMHybrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_file, "FORMAT_VERSION", 99)
    hybrid.save(tmp_path / "model.npz")
    monkeypatch.undo()
    with pytest.raises(ModelFileError, match="format version 99, this program reads 2"):
        LightFMHybrid.load(tmp_path / "model.npz")


def test_arrays_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    ids = {"listener_ids": np.array(["a"]), "item_ids": np.array(["x", "y"])}
    numbers = {"popularity": np.zeros(3, dtype=np.float32)}
    model_file.write_model(path, model_file.ModelFile("popularity", "numpy", ids, numbers))
    with pytest.raises(ModelFileError, match="damaged"):
        Popularity.load(path)
    model_file.write_model(path, model_file.ModelFile("lightfm_hybrid", "lightfm", ids, numbers))
    with pytest.raises(ModelFileError, match="damaged"):
        LightFMHybrid.load(path)


@pytest.mark.parametrize("model", [LightFMHybrid(), Popularity()])
def test_a_model_that_was_not_fitted_says_so(model: LightFMHybrid | Popularity, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        model.scores(np.array([0]))
    with pytest.raises(NotFittedError):
        model.save(tmp_path / "model.npz")


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_training_that_diverges_is_an_error() -> None:
    plays, tracks, _ = two_camps()
    model = LightFMHybrid(HybridSettings(components=8, epochs=5, learning_rate=1e30))
    with pytest.raises(TrainingDivergedError):
        model.fit(*matrices(plays, tracks))
    with pytest.raises(NotFittedError):
        model.scores(np.array([0]))


def test_features_of_listeners_speak_for_those_who_have_hardly_played() -> None:
    plays, tracks, _ = two_camps()
    newcomer = plays_table(play("newcomer", "metal-00"))
    interactions, features = matrices(pa.concat_tables([plays, newcomer]), tracks)
    is_metal = np.array(
        [listener.startswith("l") and int(listener[1:]) % 2 == 1 for listener in interactions.listener_ids]
    )
    # The newcomer names the taste that those have who play folk.
    taste = sparse.csr_matrix(np.column_stack([is_metal, ~is_metal]).astype(np.float32))
    row = np.flatnonzero(interactions.listener_ids == "newcomer")
    folk = np.array([item.startswith("folk") for item in interactions.item_ids])

    def lean_to_folk(times: float) -> float:
        model = LightFMHybrid(HybridSettings(listener_times=times))
        model.fit(replace(interactions, listener_features=taste), features)
        scores = model.scores(row)[0]
        return float(scores[folk].mean() - scores[~folk].mean())

    assert lean_to_folk(2.0) > lean_to_folk(0.0)
