from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.errors import InconsistentInputError
from ml.genres.inference import INFERRED_FAMILIES_SCHEMA, Inference, Labels, infer_families
from tests.unit.ml.genres import graphs

UNKNOWN = [artist for artist in range(2 * graphs.EACH) if artist % 3 == 0]


def families(found: Inference, artists: list[int]) -> list[str]:
    return [found.families[found.best[artist]] for artist in artists]


def inferred(heard: NDArray[np.float64], known: dict[int, str], names: list[str] | None = None) -> Inference:
    count = len(heard)
    return infer_families(names or graphs.names(count), graphs.labels(known, count), plays=graphs.matrix(heard))


def test_artists_are_of_the_family_of_those_who_share_their_listeners() -> None:
    found = inferred(graphs.communities(), graphs.two_thirds())
    assert families(found, UNKNOWN) == [graphs.FAMILIES[artist // graphs.EACH] for artist in UNKNOWN]
    assert set(found.source[UNKNOWN]) == {"inferred_neighbours"}
    assert found.judged.artists == 16
    assert found.judged.family_top1 == 1.0


def test_who_has_no_listener_and_no_telling_name_stays_unclassified() -> None:
    heard = np.vstack([graphs.communities(), np.zeros((1, 2 * graphs.EACH))])
    found = inferred(heard, graphs.two_thirds())
    assert found.source[-1] == "unclassified"
    assert 2 * graphs.EACH not in found.table()["artist"].to_pylist()


def test_listeners_of_whom_nothing_is_known_are_no_company() -> None:
    # Two artists nobody knows anything of, heard by one listener who hears nobody else.
    heard = np.zeros((2 * graphs.EACH + 2, 2 * graphs.EACH + 1))
    heard[:-2, :-1] = graphs.communities()
    heard[-2:, -1] = 1
    assert list(inferred(heard, graphs.two_thirds()).source[-2:]) == ["unclassified"] * 2


def test_what_everybody_hears_says_little() -> None:
    # Thirty stars of metal that all listeners hear, beside each jazz listener's few artists of jazz.
    stars = np.ones((30, 2 * graphs.EACH))
    heard = np.vstack([graphs.communities(), stars])
    known = graphs.two_thirds() | {2 * graphs.EACH + star: "metal" for star in range(30)}
    found = inferred(heard, known)
    assert families(found, UNKNOWN) == [graphs.FAMILIES[artist // graphs.EACH] for artist in UNKNOWN]


def test_an_artist_is_no_witness_of_itself() -> None:
    # Told to be metal, but in the company of jazz alone: what the others say is jazz.
    known = graphs.two_thirds() | {1: "metal"}
    assert families(inferred(graphs.communities(), known), [1]) == ["jazz"]


def test_a_song_on_repeat_is_no_better_evidence() -> None:
    once = graphs.communities()
    often = once * (1 + np.arange(once.shape[1]))
    assert np.array_equal(
        inferred(once, graphs.two_thirds()).probabilities, inferred(often, graphs.two_thirds()).probabilities
    )


def test_the_same_input_gives_the_same_answer_and_the_input_is_left_as_it_was() -> None:
    heard, known = graphs.matrix(graphs.communities()), graphs.labels(graphs.two_thirds())
    before = heard.copy(), known.weights.copy()
    first, second = (infer_families(graphs.names(), known, plays=heard) for _ in range(2))
    assert first.table().equals(second.table())
    assert np.array_equal(known.weights, before[1])
    assert (heard != before[0]).nnz == 0


def test_words_of_names_are_learnt() -> None:
    telling = [
        f"{chr(0x4E00 + artist)} {'quintett' if artist < graphs.EACH else 'schwarzgrab'}" for artist in range(24)
    ]
    found = inferred(np.zeros((24, 1)), graphs.two_thirds(), telling)
    assert families(found, UNKNOWN) == [graphs.FAMILIES[artist // graphs.EACH] for artist in UNKNOWN]
    assert set(found.source[UNKNOWN]) == {"inferred_name"}


def test_without_any_known_artist_patterns_of_names_are_as_sure_as_they_are_judged() -> None:
    found = infer_families(["Somewhere Jazz Band", "Ada"], graphs.labels({}, 2))
    assert list(found.source) == ["inferred_name", "unclassified"]
    assert (found.families[found.best[0]], found.confidence[0]) == ("jazz", pytest.approx(0.6))


def test_sound_tells_families_apart_and_who_has_none_is_no_worse_off() -> None:
    chance = np.random.default_rng(0)
    is_metal = np.arange(200) % 2
    audio = chance.normal(size=(200, 3)) + 3 * is_metal[:, None]
    audio[-2:] = np.nan
    known = {artist: graphs.FAMILIES[is_metal[artist]] for artist in range(150)}
    found = infer_families(graphs.names(200), graphs.labels(known, 200), audio=audio)
    asked = np.arange(150, 198)
    assert (found.best[asked] == is_metal[asked]).mean() > 0.95
    assert set(found.source[asked]) == {"inferred_audio"}
    assert list(found.source[-2:]) == ["unclassified"] * 2


def test_the_table_has_the_likeliest_family_first_and_what_else_is_likely() -> None:
    heard = graphs.communities()
    heard[0] = heard[1] + heard[-1]  # an artist of both communities
    table = inferred(heard, graphs.two_thirds()).table(least=0.0)
    assert table.schema.equals(INFERRED_FAMILIES_SCHEMA)
    rows = [row for row in table.to_pylist() if row["artist"] == 0]
    assert [row["family"] for row in rows] in (["jazz", "metal"], ["metal", "jazz"])
    assert rows[0]["probability"] >= rows[1]["probability"]
    assert sum(row["probability"] for row in rows) == pytest.approx(1)


@pytest.mark.parametrize("known", [{}, {0: "jazz"}, {0: "jazz", 1: "metal"}])
def test_few_known_artists_are_no_error(known: dict[int, str]) -> None:
    found = inferred(graphs.communities(), known)
    assert np.allclose(found.probabilities.sum(axis=1), 1)
    assert found.judged.artists == len(known)


def test_no_artist_is_no_answer() -> None:
    assert infer_families([], graphs.labels({}, 0)).table().num_rows == 0


def test_inputs_of_other_artists_are_refused() -> None:
    with pytest.raises(InconsistentInputError, match="24 artists have names and 23 rows are plays"):
        infer_families(graphs.names(), graphs.labels({}), plays=graphs.matrix(graphs.communities()[1:]))
    with pytest.raises(InconsistentInputError, match="0 families have 0 columns"):
        infer_families(["Ada"], Labels((), np.zeros((1, 0))))
