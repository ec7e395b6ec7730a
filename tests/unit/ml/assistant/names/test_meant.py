"""Which of several things a name means: by cue, version, plays and artist; and what nothing decides."""

from __future__ import annotations

import pytest

from ml.assistant.names.index import NameIndex
from tests.unit.ml.assistant import listener
from tests.unit.ml.assistant.names.linking import INDEX, linked


@pytest.mark.parametrize(
    ("question", "words", "name"),
    [
        ("plays of the album boston", "boston", "album: Boston by Boston"),
        ("plays of the song boston", "boston", "track: Boston by Boston"),
        ("plays of boston", "boston", "artist: Boston"),
        ("songs by bush", "bush", "artist: Bush"),
        ("the song bush", "bush", "track: Bush by Someone"),
        ("the song kansas", "kansas", "track: Kansas by Someone"),
        ("plays of kansas", "kansas", "artist: Kansas"),
        ("purple rain plays", "purple rain", "track: Purple Rain by Prince"),
        ("the album purple rain", "purple rain", "album: Purple Rain by Prince"),
        ("jazz minutes", "jazz", "family: jazz"),
        ("the song jazz", "jazz", "track: Jazz by Someone"),
        ("genre rock", "rock", "family: rock"),
        ("plays of creep", "creep", "track: Creep by Radiohead"),
        ("plays of creep by tlc", "creep by tlc", "track: Creep by TLC"),
        ("plays of stay", "stay", "track: Stay (feat. Mikky Ekko) by Rihanna"),
        ("how often did i play hotel california", "hotel california", "track: Hotel California by Eagles"),
    ],
)
def test_cues_versions_and_plays_decide_what_is_meant(question: str, words: str, name: str) -> None:
    index = listener.index()
    if "tlc" in question:
        extra = listener.names().to_pylist()
        rows = [tuple(row.values()) for row in extra] + [("artist", "tlc", "TLC", "", 2)]
        index = NameIndex.of(listener.table(rows), listener.TAXONOMY)
    assert linked(question, index) == [(words, name)]


@pytest.mark.parametrize(
    ("question", "words", "names"),
    [
        ("plays of hurt", "hurt", {"Nine Inch Nails", "Johnny Cash"}),
        ("plays of bush", "bush", {"", "Someone"}),
        ("plays of nirvana", "nirvana", {""}),
        ("how often did i play thriller", "thriller", {"Michael Jackson"}),
        ("how often did i play the song holiday", "holiday", {"Green Day"}),
    ],
)
def test_what_nothing_decides_is_ambiguous(question: str, words: str, names: set[str]) -> None:
    (mention,) = INDEX.find(question)
    assert (mention.words, mention.is_ambiguous) == (words, True)
    assert len(mention.candidates) == 2
    assert {name.by for name in mention.candidates} == names


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("hurt by johnny cash", [("hurt by johnny cash", "track: Hurt by Johnny Cash")]),
        ("yesterday by the beatles", [("yesterday by the beatles", "track: Yesterday by Beatles")]),
        ("time by pink floyd in 2020", [("time by pink floyd", "track: Time by Pink Floyd")]),
        ("time by pink floid in 2020", [("time by pink floid", "track: Time by Pink Floyd")]),
        ("the album in rainbows by radiohead", [("in rainbows by radiohead", "album: In Rainbows by Radiohead")]),
        ("thriller by radiohead", [("radiohead", "artist: Radiohead")]),
        ("plays of paranoid android by metallica", [("paranoid android by metallica", "nothing")]),
        ('"creep by radiohead"', [('"creep by radiohead"', "track: Creep by Radiohead")]),
        ("minutes by radiohead", [("radiohead", "artist: Radiohead")]),
        ("rock by radiohead", [("rock", "family: rock"), ("radiohead", "artist: Radiohead")]),
    ],
)
def test_a_title_by_an_artist_is_one_name(question: str, expected: list[tuple[str, str]]) -> None:
    assert linked(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("radiohead or muse", ["Radiohead", "Muse"]),
        ("muse vs radiohead", ["Muse", "Radiohead"]),
        ("did i play metallica more than queen", ["Metallica", "Queen"]),
        ("compare metric and stars", ["Metric", "Stars"]),
        ("rock, jazz and hip-hop", ["rock", "jazz", "hip hop"]),
        ("do i skip more rnb or country", ["r&b", "country"]),
        ("paranoid android versus no surprises", ["Paranoid Android", "No Surprises"]),
        ("the doors, the who and the band", ["The Doors", "The Who", "The Band"]),
    ],
)
def test_several_names_are_found_in_their_order(question: str, expected: list[str]) -> None:
    assert [mention.candidates[0].name for mention in INDEX.find(question)] == expected
