"""A name is found however it is written, and with a typo; what is too far is nothing."""

from __future__ import annotations

import pytest

from ml.assistant.names.index import NameIndex
from ml.assistant.query import Kind
from tests.unit.ml.assistant import listener
from tests.unit.ml.assistant.names.linking import INDEX, linked

SATISFACTION = "track: (I Can't Get No) Satisfaction by The Rolling Stones"
SERGEANT = "album: Sgt. Pepper's Lonely Hearts Club Band (Remastered) by Beatles"


@pytest.mark.parametrize(
    ("question", "words", "name"),
    [
        ("how often did i listen to radiohead", "radiohead", "artist: Radiohead"),
        ("top songs by the beatles in 2019", "the beatles", "artist: Beatles"),
        ("minutes of weeknd", "weeknd", "artist: The Weeknd"),
        ("plays of ac/dc", "ac/dc", "artist: AC/DC"),
        ("plays of ac dc", "ac dc", "artist: AC/DC"),
        ("plays of acdc", "acdc", "artist: AC/DC"),
        ("when did i first hear pink?", "pink", "artist: P!nk"),
        ("when did i first hear p!nk?", "p!nk", "artist: P!nk"),
        ("beyonce songs", "beyonce", "artist: Beyoncé"),
        ("beyoncé songs", "beyoncé", "artist: Beyoncé"),
        ("kesha songs", "kesha", "artist: Ke$ha"),
        ("ke$ha's songs", "ke$ha's", "artist: Ke$ha"),
        ("how much guns n roses did i hear", "guns n roses", "artist: Guns N' Roses"),
        ("how much guns and roses did i hear", "guns and roses", "artist: Guns N' Roses"),
        ("how much guns n' roses did i hear", "guns n' roses", "artist: Guns N' Roses"),
        ("florence and the machine plays", "florence and the machine", "artist: Florence + The Machine"),
        ("florence & the machine plays", "florence & the machine", "artist: Florence + The Machine"),
        ("simon and garfunkel by month", "simon and garfunkel", "artist: Simon & Garfunkel"),
        ("simon & garfunkel by month", "simon & garfunkel", "artist: Simon & Garfunkel"),
        ("salt n pepa", "salt n pepa", "artist: Salt-N-Pepa"),
        ("motorhead per week", "motorhead", "artist: Motörhead"),
        ("plays of mo", "mo", "artist: MØ"),
        ("rem in 1998", "rem", "artist: R.E.M."),
        ("r.e.m. in 1998", "r.e.m", "artist: R.E.M."),
        ("sigur ros at night", "sigur ros", "artist: Sigur Rós"),
        ("what is radiohead's top song", "radiohead's", "artist: Radiohead"),
        ("the doors' albums", "the doors'", "artist: The Doors"),
        ("the doors's albums", "the doors's", "artist: The Doors"),
        ("RADIOHEAD, in 2020?", "RADIOHEAD", "artist: Radiohead"),
        ("tyler the creator in may", "tyler the creator", "artist: Tyler, The Creator"),
        ("bohemian rhapsody plays", "bohemian rhapsody", "track: Bohemian Rhapsody - Remastered 2011 by Queen"),
        ("how often did i play satisfaction", "satisfaction", SATISFACTION),
        ("i can't get no satisfaction", "i can't get no satisfaction", SATISFACTION),
        ("how often did i hear don't stop me now", "don't stop me now", "track: Don't Stop Me Now by Queen"),
        ("how often did i hear dont stop me now", "dont stop me now", "track: Don't Stop Me Now by Queen"),
        ("plays of paranoid android", "paranoid android", "track: Paranoid Android by Radiohead"),
        ("ok computer", "ok computer", "album: OK Computer by Radiohead"),
        ("sgt peppers lonely hearts club band", "sgt peppers lonely hearts club band", SERGEANT),
        ("how often did i play halo", "halo", "track: Halo by Beyoncé"),
        ("сколько раз блестящие", "блестящие", "artist: Блестящие"),
        ("plays of 東京事変", "東京事変", "artist: 東京事変"),
    ],
)  # fmt: skip
def test_spellings_of_a_name_are_that_name(question: str, words: str, name: str) -> None:
    assert linked(question) == [(words, name)]


