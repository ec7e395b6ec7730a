from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from ml.errors import InconsistentInputError
from ml.genres.evidence import NAMED_EVIDENCE_SCHEMA
from ml.genres.gathering import GENRE_EVIDENCE_SCHEMA, corrections_amiss, gather_evidence
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy
from tunegenie_assets.schemas.results import GENRE_EVIDENCE

Row = tuple[str, str, float, str]


def strings(**columns: list[str | None]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def artists(*names: str | None, invented: tuple[str, ...] = ()) -> pa.Table:
    table = strings(artist_id=[f"a{number}" for number in range(len(names))], artist_name=list(names))
    return table.append_column("is_invented", pa.array([name in invented for name in names], pa.bool_()))


def gathered(
    known: pa.Table,
    *,
    services: Sequence[Row] | None = None,
    catalogue: Sequence[tuple[str, str | None]] | None = None,
    origin: str = "file",
    playlists: Sequence[tuple[str, str | None, str]] | None = None,
    corrections: Sequence[tuple[str, str]] | None = None,
) -> list[Row]:
    listed = catalogue or []
    lists = playlists or []
    corrected = corrections or []
    found = gather_evidence(
        known,
        pa.Table.from_pylist(
            [dict(zip(NAMED_EVIDENCE_SCHEMA.names, row, strict=True)) for row in services or []],
            schema=NAMED_EVIDENCE_SCHEMA,
        ),
        strings(
            artist_name=[name for name, _ in listed],
            genre=[genre for _, genre in listed],
            origin=[origin for _ in listed],
        ),
        playlists=strings(
            playlist_id=[row[0] for row in lists],
            playlist_name=[row[1] for row in lists],
            artist_name=[row[2] for row in lists],
        ),
        corrections=strings(artist_name=[name for name, _ in corrected], genre=[genre for _, genre in corrected]),
        taxonomy=genre_taxonomy(),
    )
    assert found.schema.equals(GENRE_EVIDENCE_SCHEMA)
    return [(row["artist_id"], row["genre"], row["weight"], row["source"]) for row in found.to_pylist()]


def test_the_table_is_what_the_warehouse_expects() -> None:
    assert GENRE_EVIDENCE_SCHEMA.equals(GENRE_EVIDENCE.arrow_schema)


def test_nobody_says_anything() -> None:
    assert gathered(artists("Ada", None)) == []
    assert gathered(artists(), services=[("Ada", "rock", 1.0, "lastfm")]) == []


def test_names_meet_whatever_their_case_width_and_spaces() -> None:
    # A full-width letter, a ligature and a no-break space.
    listed = [("\uff21DA  of the\u00a0fields", "folk"), ("STRASSE", "pop")]
    assert gathered(artists(" Ada of the \ufb01elds", "straße"), catalogue=listed) == [
        ("a0", "folk", 1.0, "catalogue"),
        ("a1", "pop", 1.0, "catalogue"),
    ]


def test_tracks_of_the_catalogue_add_up_and_blanks_are_no_genre() -> None:
    listed = [("Ada", "Pop "), ("ada", "pop"), ("Ada", "rock"), ("Ada", None), ("Ada", " ")]
    assert gathered(artists("Ada"), catalogue=listed) == [
        ("a0", "pop", 2.0, "catalogue"),
        ("a0", "rock", 1.0, "catalogue"),
    ]


def test_an_invented_catalogue_speaks_of_invented_artists_only() -> None:
    known = artists("Björk", "Zork", invented=("Zork",))
    both = [("Björk", "polka"), ("Zork", "polka")]
    assert gathered(known, catalogue=both, origin="generated") == [("a1", "polka", 1.0, "simulation")]


def test_a_playlist_named_after_a_genre_speaks_once_for_each_of_its_artists() -> None:
    lists = [
        ("p1", "90s Indie Rock Hits", "Ada"),
        ("p1", "90s Indie Rock Hits", "ADA"),
        ("p2", "Indie Rock", "Ada"),
        ("p3", "for the drive home", "Ada"),
        ("p5", "No metal please", "Ada"),
        ("p6", "Anti-Pop", "Ada"),
        ("p4", None, "Ada"),
    ]
    assert gathered(artists("Ada"), playlists=lists) == [("a0", "indie rock", 2.0, "playlist_names")]


def test_our_word_for_no_genre_is_none() -> None:
    assert gathered(artists("Ada"), services=[("Ada", "Unclassified ", 9.0, "lastfm")]) == []
    assert gathered(artists("Ada"), corrections=[("Ada", "unclassified")]) == []


def test_corrections_that_do_nothing_or_contradict_each_other_are_told() -> None:
    corrected = strings(
        artist_name=["Ada", "ada", "Bob", "Nobody", "Cy", "Di", "Di"],
        genre=["dream pop", "shoegaze", "qwertz asdf", "jazz", None, "jazz", "folk"],
    )
    known = artists("Ada", "Bob", "Cy", "Di")
    assert corrections_amiss(corrected, known, genre_taxonomy()) == [
        "'Bob' is given 'qwertz asdf', which is no known genre",
        "nobody is called 'Nobody'",
        "'Cy' is given None, which is no known genre",
        "'di' is given several families",
    ]


def test_every_source_keeps_its_own_rows() -> None:
    rows = gathered(
        artists("Ada"),
        services=[("Ada", "rock", 60.0, "lastfm"), ("ada", "rock", 3.0, "musicbrainz")],
        corrections=[(" ADA", "Dream Pop")],
    )
    assert rows == [
        ("a0", "dream pop", 1.0, "correction"),
        ("a0", "rock", 60.0, "lastfm"),
        ("a0", "rock", 3.0, "musicbrainz"),
    ]


def test_an_artist_twice_is_refused() -> None:
    twice = pa.concat_tables([artists("A"), artists("B")])
    with pytest.raises(InconsistentInputError, match="one row per artist_id"):
        gathered(twice)
