from __future__ import annotations

from typing import Any

import pytest

from tunegenie_assets.dbt_support.check_descriptions import description_of


def asked_by(name: str, **asked: Any) -> dict[str, Any]:
    return {"description": "", "test_metadata": {"name": name, "kwargs": asked}}


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (asked_by("unique", column_name="track_id"), "No two rows have the same `track_id`."),
        (asked_by("unique_together", columns=["day", "zone"]), "No two rows have the same `day` and `zone`."),
        (asked_by("unique_together", columns=["a", "b", "c"]), "No two rows have the same `a`, `b` and `c`."),
        (asked_by("not_null", column_name="country"), "Every row has a `country`."),
        (asked_by("in_range", column_name="energy", minimum=0, maximum=1), "`energy` is 0 to 1, where there is one."),
        (asked_by("in_range", column_name="energy", minimum=0), "`energy` is at least 0, where there is one."),
        (asked_by("in_range", column_name="energy", maximum=1), "`energy` is at most 1, where there is one."),
        (
            asked_by("accepted_values", column_name="fate", values=["a", "b"]),
            "`fate` is one of `a`, `b`, where there is one.",
        ),
        (asked_by("weights_sum_to_one", key="track_id"), "The weights of each `track_id` sum to 1."),
    ],
)
def test_a_test_of_dbt_is_said_in_a_sentence(test: dict[str, Any], sentence: str) -> None:
    assert description_of(test) == sentence


def test_what_its_file_says_comes_first() -> None:
    said = {**asked_by("unique", column_name="track_id"), "description": "A track stands once."}
    assert description_of(said) == "A track stands once."


def test_a_kind_without_a_sentence_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        description_of(asked_by("relationships", column_name="track_id"))
