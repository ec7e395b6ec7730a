"""What the fixtures of Spotify's two exports hold."""

from __future__ import annotations

from datetime import date

from tests.unit.sources.expected import Expected, at

EXTENDED = (
    Expected(
        "spotify_extended/audio.json",
        "spotify_extended_history",
        11,
        {"wrong_type": 1},
        {
            (0, "started_at"): at("2021-02-03 09:57:00"),
            (0, "started_from"): "ts",
            (1, "started_at"): at("2021-02-03 09:00:00"),
            (1, "started_from"): "offline_timestamp",
            (2, "started_at"): at("2021-02-03 09:03:30.250000"),
            (2, "ts"): at("2021-02-03 12:00:00"),
            (3, "started_at"): at("2021-02-03 11:59:00"),
            (3, "started_from"): "ts",
            (4, "started_at"): at("2021-02-03 11:59:30"),
            (5, "started_at"): at("2021-02-03 19:00:00"),
            (5, "ms_played"): 32_400_000,
            (6, "started_at"): at("2021-02-03 21:00:00"),
            (6, "started_from"): "offline_timestamp",
            (7, "started_at"): at("2021-02-04 23:59:00"),
            (7, "play_date"): date(2021, 2, 4),
            (7, "ip_addr"): "2001:db8::1",
            (7, "reason_start"): "",
            (7, "skipped"): None,
            (7, "other_fields"): '{"device_class":"speaker"}',
            (8, "started_at"): at("2021-04-01 07:59:00"),
            (9, "audiobook_chapter_title"): "Chapter 1",
            (9, "spotify_track_uri"): None,
            (10, "ms_played"): 180_000,
        },
    ),
    Expected(
        "spotify_extended/cut.json",
        "spotify_extended_history",
        2,
        {"damaged_json": 1},
        {(1, "started_at"): at("2021-02-03 10:57:00")},
    ),
    Expected(
        "spotify_extended/endsong.json",
        "spotify_extended_history",
        3,
        {"missing_field": 2, "implausible_timestamp": 1},
        {
            (0, "started_at"): at("2013-06-04 11:54:07"),
            (0, "started_from"): "offline_timestamp",
            (0, "username"): "alice",
            (0, "ip_addr"): "198.51.100.7",
            (0, "other_fields"): None,
            (1, "started_at"): at("2013-06-04 12:09:58.500000"),
            (1, "ip_addr"): "x",
            (2, "started_at"): at("2013-06-04 12:29:00"),
            (2, "ms_played"): 60_000,
            (2, "source_row"): 4,
        },
    ),
    Expected(
        "spotify_extended/video.json",
        "spotify_extended_history",
        2,
        {"not_an_object": 1},
        {
            (0, "started_at"): at("2021-02-03 17:30:00"),
            (0, "episode_show_name"): "Water Talk",
            (1, "master_metadata_track_name"): "Tin Roof (Video)",
        },
    ),
)
ACCOUNT = (
    Expected(
        "spotify_account/music.json",
        "spotify_account_history",
        4,
        {"bad_timestamp": 1, "wrong_type": 2, "missing_field": 1},
        {
            (0, "end_time"): at("2021-02-03 09:47:00"),
            (0, "started_at"): at("2021-02-03 09:43:25"),
            (1, "started_at"): at("2021-02-03 09:46:58.500000"),
            (2, "play_date"): date(2021, 2, 3),
            (3, "started_at"): at("2021-02-04 06:00:00"),
            (3, "ms_played"): 54_000_000,
        },
    ),
    Expected(
        "spotify_account/older.json",
        "spotify_account_history",
        2,
        {"bad_timestamp": 1},
        {(0, "started_at"): at("2018-12-31 23:59:00"), (1, "play_date"): date(2018, 12, 31)},
    ),
    Expected(
        "spotify_account/podcast.json",
        "spotify_account_history",
        2,
        {"missing_field": 1},
        {
            (0, "podcast_name"): "Water Talk",
            (0, "started_at"): at("2021-02-03 17:30:00"),
            (1, "other_fields"): '{"listenedTo":"half"}',
        },
    ),
    Expected(
        "spotify_account/audiobook.json",
        "spotify_account_history",
        3,
        {},
        {
            (0, "author_name"): "A. Pipe",
            (1, "audiobook_name"): "The Long Gutter",
            (1, "chapter_name"): "Chapter 2",
            (2, "audiobook_name"): "The Long Gutter",
            (2, "other_fields"): '{"audiobookTitle":"Gutter, The Long"}',
        },
    ),
    Expected(
        "spotify_account/archive",
        "spotify_account_history",
        2,
        {},
        {(0, "track_name"): "Tin Roof", (1, "episode_name"): "Drops"},
    ),
)

SPOTIFY = (*EXTENDED, *ACCOUNT)
