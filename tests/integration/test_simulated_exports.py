"""Exports of one simulated listener, imported together: each play that any of the services tells of is counted once."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Home, failed_checks, home_at

EXPORTS = {"spotify_extended": "spotify_extended.zip", "lastfm": "lastfm.csv", "listenbrainz": "listenbrainz.zip"}
LEDGER = """
select a.original_name, f.member_name, l.source_row, l.play_id
from silver.play_ledger as l
join landing.archive_files as f on l.listener_id = f.listener_id and l.source_file = f.source_file
join landing.archives as a on f.listener_id = a.listener_id and f.archive_id = a.archive_id
where l.listener_id = 'ada'
"""


@dataclass(frozen=True)
class Imported:
    home: Home
    report: dict[str, Any]
    records: list[dict[str, str]]
    """What each record of each export means, as the simulator says."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Imported:
    folder = tmp_path_factory.mktemp("simulated")
    home = home_at(folder / "tunegenie")
    formats = [argument for name in EXPORTS for argument in ("--format", name)]
    population = ("--listeners", "1", "--days", "30", "--seed", "5", "--until", "2025-03-11")
    home.json("simulate", *population, *formats, "--to", str(folder / "out"))
    files = [folder / "out" / "sim-00001" / name for name in EXPORTS.values()]
    report = home.json("import", *map(str, files), "--listener", "ada")
    with (folder / "out" / "truth" / "sim-00001" / "records.csv").open(encoding="utf-8", newline="") as stream:
        return Imported(home, report, list(csv.DictReader(stream)))


def test_every_play_that_a_service_tells_of_is_counted_once(imported: Imported) -> None:
    # Scrobblers hear nothing of what was skipped, which the check of agreement may say.
    assert set(failed_checks(imported.report)) <= {"silver/source_agreement: sources_agree"}
    ledger = {(Path(name).name, member, row): play for name, member, row, play in imported.home.rows(LEDGER)}
    counted: dict[str, set[str]] = defaultdict(set)
    for record in imported.records:
        counted[record["play_number"]].add(ledger.pop((record["file"], record["member"], int(record["row"]))))
    assert ledger == {}, "the ledger knows records that were never written"
    assert {number: len(plays) for number, plays in counted.items()} == dict.fromkeys(counted, 1)
    [(plays,)] = imported.home.rows("select count(*) from silver.plays where listener_id = 'ada'")
    assert plays == len(counted) > 100


def test_the_services_told_of_the_same_plays(imported: Imported) -> None:
    """Without an overlap the test above would say nothing of merging."""
    told = defaultdict[str, set[str]](set)
    for record in imported.records:
        told[record["format"]].add(record["play_number"])
    assert told.keys() == EXPORTS.keys()
    assert told["lastfm"] == told["listenbrainz"] < told["spotify_extended"]
