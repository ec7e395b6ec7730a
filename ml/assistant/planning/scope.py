"""What is refused before anything is looked for: statements, instructions, other people, things that no play tells of.

A question of these may hold words that would make sense alone, so it must not come as far as the planner.
"""

from __future__ import annotations

import re

from ml.errors import MlError


class OutOfScopeError(MlError):
    """The question asks for what is never answered here; its text says what and why."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_STATEMENT = _any(
    r"\bselect\b.+\bfrom\b",
    r"\b(insert\s+into|update\b.+\bset|delete\s+from|drop\s+(table|schema|database|view)|create\s+(table|view))\b",
    r"\b(alter\s+table|union\s+(all\s+)?select|attach\s|copy\s.+\sto|pragma|truncate|grant\s|order\s+by\s+\d)",
    r"\b(information_schema|sqlite_master|read_csv|read_parquet|sql|exec)\b|\bxp_",
    r"\bwrite\s+(me\s+)?(a\s+|some\s+|the\s+)?(query|code)\b",
    r"--|;\s*$|;\s*\w+|/\*|\*/|\b\d+\s*=\s*\d+\b|'\s*or\s*'|<script|\{\{|\}\}|\{%|%\}|\$\{|\.\./",
)
_ABOUT_RULES = r"rules?|instructions?|filters?|previous|prior|above|limits?|restrictions?|permissions?|everything you"
_INSTRUCTION = _any(
    rf"\b(ignore|disregard|forget|override|bypass)\b.{{0,40}}\b({_ABOUT_RULES})\b",
    r"\b(system prompt|developer mode|debug mode|jailbreak|you are now|act as|pretend|traceback)\b",
    r"\b(passwords?|api[ -]?keys?|tokens?|secrets?|credentials?|admin|root|environment variables?|file system)\b",
    r"\bas (an?|the) (other|different) listener\b|\betc/passwd",
)
_COMMAND = _any(
    r"^(please )?(skip (?!rates?\b|ratio|count)|pause\b|stop\b|resume\b|turn\b|add\b|delete\b|remove\b)",
    r"^(please )?(create|buy|follow|send|call|open|save|rename)\b",
    r"^(please )?(export|import|download|upload|install|email|erase|play (?!me\b|something|some\b|counts?\b))\b",
)
_PEOPLE = r"listeners?|users?|accounts?|person|people|customers?|members?"
_RELATIVES = (
    r"wife|husband|partner|girlfriend|boyfriend|friends?|brother|sister|mother|father|mom|mum|dad|son|daughter|kids?|"
    r"children|roommate|flatmate|boss|neighbou?r|family|colleagues?|ex|parents|cousin"
)
_OTHERS = _any(
    rf"\b(other|another|different|all( of)?( the)?|every|each|any|which|how many|most|top|who are the) ({_PEOPLE})\b",
    r"\b(everybody|everyone|anybody else|anyone else|someone else|somebody else|other people)",
    rf"\b(my|his|her|their|our) ({_RELATIVES})\b|\bwho (else )?listens?\b",
    r"\b(?!today|yesterday|week|month|year|summer|winter|spring|autumn|what|who|it|that|here|there)\w+'s"
    r" (favou?rite|top (artist|band|genre|musician)|most (played|listened( to)?) (artist|band|genre|musician))",
    r"\bthe other (one|listener|user|person)\b|\blistener[_ ]?id\b|\bsim-?\d+|\bsim-connected\b",
    r"\b(did|does|do|has|have|is|was) (he|she|they)\b",
    r"\b(his|her|their) (top|favou?rite|most|plays|listening|history|songs?|artists?)\b",
    r"\bthan (others|other|people|the average)\b|\baverage (listener|user|person)\b",
    r"\bcompared (to|with) (others|other|people)\b",
)
_ELSEWHERE = (
    (_any(r"\b(songs?|tracks?|music|albums?) about\b"), "what songs are about"),
    (
        _any(
            r"\bwho (plays|sings|sang|wrote|produced|composed|covered)\b",
            r"\bmembers of\b",
        ),
        "who made music",
    ),
    (_any(r"(^|\s)-\d"), "numbers below one"),
    (
        _any(
            r"\bat (least|most) \d",
            r"\b(more|less|fewer|longer|shorter) than \d+ (times|plays|minutes|hours|songs|days)\b",
            r"\b(over|under|exactly|above|below) \d+ (times|plays|minutes|hours|songs|days)\b",
        ),
        "what lies over or under a figure",
    ),
    (_any(r"\bwhy\b"), "reasons"),
    (
        _any(r"\b(shuffled?|offline|incognito|podcasts?|audiobooks?|radio|volume|ratings?)\b"),
        "anything but music and when it was heard",
    ),
    (_any(r"\b(weather|temperature|forecast|raining|sunny outside)\b(?!.*\b(listen|play|hear)\b)"), "the weather"),
    (
        _any(r"(?<!explicit )\blyrics?\b|\b(words of the song|sing along|meaning of|what is .* about)\b"),
        "what songs say and mean",
    ),
    (
        _any(
            r"\b(prices?|costs?|tickets?|tour|concerts?|gigs?|merch|royalt(y|ies)|earn(ed)?|money|pay|paid|subscription)\b"
        ),
        "prices, tickets and money",
    ),
    (
        _any(
            r"\b(born|birthplace|died?|dead|alive|married|net worth|biography|real name|nationality)\b",
            r"\b(grammys?|awards?|how old is (?!the music|my music)|(where|which country|what country) is .* from)\b",
        ),
        "artists' lives",
    ),
    (
        _any(
            r"\b(will|gonna|going to) (i|my|be|it)\b|\bpredict|\btomorrow\b",
            r"\bnext (week|month|year|summer|winter|spring|autumn|weekend)\b",
        ),
        "the future",
    ),
    (
        _any(
            r"\b(news|stock|bitcoin|president|capital of|recipe|joke|poem|story|translate|homework|football)\b",
            r"\b(movie|film|e-?mail|phone number|address)\b",
        ),
        "that",
    ),
)


def check(text: str) -> None:
    """Whether a question in plain form asks about this listener's listening.

    Raises:
        OutOfScopeError: it does not.
    """
    if _STATEMENT.search(text):
        raise OutOfScopeError("I take questions in English, not statements or templates")
    if _INSTRUCTION.search(text):
        raise OutOfScopeError("I answer questions about your listening and take no other instructions")
    if _COMMAND.search(text):
        raise OutOfScopeError("I answer questions, and play, change and send nothing")
    if _OTHERS.search(text):
        raise OutOfScopeError("I know the listening of one listener, and tell nothing of anybody else's")
    for pattern, about in _ELSEWHERE:
        if pattern.search(text):
            raise OutOfScopeError(f"listening history does not tell of {about}")
