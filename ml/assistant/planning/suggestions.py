"""Questions that ask what to listen to, or what is like something.

What is recommended comes from the tables of the recommender: suggesting.py.
"""

from __future__ import annotations

from ml.assistant.planning.drafting import Draft, NotUnderstoodError, kinds, number_of_rows, subject_of
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.reading import Reading
from ml.assistant.query import Intent, Kind, SemanticQuery

_SUGGESTED_KINDS = (Kind.ARTIST, Kind.TRACK)


def recommends(reading: Reading) -> bool:
    return reading.has(Cue.RECOMMEND)


def recommendation(draft: Draft) -> SemanticQuery:
    draft.use(Cue.RECOMMEND, Cue.SIMILAR, Cue.LISTEN, Cue.NEW, Cue.TOP, Cue.MORE, Cue.MOOD, Cue.CONTEXT)
    if draft.subjects and draft.subjects[0].kind in (Kind.ARTIST, Kind.TRACK):
        return likeness(draft)
    asked = kinds(draft.reading)
    moods = draft.reading.values(Cue.MOOD)
    return SemanticQuery(
        intent=Intent.RECOMMEND,
        mood=moods[0] if moods else None,
        filters=tuple(draft.filters),
        kind=asked[0][0] if asked else Kind.TRACK,
        limit=number_of_rows(draft, several=not asked or asked[0][1]),
    )


def asks_for_similar(reading: Reading) -> bool:
    return reading.has(Cue.SIMILAR) and bool(reading.mentions)


def likeness(draft: Draft) -> SemanticQuery:
    draft.use(Cue.SIMILAR, Cue.RECOMMEND, Cue.LISTEN, Cue.MORE, Cue.NEW, Cue.TOP)
    [subject, *others] = draft.subjects
    if others or subject.kind not in _SUGGESTED_KINDS:
        raise NotUnderstoodError("I can find what is like one artist or one song")
    return SemanticQuery(intent=Intent.SIMILAR, subject=subject_of(subject), limit=number_of_rows(draft, several=True))
