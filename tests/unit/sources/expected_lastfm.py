"""What the fixtures of Last.fm hold."""

from __future__ import annotations

from tests.unit.sources.expected import Expected, at

LASTFM = (
    Expected(
        "lastfm/ghan_with_mbids.csv",
        "lastfm_scrobbles",
        4,
        {"implausible_timestamp": 1, "missing_field": 1, "damaged_csv": 1, "bad_timestamp": 1},
        {
            (0, "started_at"): at("2021-02-03 09:47:58"),
            (0, "album"): "Rain, Again",
            (0, "utc_time"): "03 Feb 2021, 09:47",
            (0, "track_mbid"): "33333333-cccc-4ccc-8ccc-000000000001",
            (1, "artist"): 'Ölbaum "Trio"',
            (1, "track"): "Line\nBreak",
            (1, "album"): None,
            (2, "started_at"): at("2021-02-03 09:45:00"),
            (2, "source_row"): 2,
            (3, "source_row"): 6,
            (3, "precision_seconds"): 1,
            (3, "export_tool"): "ghan",
        },
    ),
    Expected(
        "lastfm/ghan_without_mbids.csv",
        "lastfm_scrobbles",
        3,
        {"damaged_csv": 1},
        {
            (0, "track"): "Tin Roof",
            (0, "other_fields"): '{"loved":"1"}',
            (2, "artist"): "Zoé",
            (2, "started_at"): at("2021-02-03 09:38:20"),
            (2, "source_row"): 3,
            (2, "track_mbid"): None,
        },
    ),
    Expected(
        "lastfm/ghan_legacy.csv",
        "lastfm_scrobbles",
        2,
        {"bad_timestamp": 2, "implausible_timestamp": 1},
        {
            (0, "started_at"): at("2021-02-03 09:47:00"),
            (0, "precision_seconds"): 60,
            (1, "started_at"): at("2021-02-03 09:45:00"),
            (1, "utc_time"): "3 Feb 2021, 9:45",
            (1, "other_fields"): None,
        },
    ),
    Expected(
        "lastfm/ghan_pages.json",
        "lastfm_scrobbles",
        3,
        {"now_playing": 1, "implausible_timestamp": 1, "missing_field": 1, "wrong_type": 1, "not_an_object": 1},
        {
            (0, "source_row"): 1,
            (0, "started_at"): at("2021-02-03 09:47:58"),
            (0, "track"): "Tin Roof",
            (0, "track_mbid"): None,
            (0, "artist_mbid"): "11111111-aaaa-4aaa-8aaa-000000000001",
            (0, "other_fields"): '{"image":[{"#text":"","size":"small"}],"url":"https://music.example/2"}',
            (1, "source_row"): 2,
            (1, "artist"): "Zoé",
            (2, "source_row"): 7,
            (2, "track"): "Alone On Its Page",
        },
    ),
    Expected(
        "lastfm/ghan_tracks.json",
        "lastfm_scrobbles",
        2,
        {"missing_field": 1},
        {(0, "started_at"): at("2021-02-03 09:47:58"), (1, "started_at"): at("2021-02-03 09:45:00")},
    ),
    Expected(
        "lastfm/ghan_page.json",
        "lastfm_scrobbles",
        2,
        {"now_playing": 1},
        {(0, "started_at"): at("2021-02-03 09:47:58"), (1, "source_row"): 2},
    ),
    Expected(
        "lastfm/benjaminbenben.csv",
        "lastfm_scrobbles",
        4,
        {"missing_field": 1, "bad_timestamp": 1, "damaged_csv": 1, "implausible_timestamp": 1},
        {
            (0, "artist"): "[untitled]",
            (0, "album"): None,
            (1, "started_at"): at("2014-05-22 20:11:00"),
            (1, "precision_seconds"): 60,
            (1, "export_tool"): "benjaminbenben",
            (3, "album"): "Nests, Vol. 1",
            (3, "artist_mbid"): None,
        },
    ),
)
