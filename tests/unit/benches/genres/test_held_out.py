from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benches.genres.held_out import (
    NONE,
    Guesses,
    Score,
    World,
    difference,
    macro_f1,
    majority,
    nearest,
    ours,
    rules,
    rules_else_majority,
    score,
)
from benches.genres.invented import invented_world
from ml.genres.inference import Labels


@pytest.fixture(scope="module")
def world() -> World:
    return invented_world(400, 80, 6_000, families=5)


def test_what_is_hidden_is_not_seen_and_the_world_stays_whole(world: World) -> None:
    seen, hidden = world.hide(3)
    assert 80 < len(hidden) < 160
    assert not seen.labels.weights[hidden].any()
    assert world.labels.is_known.all()
    assert np.array_equal(world.hide(3)[1], hidden)
    assert not np.array_equal(world.hide(4)[1], hidden)


def test_only_those_who_may_be_hidden_are(world: World) -> None:
    first_half = np.arange(400) < 200
    _, hidden = replace(world, may_hide=first_half).hide(0)
    assert hidden.max() < 200


def test_inference_is_better_than_the_majority_and_a_neighbour_than_chance(world: World) -> None:
    seeds = range(2)
    inference, usual = score(world, ours, seeds), score(world, majority, seeds)
    assert inference.family_top1 > 0.8
    assert score(world, nearest(10), seeds).family_top1 > usual.family_top1 + 0.2
    middle, low, high = difference(world, inference, usual)
    assert 0.2 < low < middle < high
    assert middle == pytest.approx(inference.family_top1 - usual.family_top1, abs=1e-9)


def test_equals_do_not_differ(world: World) -> None:
    usual = score(world, majority, range(2))
    assert difference(world, usual, usual) == (0.0, 0.0, 0.0)


def test_rules_know_names_and_take_the_popular_for_pop() -> None:
    labels = Labels(("jazz", "pop", "rock"), np.eye(3)[[2, 2, 2, 2]])
    popularity = np.array([1.0, 1.0, 1.0, 9.0])
    world = World("four", ["Ada Jazz Band", "Bob", "Cy", "Di"], labels, popularity)
    hidden = np.array([0, 1, 3])
    assert rules(world, hidden).family.tolist() == [0, NONE, 1]
    assert rules_else_majority(world, hidden).family.tolist() == [0, 2, 1]


def test_no_answer_is_wrong_but_is_not_held_against_confidence(world: World) -> None:
    def silent(_: World, hidden: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Guesses:
        return Guesses(np.full(len(hidden), NONE), np.zeros(len(hidden)))

    found = score(world, silent, range(1))
    assert isinstance(found, Score)
    assert (found.family_top1, found.macro_f1, found.coverage, found.calibration_error) == (0.0, 0.0, 0.0, 0.0)


def test_rare_families_count_as_much_as_others() -> None:
    truth = np.array([0] * 8 + [1, 1])
    assert macro_f1(np.zeros(10, dtype=np.int64), truth) == pytest.approx((2 * 8 / 18 + 0) / 2)
    assert macro_f1(truth, truth) == 1.0
