from __future__ import annotations

from datetime import date

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.cli.excluding import MOST_SUGGESTIONS, Terms, described, nearest_names, run
from tunegenie_assets.sources.preferences import make_exclusion

NAMES = ["The Gutters", "The Lids", "The Butters", "Gutter", "The  Gutter Band", "Été"]


def test_a_mistyped_name_is_offered_its_neighbours() -> None:
    near = nearest_names("the guters", NAMES)
    assert near is not None
    assert near[0] == "The Gutters"
    assert len(near) == MOST_SUGGESTIONS
    assert nearest_names("Zzyzx", NAMES) == []


@given(st.sampled_from(NAMES))
def test_a_name_that_is_there_needs_no_advice(name: str) -> None:
    assert nearest_names(name.upper(), NAMES) is None


def test_an_exclusion_is_told_in_words() -> None:
    day = date(2024, 1, 1)
    assert described(make_exclusion("ada", artist="The Lids", track="Été", playlist="Sleep", now=LANDED_AT)) == (
        'artist "The Lids", track "Été", playlist "Sleep"'
    )
    reference = f"spotify:track:{7:022d}"
    assert described(make_exclusion("ada", track=reference, first_date=day, last_date=day, now=LANDED_AT)) == (
        f"track id {7:022d}, since 2024-01-01, until 2024-01-01"
    )


@pytest.mark.parametrize(
    ("artist", "listed", "taken_back"), [(None, False, None), ("x", True, None), ("x", False, "1"), (None, True, "1")]
)
def test_one_thing_is_asked_for_at_a_time(artist: str | None, listed: bool, taken_back: str | None) -> None:
    terms = Terms(artist=artist, track=None, playlist=None, since=None, until=None)
    with pytest.raises(typer.BadParameter, match="give what to exclude"):
        run(listener=None, terms=terms, listed=listed, taken_back=taken_back, as_json=False)
