from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tunegenie_assets.checks.descriptions import COLUMNS, judge_agreement, judge_completeness

SCHEMA = pa.schema([("is_simulated", pa.bool_()), *((name, pa.string()) for name in COLUMNS), ("tracks", pa.int64())])


def known(tracks: int, *, is_simulated: bool = False, **lacking: None) -> dict[str, Any]:
    return {"is_simulated": is_simulated, **dict.fromkeys(COLUMNS, "spotify_api"), **lacking, "tracks": tracks}


def judged(*groups: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    return judge_completeness(pa.Table.from_pylist(list(groups), schema=SCHEMA))


def test_a_track_is_complete_when_nothing_is_missing() -> None:
    passed, metadata = judged(known(94), known(3, album=None), known(3, genre=None))
    assert not passed
    assert (metadata["complete_share"], metadata["album_share"], metadata["name_share"]) == (0.94, 0.97, 1.0)
    assert metadata["summary"] == "94.0% of 100 tracks have all (album 97.0%, genre 97.0%)"
    assert judged(known(95), known(5, genre=None))[0]


def test_people_are_judged_before_simulated_listeners() -> None:
    passed, metadata = judged(known(1000, is_simulated=True), known(1, genre=None))
    assert not passed
    assert (metadata["tracks"], metadata["whose"]) == (1, "people")
    assert judged(known(1000, is_simulated=True))[1]["whose"] == "simulated listeners"


def test_nothing_played_is_nothing_missing() -> None:
    assert judged() == (True, {"tracks": 0})


@pytest.mark.parametrize(("compared", "share", "passes"), [(50, 0.94, False), (50, 0.95, True), (49, 0.1, True)])
def test_sources_that_disagree_are_named(compared: int, share: float, passes: bool) -> None:
    row = {"what": "titles of plays", "source": "a", "other_source": "b", "compared": compared, "agreeing_share": share}
    passed, metadata = judge_agreement(pa.Table.from_pylist([row]))
    assert passed is passes
    told = "none" if passes else "titles of plays: a and b"
    assert metadata["summary"] == f"1 comparisons; to be looked at: {told}"
    assert f"| {share:.1%} |" in metadata["agreement"].value
