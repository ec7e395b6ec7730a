"""Words of a question are no names, unless something says that they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.assistant.names.folding import words_of
from ml.assistant.names.question_words import FREE, reserve
from ml.assistant.query import Kind
from tests.unit.ml.assistant.names.linking import INDEX, linked, told


@pytest.mark.parametrize(
    "question",
    [
        "what was my top song last summer",
        "who was my top artist last summer?",
        "which genre did i listen to most",
        "what songs did i play on monday",
        "what did i listen to yesterday",
        "how much time did i spend listening in 1999",
        "when did i get home",
        "do i love music",
        "which artist did i play over and over",
        "which song did i play the most",
        "what was playing live",
        "how often did i listen to live music",
        "top love songs",
        "plays by month",
        "plays by time of day",
        "total listening time",
        "plays of seven days over time",
        "what will my future top songs be",
        "how many songs per artist",
        "what did the band play",
        "who is my muse",
        "how many stars are there",
        "list other artists",
        "how manny songs did i lisen to this monht",
        "top artits of the yeer",
        "what was the weather on monday",
        "my metrics by genre",
        "how many songs in the summer of 1999",
        "tell me about birthdays",
        "songs about love",
        "my brother's favourite band",
        "send my songs to radiohead@example.com",
        "my most played bjoerk-like songs",
        "tell me a jest",
        "bust",
        "new artists i found in january",
        "how long is my current listening streak",
        "how mnay songs did i listn to",
    ],
)
def test_words_of_a_question_are_no_names(question: str) -> None:
    assert linked(question) == []


@pytest.mark.parametrize(
    ("question", "words", "name"),
    [
        ("plays of the song time", "time", "track: Time by Pink Floyd"),
        ("how often have i played time", "time", "track: Time by Pink Floyd"),
        ("how often did i hear the song yesterday", "yesterday", "track: Yesterday by Beatles"),
        ("plays of a song called top", "top", "track: Top by Nobody"),
        ('plays of "most" in 2020', '"most"', "track: Most by Nobody"),
        ('plays of "1999"', '"1999"', "track: 1999 by Prince"),
        ("plays of the song 1999", "1999", "track: 1999 by Prince"),
        ("plays of the song home", "home", "track: Home by Depeche"),
        ("how often did i listen to the band live", "live", "artist: Live"),
        ("top songs by muse", "muse", "artist: Muse"),
        ("top songs by future", "future", "artist: Future"),
        ("muse songs", "muse", "artist: Muse"),
        ("songs like muse", "muse", "artist: Muse"),
        ("songs similar to muse", "muse", "artist: Muse"),
        ("listen to the who", "the who", "artist: The Who"),
        ("top songs by the band", "the band", "artist: The Band"),
        ("the artist artist", "artist", "artist: Artist"),
        ("top songs by blood orange", "blood orange", "artist: Blood Orange"),
        ("how often did i listen to the album am", "am", "album: AM by Arctic Monkeys"),
        ("the album 1989 per month", "1989", "album: 1989 by Taylor Swift"),
        ("songs by the 1975", "the 1975", "artist: The 1975"),
        ("the artist called month", "month", "artist: Month"),
        ("listen to the the", "the the", "artist: The The"),
        ('what about "!!!"', '"!!!"', "artist: !!!"),
        ("how often did i listen to !!! last year", "!!!", "artist: !!!"),
        ("muse?", "muse", "artist: Muse"),
        ("and muse?", "muse", "artist: Muse"),
        ("only muse", "muse", "artist: Muse"),
        ("how often did i play my love", "my love", "track: My Love by Wings"),
    ],
)
def test_common_words_are_names_where_something_says_so(question: str, words: str, name: str) -> None:
    assert linked(question) == [(words, name)]


def test_the_cue_may_come_from_the_planner() -> None:
    assert linked("give me muse") == []
    assert [told(mention) for mention in INDEX.find("give me muse", hints={8: None})] == [("muse", "artist: Muse")]
    hinted = INDEX.find("boston", hints={0: Kind.ALBUM})
    assert [told(mention) for mention in hinted] == [("boston", "album: Boston by Boston")]


def test_the_words_of_metrics_and_dimensions_are_no_names() -> None:
    models = sorted((Path(__file__).parents[5] / "dbt/models/semantic").rglob("*.yml"))
    lines = [line for path in models for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line.partition("synonyms:")[2] or line.partition("label:")[2] for line in lines]
    words = {word.letters for line in told for word in words_of(line) if word.letters.isalpha()}
    assert len(words) > 200
    assert sorted(word for word in words if reserve(word) == FREE) == []
