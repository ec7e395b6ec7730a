"""A genre for every artist: what a catalogue knows, what follows for its company, and what a person puts right."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Home, failed_checks, home_at
from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.definitions import build_definitions
from tunegenie_assets.jobs import ENRICH_ARTISTS
from tunegenie_assets.partitions import range_tags
from tunegenie_assets.settings import load_settings

FIRST_DAY = date(2021, 3, 1)
DAYS = 40
SCENES = {"jazz": "bebop", "electronic": "techno"}
LATER = FIRST_DAY + timedelta(days=DAYS)
"""A day on which one more artist of the company of jazz is heard."""


def song(day: date, minute: int, artist: str) -> dict[str, object]:
    number = sum(artist.encode()) * 100 + minute
    return record(
        ts=f"{day}T{18 + minute // 60:02d}:{minute % 60:02d}:00Z",
        ms_played=170_000,
        master_metadata_track_name=f"{artist} {minute % 3}",
        master_metadata_album_artist_name=artist,
        master_metadata_album_album_name=f"{artist} and more",
        spotify_track_uri=f"spotify:track:{number:022d}",
    )


def evening(day: date, family: str, more: Sequence[str]) -> list[dict[str, object]]:
    """Ten known artists of the family, by turns, and those of whom nobody tells."""
    known = [f"{family.title()} Player {(day.toordinal() + each) % 15}" for each in range(10)]
    return [song(day, 4 * place, artist) for place, artist in enumerate([*known, *more])]


def write_catalogue(path: Path) -> Path:
    names = ("track_id", "track_name", "track_artist", "playlist_genre", "duration_ms", "track_popularity")
    with path.open("w", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(names)
        for family, genre in SCENES.items():
            for each in range(15):
                for track in range(3):
                    artist = f"{family.title()} Player {each}"
                    rows.writerow([f"{family}{each:02d}{track}", f"Tune {track}", artist, genre, 180_000, 40])
    return path


@pytest.fixture(scope="module")
def enriched(
    tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[tuple[Home, dict[str, Any]]]:
    """Evenings of jazz and of techno by turns, each with artists of whom nobody tells; then one more evening."""
    folder = tmp_path_factory.mktemp("genres")
    catalogue = write_catalogue(folder / "catalogue.csv")
    home = home_at(folder / "home", TUNEGENIE_LISTENER="ada", TUNEGENIE_CATALOGUE=str(catalogue))
    plays = [
        play
        for number in range(DAYS)
        for play in evening(
            FIRST_DAY + timedelta(days=number),
            *(("jazz", ["Zelda", "Unheard Of"]) if number % 2 == 0 else ("electronic", ["Ymir", "DJ Ymir"])),
        )
    ]
    home.json("import", str(write_zip(folder / "years.zip", {AUDIO: plays})))
    last = home.json("import", str(write_zip(folder / "day.zip", {AUDIO: evening(LATER, "jazz", ["Newcomer"])})))
    yield home, last
    # Other homes of this process have a catalogue of their own.
    os.environ.pop("TUNEGENIE_CATALOGUE", None)


def genre_of(home: Home, artist: str) -> tuple[str, str, str]:
    [row] = home.rows(
        f"select primary_genre, genre_family, genre_source from enrichment.artist_genres where artist_name = '{artist}'"
    )
    return row


def test_every_artist_has_a_genre_and_a_source(enriched: tuple[Home, dict[str, Any]]) -> None:
    home, report = enriched
    # The catalogue of this test knows neither albums nor features.
    assert set(failed_checks(report)) <= {"raw/catalogue_tracks: completeness"}
    assert home.rows(
        "select count(*) from silver.artists as a left join enrichment.artist_genres as g on a.artist_id = g.artist_id "
        "where g.primary_genre is null or g.genre_source is null"
    ) == [(0,)]
    assert genre_of(home, "Jazz Player 3") == ("bebop", "jazz", "catalogue")


@pytest.mark.parametrize(
    ("artist", "genre", "family"),
    [
        ("Zelda", "bebop", "jazz"),
        ("Unheard Of", "bebop", "jazz"),
        ("Ymir", "techno", "electronic"),
        ("Newcomer", "bebop", "jazz"),
    ],
)
def test_an_artist_of_whom_nobody_tells_has_the_genre_of_its_company(
    enriched: tuple[Home, dict[str, Any]], artist: str, genre: str, family: str
) -> None:
    home, _ = enriched
    assert genre_of(home, artist) == (genre, family, "inferred_neighbours")
    [(confidence, training)] = home.rows(
        f"select confidence, training_genre from enrichment.artist_genres where artist_name = '{artist}'"
    )
    assert 0.5 < confidence < 1
    assert training == genre


def test_a_guess_stands_under_the_last_day_on_which_its_artist_was_heard(
    enriched: tuple[Home, dict[str, Any]],
) -> None:
    home, _ = enriched
    days = dict(home.rows("select distinct artist_name, inferred_on from enrichment.inferred_genres"))
    assert days["Newcomer"] == LATER
    assert days["Ymir"] == FIRST_DAY + timedelta(days=DAYS - 1)


def test_evidence_is_kept_by_source_and_shares_add_up(enriched: tuple[Home, dict[str, Any]]) -> None:
    home, _ = enriched
    sources = {source for (source,) in home.rows("select distinct source from gold.artist_genre_evidence")}
    assert {"catalogue", "inferred_neighbours"} <= sources
    assert home.rows(
        "select count(*) from ("
        "select artist_id from gold.bridge_artist_genre group by artist_id having abs(sum(weight) - 1) > 1e-6)"
    ) == [(0,)]
    assert home.rows(
        "select sum(total_plays) from gold.genre_analysis_complete where listener_id = 'ada'"
    ) == home.rows("select count(*) from gold.fct_plays where listener_id = 'ada' and counts_as_play")


def test_a_correction_by_hand_wins_and_teaches(enriched: tuple[Home, dict[str, Any]]) -> None:
    home, _ = enriched
    with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
        connection.execute("insert into silver.genre_corrections values ('  zelda', 'Dream Pop')")
    home.apply()
    definitions = build_definitions(load_settings())
    job = definitions.resolve_job_def(ENRICH_ARTISTS)
    enrichment = [key for key in job.asset_layer.executable_asset_keys if key.path[0] == "enrichment"]
    for _ in range(2):
        ended = job.execute_in_process(asset_selection=enrichment, tags=range_tags(FIRST_DAY, LATER))
        assert ended.success
        assert genre_of(home, "Zelda") == ("dream pop", "rock", "correction")
        assert home.rows("select count(*) from enrichment.inferred_genres where artist_name = 'Zelda'") == [(0,)]
