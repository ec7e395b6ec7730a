"""Eleven years of a real listener, from a folder beside the project; skipped where that is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import failed_checks, home_at

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "listener_a_spotify_extended.zip"


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the real archive is not beside the project")
def test_a_real_archive_arrives_whole(tmp_path: Path, clean_environment: None) -> None:
    home = home_at(tmp_path / "home")
    report = home.json("import", str(ARCHIVE), "--listener", "listener_a", "--timezone", "America/Denver")
    files = report["files"]
    assert sum(file["rows"] for file in files) == 36_224 + 133
    for file in files:
        assert file["rows"] == file["plays"] + file["merged"] + sum(file["reasons"].values())
    assert not any(reason.startswith("unparseable") for file in files for reason in file["reasons"])
    assert failed_checks(report) == []
    [(first, last, plays)] = home.rows(
        "select min(local_date), max(local_date), count(*) from silver.listening_enriched"
    )
    assert (str(first), str(last), plays) == ("2014-10-07", "2025-08-30", sum(file["plays"] for file in files))
    assert home.rows("select count(distinct year) from gold.monthly_insights_complete") == [(12,)]