@pytest.mark.parametrize(
    ("question", "genre"),
    [
        ("hip-hop songs", "family: hip hop"),
        ("hiphop songs", "family: hip hop"),
        ("how much hip hop did i hear", "family: hip hop"),
        ("rnb artists", "family: r&b"),
        ("r&b artists", "family: r&b"),
        ("r'n'b artists", "family: r&b"),
        ("r and b artists", "family: r&b"),
        ("electronic dance music", "genre: edm"),
        ("how much edm", "genre: edm"),
        ("indie-rock minutes", "genre: indie rock"),
        ("country music", "family: country"),
        ("genre other", "family: other"),
        ("top pop songs", "family: pop"),
    ],
)
def test_genres_go_by_their_other_names(question: str, genre: str) -> None:
    assert [name for _, name in linked(question)] == [genre]


def test_a_genre_that_was_not_heard_is_not_taken_for_the_nearest() -> None:
    rows = [("artist", "medal", "Medal", "", 10)]
    assert NameIndex.of(listener.table(rows), listener.TAXONOMY).find("how much metal did i hear") == ()


@pytest.mark.parametrize(
    ("question", "words", "name"),
    [
        ("plays of radiohed", "radiohed", "artist: Radiohead"),
        ("top radoihead songs", "radoihead", "artist: Radiohead"),
        ("plays of metalica", "metalica", "artist: Metallica"),
        ("plays of mettalica's albums", "mettalica's", "artist: Metallica"),
        ("songs by the beatels", "the beatels", "artist: Beatles"),
        ("songs by arcade fir", "arcade fir", "artist: Arcade Fire"),
        ("songs by queens of the stonage", "queens of the stonage", "artist: Queens of the Stone Age"),
        ("listen to floernce and the machine", "floernce and the machine", "artist: Florence + The Machine"),
        ("paranoid andriod", "paranoid andriod", "track: Paranoid Android by Radiohead"),
        ("bohemian rapsody plays", "bohemian rapsody", "track: Bohemian Rhapsody - Remastered 2011 by Queen"),
        ('"bohemian rapsody"', '"bohemian rapsody"', "track: Bohemian Rhapsody - Remastered 2011 by Queen"),
        ("ok computr", "ok computr", "album: OK Computer by Radiohead"),
        ("songs by the weekand", "the weekand", "artist: The Weeknd"),
    ],
)
def test_typos_are_forgiven_and_told(question: str, words: str, name: str) -> None:
    assert linked(question) == [(words, name)]
    (mention,) = INDEX.find(question)
    assert 0.5 < mention.closeness < 1
    assert mention.how == ("quoted" if '"' in question else "near")


@pytest.mark.parametrize(
    "question", ["plays of mose", "plays of radohaedd", "on the weekand", "what a frobnicator", "plays of xmetalicax"]
)
def test_what_is_too_far_is_nothing(question: str) -> None:
    assert linked(question) == []


def test_closeness_tells_the_spelling() -> None:
    found = {words: INDEX.find(words)[0] for words in ("radiohead", "beyonce", "bohemian rhapsody", "radiohed songs")}
    assert [mention.how for mention in found.values()] == ["exact", "folded", "folded", "near"]
    closeness = [mention.closeness for mention in found.values()]
    assert closeness == sorted(closeness, reverse=True)
    assert len(set(closeness)) == 4


def test_suggestions_are_the_nearest_names() -> None:
    assert INDEX.suggest("radiohaed")[0].name == "Radiohead"
    assert INDEX.suggest("metalika")[0].name == "Metallica"
    assert INDEX.suggest("creep", Kind.TRACK)[0].by == "Radiohead"
    assert {name.kind for name in INDEX.suggest("rock", Kind.ARTIST, count=2)} <= {Kind.ARTIST}
    assert INDEX.suggest("", count=3) == ()
    assert len(INDEX.suggest("the", count=5)) <= 5
