"""`tunegenie backfill` and `enrich-artists` against the stand-in: what came late, and genres done again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.desk import Desk, last_line, open_desk
from tests.unit.sources.services.worlds import ARTIST_ID, TRACK_IDS
from tunegenie_assets.sandbox.world import PlayEvent

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Desk]:
    """Ada at Last.fm, who heard ten songs in the last ten days; all of it has been collected."""
    with open_desk(tmp_path_factory.mktemp("desk")) as desk:
        desk.sandbox.world.accounts["ada"].plays = [heard(desk, number, days_ago=number) for number in range(10)]
        assert desk.run("run-once", "plays").exit_code == 0
        yield desk


def heard(desk: Desk, number: int, *, days_ago: int) -> PlayEvent:
    ended_at = NOW - timedelta(days=days_ago, minutes=number)
    return PlayEvent(desk.sandbox.world.tracks[TRACK_IDS[number]], ended_at - timedelta(minutes=3), ended_at)


def said(desk: Desk, *arguments: str) -> dict[str, Any]:
    result = desk.run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def plays(desk: Desk) -> int:
    [(count,)] = desk.home.rows("select count(*) from gold.fct_plays where listener_id = 'ada'")
    return count


def asked(desk: Desk) -> Counter[str]:
    calls = [entry.params for entry in desk.sandbox.journal if entry.params.get("method") == "artist.getTopTags"]
    return Counter(params["artist"] for params in calls)


def test_backfill_finds_what_came_late_and_a_second_time_nothing(desk: Desk) -> None:
    desk.sandbox.world.accounts["ada"].plays.append(heard(desk, 50, days_ago=5))
    before = plays(desk)
    assert said(desk, "run-once", "plays")["outcomes"]
    assert plays(desk) == before
    first = said(desk, "backfill", "--days", "7")
    today = datetime.now(UTC).date()
    assert (first["first_day"], first["last_day"]) == ((today - timedelta(days=6)).isoformat(), today.isoformat())
    assert plays(desk) == before + 1
    built = desk.home.fingerprints("silver", "gold")
    again = said(desk, "backfill", "--days", "7", "--listener", "ada")
    assert {(one["stream"], one["subject"]) for one in again["outcomes"]} == {("lastfm_scrobbles", "ada")}
    assert desk.home.fingerprints("silver", "gold") == built


def test_backfill_with_nobody_to_ask_builds(desk: Desk) -> None:
    alone = desk.with_settings(lastfm_api_key="")
    before = plays(desk)
    result = alone.run("backfill", "--days", "1")
    assert result.exit_code == 0, result.stderr
    assert (
        "Nobody is connected, so nothing was asked for; run tunegenie login, or set TUNEGENIE_LASTFM" in result.stdout
    )
    assert f"Built {datetime.now(UTC).date()} to {datetime.now(UTC).date()}" in result.stdout
    assert plays(desk) == before


@pytest.mark.parametrize("days", ["0", "3651", "-1"])
def test_backfill_knows_ten_years(desk: Desk, days: str) -> None:
    assert desk.run("backfill", "--days", days).exit_code == 2


def test_a_named_artist_is_asked_for_again_and_has_a_genre(desk: Desk) -> None:
    document = said(desk, "enrich-artists", "--artist", "cher")
    assert asked(desk) == {"Cher": 1}
    [artist] = document["artists"]
    assert artist["artist"] == "Cher"
    assert (artist["genre"], artist["source"]) == ("pop", "lastfm")
    assert 0 < artist["confidence"] <= 1
    assert document["unknown"] == []
    steps = {stage["name"] for stage in document["run"]["stages"]}
    assert {"enrichment/artist_genres", "raw/lastfm_artist_tags"} <= steps
    assert not any("recommender" in step for step in steps)
    tags = desk.home.rows("select distinct tag from raw.lastfm_artist_tags where artist_name = 'Cher'")
    assert ("pop",) in tags


def test_an_id_at_spotify_will_do_once_plays_have_told_it(desk: Desk) -> None:
    document = desk.run("enrich-artists", "--artist", f"spotify:artist:{ARTIST_ID}")
    assert f"'spotify:artist:{ARTIST_ID}': in no play" in last_line(document)
    wrong = desk.run("enrich-artists", "--artist", f"spotify:track:{TRACK_IDS[0]}")
    assert wrong.exit_code == 2


def test_an_artist_whom_nobody_knows_is_one_line(desk: Desk) -> None:
    result = desk.run("enrich-artists", "--artist", "Nobody at all")
    assert "'Nobody at all': in no play, and no service that is connected knows more" in last_line(result)
    # The others are done all the same, and asked for again.
    times = asked(desk)["Cher"]
    result = desk.run("enrich-artists", "--artist", "Nobody at all", "--artist", "Cher")
    assert "Cher" in result.stdout
    assert "'Nobody at all'" in last_line(result)
    assert "'Cher'" not in last_line(result)
    assert asked(desk)["Cher"] == times + 1


def test_artists_of_the_last_days_are_counted_by_source(desk: Desk) -> None:
    before = asked(desk)
    result = desk.with_settings(lastfm_api_key="", listenbrainz_token="", contact="").run(
        "enrich-artists", "--days", "3"
    )
    assert "No service is connected that knows artists, so nothing was asked for; run tunegenie login" in result.stdout
    [counted] = [line for line in result.stdout.splitlines() if line.startswith("lastfm")]
    assert counted.split() == ["lastfm", "1"]
    assert asked(desk) == before
    assert desk.run("enrich-artists", "--days", "3", "--artist", "Cher").exit_code == 2


def test_enrich_artists_needs_a_warehouse(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = desk.with_settings(home=str(tmp_path_factory.mktemp("empty")))
    assert "nothing has been built yet" in last_line(empty.run("enrich-artists"))
