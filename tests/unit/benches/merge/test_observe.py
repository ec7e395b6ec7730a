from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa

from benches.merge.observe_spotify import MILLISECONDS_SINCE
from benches.merge.records import NO_PLAY, Records
from benches.merge.truth import HOUR, MINUTE, SECOND
from tests.unit.benches.merge.conftest import World


def whole(world: World, name: str) -> Records:
    members = [records for _, records in world.files[name].members]
    return Records(
        pa.concat_tables([records.rows for records in members]),
        np.concatenate([records.play for records in members]),
        np.concatenate([records.stamp for records in members]),
        pa.concat_arrays([records.artist for records in members]),
        pa.concat_arrays([records.title for records in members]),
    )


def column(records: Records, name: str) -> np.ndarray:
    return records.rows[name].to_numpy()


def test_five_sources_overlap(world: World) -> None:
    assert len({file.source for file in world.files.values()}) == 5
    seen = [set(whole(world, name).play.tolist()) for name in world.files if name != "recenttracks-1.csv"]
    assert set.intersection(*seen[1:]), "for a time all five sources hear the same plays"


def test_extended_rows_end_when_the_play_ended_or_was_synced(world: World) -> None:
    records = whole(world, "spotify_2018.zip")
    real = records.play != NO_PLAY
    late = records.stamp[real] - world.plays.synced[records.play[real]] // SECOND
    assert set(np.unique(late[late != 0]).tolist()) <= set(range(1, 81))
    assert (late == 0).mean() > 0.99
    np.testing.assert_array_equal(column(records, "ms_played")[real], world.plays.ms_played[records.play[real]])


def test_nobody_counts_what_was_never_heard_or_is_broken(world: World) -> None:
    records = whole(world, "spotify_2019.zip")
    outside = column(records, "ms_played")[records.play == NO_PLAY]
    assert (outside == 0).any()
    assert (outside[outside > 0] >= 9 * HOUR).all()


def test_offline_timestamps_change_their_unit(world: World) -> None:
    records = whole(world, "spotify_2018.zip")
    rows = np.flatnonzero((records.play != NO_PLAY) & records.rows["offline"].to_numpy())
    start = world.plays.start[records.play[rows]]
    noted = column(records, "offline_timestamp")[rows]
    told = noted > 0
    assert 0 < (~told).sum() < told.sum()
    early = told & (start < MILLISECONDS_SINCE)
    np.testing.assert_array_equal(noted[early], start[early] // SECOND)
    np.testing.assert_array_equal(noted[told & ~early], start[told & ~early])


def test_files_of_an_archive_repeat_rows_of_the_file_before(world: World) -> None:
    members = [records for _, records in world.files["spotify_2018.zip"].members]
    rows = [set(map(str, records.rows.to_pylist())) for records in members]
    assert any(before & after for before, after in pairwise(rows))


def test_account_data_has_minutes_and_the_last_year_only(world: World) -> None:
    records = whole(world, "account_data.zip")
    assert (records.stamp % 60 == 0).all()
    np.testing.assert_array_equal(records.stamp, world.plays.synced[records.play] // MINUTE * 60)
    assert set(records.rows.column_names) == {"endTime", "artistName", "trackName", "msPlayed"}


def test_scrobbles_follow_the_rule_and_the_clock_of_the_device(world: World) -> None:
    plays, catalogue = world.plays, world.catalogue
    records = whole(world, "recenttracks-2.csv")
    length = catalogue.duration_ms[plays.track[records.play]]
    played = plays.ms_played[records.play]
    assert (length > 30 * SECOND).all()
    assert ((2 * played >= length) | (played >= 4 * MINUTE)).all()
    assert not plays.incognito[records.play].any()
    error = records.stamp * SECOND - plays.start[records.play]
    assert error.min() < -10 * SECOND
    assert error.min() >= -21 * SECOND
    assert error.max() <= 50 * SECOND


def test_a_later_export_has_the_same_scrobbles_under_some_other_names(world: World) -> None:
    first, second = (whole(world, f"recenttracks-{number}.csv") for number in (1, 2))
    old = dict(zip(zip(first.play.tolist(), first.stamp.tolist(), strict=True), first.title.to_pylist(), strict=True))
    new = dict(
        zip(zip(second.play.tolist(), second.stamp.tolist(), strict=True), second.title.to_pylist(), strict=True)
    )
    assert old.keys() < new.keys()
    changed = sum(old[key] != new[key] for key in old)
    assert 0 < changed < 0.1 * len(old)


def test_pages_that_shift_double_a_scrobble(world: World) -> None:
    records = whole(world, "recenttracks-2.csv")
    assert 0 < len(records) - len(np.unique(records.play)) < 0.01 * len(records)
    assert (np.diff(records.stamp) <= 0).all(), "newest first"


def test_listens_mean_the_start_unless_they_were_imported_from_spotify(world: World) -> None:
    records = whole(world, "listenbrainz.zip")
    info = records.rows["track_metadata"].combine_chunks().field("additional_info")
    imported = info.field("ms_played").is_valid().to_numpy(zero_copy_only=False)
    assert 0 < imported.sum() < len(records)
    plays = world.plays
    np.testing.assert_array_equal(records.stamp[imported], plays.synced[records.play[imported]] // SECOND)
    live = records.play[~imported]
    np.testing.assert_array_equal(records.stamp[~imported], (plays.start[live] + plays.skew[live]) // SECOND)


def test_no_two_scrobbles_of_maloja_share_a_second(world: World) -> None:
    records = whole(world, "maloja_export.json")
    assert (np.diff(records.stamp) > 0).all()
    assert (world.plays.ms_played[records.play] >= 30 * SECOND).all()
