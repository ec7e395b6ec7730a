"""What a question names: the words that are linked, to what, and those that must not be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml.assistant.names.folding import bare_title, key_of, words_of
from ml.assistant.names.index import Mention, NameIndex
from ml.assistant.names.question_words import FREE, reserve
from ml.assistant.query import Kind
from tests.unit.ml.assistant import listener

INDEX = listener.index()
SATISFACTION = "track: (I Can't Get No) Satisfaction by The Rolling Stones"
SERGEANT = "album: Sgt. Pepper's Lonely Hearts Club Band (Remastered) by Beatles"


def told(mention: Mention) -> tuple[str, str]:
    """The words, and kind and name of what they mean; what nothing decides is marked with a question mark."""
    best = mention.candidates[0] if mention.candidates else None
    meant = "nothing" if best is None else f"{best.kind}: {best.name}" + (f" by {best.by}" if best.by else "")
    return mention.words, ("? " if mention.is_ambiguous else "") + meant


def linked(question: str, index: NameIndex = INDEX) -> list[tuple[str, str]]:
    return [told(mention) for mention in index.find(question)]


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


@pytest.mark.parametrize("quoted", ['"qwerty asdf"', "'qwerty asdf'", "“qwerty asdf”", '"?"', '"top song"'])
def test_what_is_quoted_is_a_name_or_nothing(quoted: str) -> None:
    (mention,) = INDEX.find(f"how often did i play {quoted} last summer")
    assert (mention.words, mention.candidates, mention.how) == (quoted, (), "quoted")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("songs of 'muse' and 'the who'", ["Muse", "The Who"]),
        ("rock 'n' roll", ["rock"]),
        ("rock songs from the '90s and the doors' albums", ["rock", "The Doors"]),
        ("don't play radiohead's songs, play queen's", ["Radiohead", "Queen"]),
        ("'don't stop me now' plays", ["Don't Stop Me Now"]),
        ('""', []),
        ('"radiohead', ["Radiohead"]),
    ],
)
def test_apostrophes_are_no_quotes(question: str, expected: list[str]) -> None:
    assert [mention.candidates[0].name for mention in INDEX.find(question)] == expected


def test_what_is_understood_already_is_named_by_quotes_alone() -> None:
    question = "the song yesterday"
    assert INDEX.find(question, taken=[(9, 18)]) == ()
    assert linked('the song "yesterday"', INDEX) == [('"yesterday"', "track: Yesterday by Beatles")]
    quoted = INDEX.find('the song "yesterday"', taken=[(10, 19)])
    assert [mention.candidates[0].name for mention in quoted] == ["Yesterday"]


@pytest.mark.parametrize("name", [name for name, _ in listener.TRACKS if not name[0].isalnum() or "\x07" in name])
def test_strange_names_are_plain_text(name: str) -> None:
    assert name in [thing.name for mention in INDEX.find(f'plays of "{name}"') for thing in mention.candidates]


def test_hostile_text_is_read_in_no_time_and_names_nothing_unheard() -> None:
    for text in (
        "'; drop table plays; --",
        "{{ 7 * 7 }}",
        "\x00" * 50,
        "x'" * 50_000,
        "zz kamilo " * 10_000,
        "(" * 9_999,
    ):
        assert linked(text) == []


def test_suggestions_are_the_nearest_names() -> None:
    assert INDEX.suggest("radiohaed")[0].name == "Radiohead"
    assert INDEX.suggest("metalika")[0].name == "Metallica"
    assert INDEX.suggest("creep", Kind.TRACK)[0].by == "Radiohead"
    assert {name.kind for name in INDEX.suggest("rock", Kind.ARTIST, count=2)} <= {Kind.ARTIST}
    assert INDEX.suggest("", count=3) == ()
    assert len(INDEX.suggest("the", count=5)) <= 5


def test_a_listener_who_heard_nothing_has_no_names() -> None:
    empty = NameIndex.of(listener.table([]))
    assert empty.find('plays of radiohead and "queen"')[0].candidates == ()
    assert empty.suggest("radiohead") == ()


def test_the_order_of_the_names_does_not_matter() -> None:
    backwards = NameIndex.of(listener.names().take(list(range(listener.names().num_rows))[::-1]), listener.TAXONOMY)
    for question in ("plays of hurt", "plays of nirvana", "radiohed or thriller", 'muse and "holiday"'):
        assert backwards.find(question) == INDEX.find(question)


OTHER_WORDS = [
    *("by", "the", "song", "top", "and", "plays", "of", "yesterday", "1999", "vs", "radiohed", "albums", "called", "&"),
    *("hurt", "creep", "!!!", "'", '"', "'s"),
]
WORDS = st.sampled_from([*(word for name in listener.ARTISTS for word in name.lower().split()), *OTHER_WORDS])
QUESTIONS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join))


@settings(deadline=None)
@given(QUESTIONS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=2))
@example("0000000000000:THE%RADIOAEA", [(17, 1)])
def test_mentions_lie_apart_within_the_text_and_outside_of_what_is_taken(
    text: str, spans: list[tuple[int, int]]
) -> None:
    taken = [(begin, begin + length) for begin, length in spans]
    found = INDEX.find(text, taken=taken)
    assert found == INDEX.find(text, taken=taken)
    end = 0
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.words == text[mention.start : mention.end]
        assert mention.how == "quoted" or not any(mention.start < last and first < mention.end for first, last in taken)
        end = mention.end


NAMES = st.lists(st.text("abcdefgh äøñœ'&!.-éЖ7", min_size=1, max_size=8).filter(key_of), min_size=2, max_size=4).map(
    " ".join
)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), st.data())
def test_a_name_of_several_words_is_found_in_quotes(names: list[str], data: st.DataObject) -> None:
    index = NameIndex.of(listener.table([("artist", str(at), name, "", 1) for at, name in enumerate(names)]))
    at = data.draw(st.integers(0, len(names) - 1))
    (mention,) = index.find(f'how often did i listen to "{names[at].lower()}" last summer')
    assert str(at) in [name.key for name in mention.candidates]


@given(st.one_of(st.text(max_size=40), st.text("abn '&+.-!/é$", max_size=9)))
@example("7 & ")
def test_folding_is_idempotent_and_does_not_see_case(text: str) -> None:
    key = key_of(text)
    assert key_of(key) == key or key.startswith("the")
    assert bool(key) == bool(text.strip())
    assert key_of(f"  {text} ") == key == key_of(text.strip())
    assert all(word.start < word.end <= len(text) for word in words_of(text))
    assert bare_title(bare_title(text)) == bare_title(text)


@given(st.lists(st.text("abcn '&+.-!/é$", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join))
def test_a_question_spells_a_name_as_the_index_does(name: str) -> None:
    letters = "".join(word.letters for word in words_of(name) if not word.is_sign)
    # An `&` at either end belongs to the question, and a name that is nothing but signs goes by them.
    assert key_of(name) in letters.removeprefix("the") or not any(map(str.isalnum, name))


def test_the_words_of_metrics_and_dimensions_are_no_names() -> None:
    models = sorted((Path(__file__).parents[5] / "dbt/models/semantic").rglob("*.yml"))
    lines = [line for path in models for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line.partition("synonyms:")[2] or line.partition("label:")[2] for line in lines]
    words = {word.letters for line in told for word in words_of(line) if word.letters.isalpha()}
    assert len(words) > 200
    assert sorted(word for word in words if reserve(word) == FREE) == []
