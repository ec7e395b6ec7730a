"""Times that are named and cannot be told: what TuneGenie does not know, what lies ahead, what is too vague."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.times.calendar_windows import MONTHS, SEASONS, WEEKDAYS
from ml.assistant.times.points import rule
from ml.assistant.times.readings import Place, Reading

_OWN = r"(?:my|our|his|her|their|your|the|mums|moms|dads)"
_EVENT = (
    r"(?:[0-9]{1,3}th )?(?:birthday|wedding|anniversary|breakup|break(?: -)? up|divorce|graduation|vacations?"
    r"|holidays?|honeymoon"
    r"|trip|exams?|childhood|teens|teenage years|twenties|thirties|forties|20s|30s|40s|youth|school days|college "
    r"days|surgery"
    r"|pregnancy|move|new job|old job|party|gap year|high school|college|university)"
)
_OWN_EVENT = rule(
    rf"(?:(?:on|since|before|after|around|for|during|until|in|at|by) )?(?:my|our|his|her|their|your) {_EVENT}"
)
_WHEN_I = rule(
    r"(?:when|while|since|before|after|until|the (?:day|week|month|year|summer|time)(?: that| when)?) (?:i|we|he"
    r"|she|they) "
    r"(?:1th )?(?:lived|was|were|moved|met|worked|studied|had|turned|got|broke|graduated|married|quit|left|lost"
    r"|visited|went"
    r"|became|divorced|travell?ed|dated|bought|stayed|retired|changed)"
)
_SINCE_OWN = rule(
    rf"(?:since|before|after|until) {_OWN} (?!(?:beginning|start|end|last|past|previous|year|month|week|day)\b)[a-z]+"
)
_EPOCHS = rule(
    r"(?:(?:since|before|after|during|in|until|throughout) )?(?:the )?(?:1th )?(?:(?:covid|corona|coronavirus)(?: "
    r"-)?(?: 19)?(?: (?:lockdown|pandemic|era|times))?"
    r"|lockdowns?|pandemic|quarantine)"
)
_MOVING_FEASTS = rule(
    r"(?:(?:on|at|during|since|before|after|over|until|for) )?(?:the )?(?:(?:last|this|next) )?"
    r"(?:thanksgiving|easter(?: (?:sunday|monday))?|good friday|pentecost|hanukkah|ramadan|eid|diwali|holi"
    r"|passover|black friday"
    r"|(?:mother|mothers|father|fathers|labor|labour|memorial|independence|presidents|veterans|columbus|canada"
    r"|australia|leap) day"
    r"|super bowl|mardi gras|carnival|the holidays|the holiday season|lent|advent)"
)
_VAGUE = rule(
    r"the other (?:day|week|night|month)|(?:a )?(?:long )?(?:while|time) (?:ago|back)|some time ago|ages ago|long "
    r"ago|back in the day"
    r"|back then|(?:in|during|over) the (?:last|past) (?:several|many)(?: [a-z]+)?|(?:several|many) (?:days|weeks"
    r"|months|years) ago"
    r"|(?:the )?last (?:several|many) (?:days|weeks|months|years)|once upon a time"
)
_AHEAD = rule(
    r"(?:the day after )?tomorrow|(?:(?:in|during|over|for|on|the) ){0,2}(?:next|coming|upcoming) (?:[0-9]{1,4} |few )?"
    rf"(?:days?|weeks?|weekends?|months?|quarters?|years?|seasons?|decades?"
    rf"|{'|'.join((*MONTHS, *WEEKDAYS, *SEASONS))}|christmas|halloween)"
    r"|(?:[0-9]{1,4}|an?|few) (?:days?|weeks?|months?|years?) from now|in (?:[0-9]{1,4}|few) (?:days?|weeks?"
    r"|months?|years?) from now"
)
_UNKNOWN = (_OWN_EVENT, _WHEN_I, _SINCE_OWN, _EPOCHS)
_SINCE_WHAT_WAS_HEARD = re.compile(r"\b(?:song|track|artist|band|album|music|playlist)\b")


def refusals_at(place: Place) -> Iterator[Reading]:
    """Every time that begins at a word and cannot be used, with the reason."""
    for pattern in _UNKNOWN:
        match = place.match(pattern)
        if match is not None and not _SINCE_WHAT_WAS_HEARD.search(match[0]):
            what = re.sub("^(?:on|since|before|after|around|for|during|until|in|at|by|throughout) ", "", match[0])
            yield Reading(match.end(), problem=f"the dates of “{what}” are not known: name them")
    match = place.match(_MOVING_FEASTS)
    if match is not None and (" " in match[0] or place.words.is_last(match.end())):
        yield Reading(match.end(), problem=f"the date of “{match[0]}” differs by year or country: name it")
    match = place.match(_VAGUE)
    if match is not None:
        yield Reading(match.end(), problem=f"“{match[0]}” is no exact time: name a date, month or year")
    match = place.match(_AHEAD)
    if match is not None and (match[0] != "tomorrow" or place.words.is_last(match.end())):
        yield Reading(match.end(), problem=f"“{match[0]}” lies in the future")
