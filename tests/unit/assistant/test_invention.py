"""What a model's words add to an answer is found: figures, numbers in words, names."""

from __future__ import annotations

import pytest

from tunegenie_assets.assistant.invention import invented

ANSWER = "Most played in March 2019: Somebody's Band, 1,234 plays.\nartist__name, plays\nSomebody's Band, 1234"


@pytest.mark.parametrize(
    "text",
    [
        "You played Somebody's Band most in March 2019: 1234 plays.",
        "In March 2019 it was “Somebody's Band”, with 1,234 plays. They lead the list.",
    ],
)
def test_what_stands_in_the_answer_may_be_said(text: str) -> None:
    assert invented(text, ANSWER) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Somebody's Band, 1235 plays.", ("1235",)),
        ("Somebody's Band and Nobody, 1,234 plays.", ("Nobody",)),
        ("Nobody was played most.", ("Nobody",)),
        ("You played Somebody's Band twice as much in April.", ("twice", "April")),
        ("Somebody's Band, about twelve hundred plays.", ("twelve", "hundred")),
        ("It was YOU TOO.", ("YOU", "TOO")),
    ],
)
def test_what_does_not_is_found(text: str, found: tuple[str, ...]) -> None:
    assert invented(text, ANSWER) == found
