from __future__ import annotations

import numpy as np
import pytest

from benches.merge.truth import BEGIN, MINUTE, SECOND, YEAR, YEARS
from tests.unit.benches.merge.conftest import SEED, World, invent


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    again = invent(SEED)
    assert again.catalogue.title == world.catalogue.title
    np.testing.assert_array_equal(again.plays.start, world.plays.start)
    for name, file in world.files.items():
        for (member, records), (other_member, other) in zip(file.members, again.files[name].members, strict=True):
            assert member == other_member
            assert records.rows.equals(other.rows)


def test_another_seed_gives_another_world(world: World) -> None:
    assert not np.array_equal(invent(SEED + 1).plays.start, world.plays.start)


def test_plays_follow_one_another_and_overlap_by_a_crossfade_at_most(world: World) -> None:
    plays = world.plays
    assert (np.diff(plays.start) > 0).all()
    overlap = plays.end[:-1] - plays.start[1:]
    assert (overlap[plays.crossfaded[:-1]] > 0).all()
    assert overlap.max() <= 12 * SECOND
    assert (overlap[~plays.crossfaded[:-1]] <= 0).all()


def test_a_play_is_never_longer_than_its_track_and_pauses_are_not_played(world: World) -> None:
    plays, length = world.plays, world.catalogue.duration_ms[world.plays.track]
    assert (plays.ms_played >= SECOND).all()
    assert (plays.ms_played <= length).all()
    np.testing.assert_array_equal(plays.ms_played[plays.done], length[plays.done])
    pause = plays.end - plays.start - plays.ms_played
    assert (pause >= 0).all()
    assert (pause <= 30 * MINUTE).all()
    assert (pause > 0).any()


def test_everything_that_makes_merging_hard_is_there(world: World) -> None:
    plays = world.plays
    assert plays.start.min() >= BEGIN
    assert plays.start.max() < BEGIN + (YEARS + 1) * YEAR
    for flag in (plays.in_loop, plays.offline, plays.incognito, plays.crossfaded):
        assert 0.002 < flag.mean() < 0.2
    assert (plays.ms_played < 30 * SECOND).mean() > 0.2
    short_loops = plays.in_loop & (world.catalogue.duration_ms[plays.track] < 50 * SECOND)
    assert short_loops.sum() > 10


def test_offline_plays_of_a_session_are_synced_together_and_later(world: World) -> None:
    plays = world.plays
    assert (plays.synced[plays.offline] > plays.end[plays.offline]).all()
    np.testing.assert_array_equal(plays.synced[~plays.offline], plays.end[~plays.offline])
    assert len(np.unique(plays.synced[plays.offline])) < plays.offline.sum() / 2


@pytest.mark.parametrize("piece", [",", '"', "é", "&", "(feat. ", "- Remastered", "- Live"])
def test_names_hold_what_breaks_formats_and_rules(world: World, piece: str) -> None:
    assert any(piece in name for name in (*world.catalogue.title, *world.catalogue.artist))


def test_some_recordings_have_two_ids_and_some_titles_two_artists(world: World) -> None:
    catalogue = world.catalogue
    assert len(set(catalogue.spotify_id)) == len(catalogue)
    assert len(np.unique(catalogue.recording)) < len(catalogue)
    other = np.flatnonzero(catalogue.sibling != np.arange(len(catalogue)))
    same_title = [n for n in other if catalogue.title[n] == catalogue.title[catalogue.sibling[n]]]
    assert any(catalogue.artist[n] != catalogue.artist[catalogue.sibling[n]] for n in same_title)
