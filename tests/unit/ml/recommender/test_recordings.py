from __future__ import annotations

import pyarrow as pa

from ml.recommender.recordings import one_per_recording, with_item_ids

TRACKS = pa.Table.from_pylist(
    [
        {"track_id": "a", "recording_key": "song", "spotify_track_id": None, "origin": "file"},
        {"track_id": "c", "recording_key": "song", "spotify_track_id": "c", "origin": "history"},
        {"track_id": "b", "recording_key": "song", "spotify_track_id": "b", "origin": "history"},
        {"track_id": "d", "recording_key": "song", "spotify_track_id": "d", "origin": "file"},
        {"track_id": "z", "recording_key": "other", "spotify_track_id": None, "origin": "history"},
    ]
)


def test_one_id_stands_for_a_recording_that_which_a_service_and_a_catalogue_have() -> None:
    assert one_per_recording(TRACKS)["track_id"].to_pylist() == ["d", "z"]
    without = TRACKS.slice(0, 3)
    assert one_per_recording(without)["track_id"].to_pylist() == ["b"]


def test_the_order_of_the_rows_decides_nothing() -> None:
    for start in range(TRACKS.num_rows):
        turned = pa.concat_tables([TRACKS.slice(start), TRACKS.slice(0, start)])
        assert one_per_recording(turned)["track_id"].to_pylist() == ["d", "z"]


def test_plays_of_all_its_ids_are_plays_of_the_recording() -> None:
    plays = pa.table({"listener_id": ["x"] * 5, "track_id": ["a", "b", "c", "z", "strange"], "n": [1, 2, 3, 4, 5]})
    rows = with_item_ids(plays, TRACKS).sort_by("n").to_pylist()
    assert [(row["track_id"], row["n"]) for row in rows] == [("d", 1), ("d", 2), ("d", 3), ("z", 4)]
