"""What the words around a name say of it: that there is one, and of which kind.

`by X`, `the band X`, `song X`, `called X`, `X songs`, `listen to X`, `similar to X`. How much a cue must say before
common words are a name is in question_words.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.assistant.names.folding import Word
from ml.assistant.names.question_words import ADVERBS, COMPOUNDS, GROUPINGS, ORDINARY, STRUCTURE, TIME, reserve
from ml.assistant.query import Kind

_ARTIST = (Kind.ARTIST,)
_TRACK = (Kind.TRACK,)
_ALBUM = (Kind.ALBUM,)
_GENRE = (Kind.FAMILY, Kind.GENRE)
NOUNS: dict[str, tuple[Kind, ...]] = {
    **dict.fromkeys(
        ("artist", "band", "singer", "group", "musician", "rapper", "duo", "act", "dj", "composer"), _ARTIST
    ),
    **dict.fromkeys(("artists", "bands", "singers"), _ARTIST),
    **dict.fromkeys(("song", "track", "single", "tune", "recording", "songs", "tracks"), _TRACK),
    **dict.fromkeys(("album", "record", "lp", "ep", "albums", "records"), _ALBUM),
    **dict.fromkeys(("genre", "genres", "style", "family"), _GENRE),
}
# With these before it, the noun is what is asked for, and what follows it is no name: `my top song last summer`.
_ASKED = frozenset(
    {
        "all", "and", "another", "any", "best", "by", "different", "distinct", "each", "every", "favorite",
        "favorites", "favourite", "favourites", "few", "fewer", "first", "heard", "how", "last", "latest",
        "least", "longest", "many", "more", "most", "my", "new", "newest", "next", "number", "of", "oldest",
        "one", "only", "other", "our", "per", "played", "same", "several", "shortest", "similar", "some", "top",
        "unique", "what", "whatever", "which",
    }
)  # fmt: skip
_CALLED = frozenset({"called", "named", "titled", "entitled"})
_HEARING = frozenset(
    {
        "between", "compare", "discover", "discovered", "enjoy", "except", "excluding", "hear",
        "heard", "hearing", "include", "just", "like", "love", "loved", "only", "play", "played", "playing",
        "plays", "rank", "repeated", "replayed", "skip", "skipped", "spin", "spun", "stream", "streamed",
        "streaming", "than", "versus", "vs", "without",
    }
)  # fmt: skip
_MEASURES = frozenset(
    {
        "albums", "amount", "artists", "fan", "hours", "listens", "lot", "minutes", "much", "percent",
        "percentage", "place", "play", "plays", "position", "proportion", "rank", "rate", "scrobbles", "share",
        "skips", "songs", "streams", "times", "tracks",
    }
)  # fmt: skip
_BEFORE = {
    "to": frozenset({"listen", "listened", "listening", "listens", "similar", "compared", "compare", "close"}),
    "with": frozenset({"compared", "compare"}),
    "about": frozenset({"what", "how"}),
    "of": _MEASURES,
    "for": _MEASURES,
}
_OWNED = frozenset(
    {
        "album", "albums", "ballads", "discography", "hit", "hits", "playlist", "record", "records", "single",
        "singles", "song", "songs", "track", "tracks", "tune", "tunes",
    }
)  # fmt: skip
_MUSIC = frozenset({"music", "genre", "artists", "artist", "bands", "band", "listening"})
_COUNTED = frozenset({"plays", "listens", "streams", "scrobbles", "minutes", "hours"})


@dataclass(frozen=True)
class Cue:
    """What speaks for a name here."""

    strength: int = 0
    """As the steps of question_words.py: a name whose words are reserved further is not meant."""
    kinds: tuple[Kind, ...] = ()
    """What it may be; empty where the cue does not say."""


NO_CUE = Cue()


def cue_at(words: Sequence[Word], first: int, behind: int, *, ends: bool = False) -> Cue:
    """What speaks for the words from `first` to before `behind` being a name.

    Args:
        words: those of the question.
        first: the first of the name.
        behind: the first behind it.
        ends: whether the question ends here, or only a time follows.
    """
    before = [word.letters for word in words[max(0, first - 3) : first]]
    after = [word.letters for word in words[behind : behind + 2]]
    if before and (before[-1], words[first].letters) in COMPOUNDS:
        return NO_CUE
    if after and (words[behind - 1].letters, after[0]) in COMPOUNDS:
        return NO_CUE
    if ends and before[-2:-1] == ["the"] and before[-1] in NOUNS and words[first].letters not in ADVERBS:
        return Cue(STRUCTURE, NOUNS[before[-1]])
    if before[-1:] in (["the"], ["a"]):
        before = before[:-1]
    ahead = _cue_before(before, words[first].letters if behind - first == 1 else "")
    return ahead if ahead.strength else _cue_after(before, after)


def is_noun_of_a_name(words: Sequence[Word], behind: int) -> bool:
    """Whether the words end in `band`, `song` or the like and a name may follow: `the band radiohead`."""
    return words[behind - 1].letters in NOUNS and behind < len(words) and reserve(words[behind].letters) < TIME


def _cue_before(before: Sequence[str], name: str) -> Cue:
    *_, second, last = ["", "", *before]
    if last in _CALLED:
        return Cue(STRUCTURE, NOUNS.get(second, ()))
    if last in NOUNS and second not in _ASKED:
        return Cue(TIME, NOUNS[last])
    if last == "by":
        return NO_CUE if name in GROUPINGS else Cue(TIME, _ARTIST)
    if last == "from" and second in _OWNED:
        return Cue(ORDINARY, (Kind.ARTIST, Kind.ALBUM))
    is_cue = last in _HEARING or second in _BEFORE.get(last, ()) or (last == "and" and len(before) == 1)
    return Cue(ORDINARY) if is_cue else NO_CUE


def _cue_after(before: Sequence[str], after: Sequence[str]) -> Cue:
    following = after[0] if after else ""
    if following in _MUSIC:
        return Cue(ORDINARY, _GENRE)
    if following in _OWNED:
        return Cue(ORDINARY, (Kind.ARTIST, *_GENRE))
    if following in _COUNTED or following in {"vs", "versus"}:
        return Cue(ORDINARY)
    if before[-1:] == ["much"] and following in {"did", "do", "have", "has", "was", "is"}:
        return Cue(ORDINARY, (Kind.ARTIST, *_GENRE))
    if before[-1:] and before[-1] in {"is", "was", "are", "were"}:
        return Cue(ORDINARY, _GENRE)
    return NO_CUE
