"""What stands in quotes in a question: it is a name or nothing. Apostrophes are no quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOUBLE = re.compile(r'"([^"]+)"|[\u201c\u201e]([^\u201c-\u201e]+)[\u201c\u201d]|«([^«»]+)»')
# An apostrophe opens only before a word, and closes only behind one: neither `don't` nor `the doors' songs` is quoted,
# nor are `'90s` and the `'n'` of `rock 'n' roll`.
_SINGLE = re.compile(
    r"(?<![^\s(\[,;:])['\u2018](?!n['\u2019]\s)(?!\d\ds?(?!['\u2019\w]))(\S(?:[^\"]*?\S)?)['\u2019](?!\w)"
)
_LONGEST = 300


def quotes_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Begin, end and what is within each pair of quotes that holds something, in order, double quotes first."""
    covered: list[tuple[int, int]] = []
    for pattern in (_DOUBLE, _SINGLE):
        for match in pattern.finditer(text):
            start, end = match.span()
            inner = next(group for group in match.groups() if group is not None).strip()
            if inner and len(inner) <= _LONGEST and not any(start < last and first < end for first, last in covered):
                covered.append((start, end))
                yield start, end, inner
