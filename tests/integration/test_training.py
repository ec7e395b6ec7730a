"""The recommender of a week on a built home: trained, published where it is good enough, asked at the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from ml.recommender.popularity import Popularity
from ml.recommender.rank_fusion import RankFusion
from tests.integration.conftest import UNTIL, Home, home_at

WEEK = "2025-03-10"
"""That of the last simulated plays, until the 11th."""
LISTS = "select * from recommender.recommendations order by week, listener_id, rank"


@pytest.fixture(scope="module")
def trained(built: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home of its own, that trainings may change."""
    home: Home = built["home"]
    copy = tmp_path_factory.mktemp("training") / "home"
    shutil.copytree(home.path, copy)
    yield home_at(copy)
    home.apply()


def no_better_than_popularity(*_: object, **__: object) -> RankFusion:
    return RankFusion({"popularity": Popularity()}, weights={"popularity": 1.0})


def in_use(home: Home) -> str:
    return (home.path / "models" / "recommender" / "current").read_text(encoding="utf-8").strip()


def test_the_demo_trained_the_week_of_its_last_plays(trained: Home) -> None:
    assert trained.rows("select distinct week from recommender.recommendations") == [(date.fromisoformat(WEEK),)]
    assert in_use(trained).startswith(WEEK)
    card = json.loads(
        (trained.path / "models" / "recommender" / in_use(trained) / "card.json").read_text(encoding="utf-8")
    )
    assert card["trained_until"] == "2025-03-17 00:00:00"
    assert "spotify_api" not in card["licence_classes"]
    assert {"first_play", "last_play", "members", "revision", "features", "seed"} <= card.keys()
    assert card["last_play"] < UNTIL


def test_a_week_trained_again_says_the_same(trained: Home) -> None:
    before = trained.rows(LISTS)
    document = trained.json("train")
    assert document["week"] == WEEK
    assert document["published"] == in_use(trained)
    assert "against popularity" in document["verdict"]
    assert trained.rows(LISTS) == before


def test_a_model_no_better_than_popularity_is_kept_and_not_published(trained: Home) -> None:
    before, lists = in_use(trained), trained.rows(LISTS)
    versions = set((trained.path / "models" / "recommender").glob("*/card.json"))
    with patch("tunegenie_assets.assets.recommender_model.published", no_better_than_popularity):
        result = trained.run("train")
    assert result.exit_code == 1
    assert "recommender/evaluation: worth_publishing" in result.stderr
    assert "against popularity" in result.stderr
    assert in_use(trained) == before
    assert trained.rows(LISTS) == lists
    kept = set((trained.path / "models" / "recommender").glob("*/card.json")) - versions
    assert len(kept) == 1


def test_a_model_below_what_the_one_in_use_reached_is_refused_each_time(trained: Home) -> None:
    path = trained.path / "models" / "recommender" / in_use(trained) / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**card, "trial": {**card["trial"], "value": 0.99, "half_width": 0.0}}), encoding="utf-8"
    )
    before = in_use(trained)
    for _ in range(2):
        result = trained.run("train")
        assert result.exit_code == 1
        assert "the model before had 0.9900" in result.stderr
        assert in_use(trained) == before
    # A card that cannot be read is compared with nothing, and stops nobody.
    path.write_text("{", encoding="utf-8")
    assert trained.json("train")["published"] == in_use(trained) != before


def test_another_week_is_judged_against_the_model_that_saw_less(trained: Home) -> None:
    before = in_use(trained)
    assert trained.json("train", "--week", "2025-03-05")["published"].startswith("2025-03-03")
    assert in_use(trained) == before
    assert trained.rows("select count(distinct week) from recommender.recommendations") == [(2,)]
    trained.json("train", "--week", "2025-03-11")
    models = {
        model for (model,) in trained.rows(f"select distinct model from recommender.evaluation where week = '{WEEK}'")
    }
    assert {"published", "popularity", "own_history"} <= models
    [(until,)] = trained.rows("select max(last_played_at) from recommender.interactions")
    assert str(until) >= WEEK


def test_a_model_of_another_format_says_so(trained: Home) -> None:
    model = trained.path / "models" / "recommender" / in_use(trained) / "model.npz"
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])
    result = trained.run("recommend", "--genre", "rock")
    assert result.exit_code == 1
    assert "is not a usable model file" in result.stderr
    assert "run tunegenie train" in result.stderr
    assert trained.json("train")["published"] == in_use(trained)


@pytest.mark.parametrize("day", ["1999-01-01", "2999-01-01"])
def test_a_week_that_cannot_be_is_refused(trained: Home, day: str) -> None:
    result = trained.run("train", "--week", day)
    assert result.exit_code == 2


def test_a_listener_is_told_what_to_play_next(trained: Home) -> None:
    document = trained.json("recommend", "--listener", "sim-00003", "--count", "4")
    assert [row["rank"] for row in document["recommendations"]] == [1, 2, 3, 4]
    assert all(row["reason"] for row in document["recommendations"])
    result = trained.run("recommend", "--listener", "sim-3")
    assert result.exit_code == 1
    assert "no such listener, but for example sim-" in result.stderr


def test_somebody_new_names_a_genre_or_an_artist(trained: Home) -> None:
    [[artist]] = trained.rows("select max_by(artist_name, plays) from silver.artists where is_invented")
    # No catalogue tells of a real track, and people are shown no invented one.
    result = trained.run("recommend", "--artist", artist)
    assert result.exit_code == 1
    assert "nothing is recommended to somebody new" in result.stderr
    assert "TUNEGENIE_CATALOGUE" in result.stderr
    with duckdb.connect(str(trained.path / "warehouse.duckdb")) as connection:
        connection.execute("update gold.dim_listener set is_simulated = true")
    rows = trained.json("recommend", "--artist", artist, "--count", "3")["recommendations"]
    assert len(rows) == 3
    assert {"listener_id": "somebody new"}.items() <= rows[0].items()
    result = trained.run("recommend", "--artist", artist[:-1] + "#")
    assert result.exit_code == 1
    assert artist in result.stderr
    assert trained.run("recommend", "--artist", artist, "--listener", "ada").exit_code == 2


def test_what_is_like_a_track_or_an_artist_is_told_with_its_reason(trained: Home) -> None:
    [[track_id, artist]] = trained.rows(
        "select min(t.track_id), min(t.artist_name) from recommender.track_neighbours as n "
        "inner join gold.dim_track as t on n.track_id = t.track_id where t.origin = 'generated' "
        "group by t.track_id order by count(*) desc, t.track_id limit 1"
    )
    tracks = trained.json("similar", track_id, "--count", "3")["similar"]
    assert [row["rank"] for row in tracks] == [1, 2, 3]
    assert all(row["reason"] and -1 <= row["similarity"] <= 1.0001 for row in tracks)
    assert trained.json("similar", "--artist", artist)["asked"] == artist
    result = trained.run("similar", "no such song at all")
    assert result.exit_code == 1
    assert "no track 'no such song at all'" in result.stderr
