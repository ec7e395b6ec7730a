"""What would give a listener away: their name where names stand, and values that are theirs alone.

A name may be an ordinary word, or begin another's: it counts between quotes, slashes and the like, never within a
word; one that is a word of the project counts only where the name of a listener alone stands. Values (account ids,
names at services, archives' hashes, addresses) count anywhere, unless another has them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_SHORTEST_VALUE = 4
"""Shorter ones are met by chance in any file."""


@dataclass(frozen=True)
class Traces:
    """Of one listener."""

    listener_id: str
    values: tuple[str, ...] = ()
    is_word: bool = False
    """Whether the name is met in records of anybody's runs; see words.py."""

    @property
    def named(self) -> re.Pattern[bytes]:
        """The name where a name stands, or a value."""
        name = re.escape(self.listener_id.encode())
        if self.is_word:
            as_value = (
                rb"""\b(?:listener|listener_id|subject)\\*["']?\s*[:=]\s*\\*["']?""" + name + rb"""(?=[\\"'\s,}&]|$)"""
            )
            in_path = rb"\b(?:archives|preferences|inbox)/" + name + rb"""(?=[/\\"'])"""
            return re.compile(b"|".join([as_value, in_path, *self._value_patterns()]))
        within = rb"""(?:(?<=["'/>=])|(?<=\bof )|(?<=\bfor ))""" + name + rb"""(?=["'/<:\\])"""
        return re.compile(b"|".join([within, *self._value_patterns()]))

    @property
    def owned(self) -> re.Pattern[str]:
        """A path, from the home on, in which the name stands as that of an owner."""
        name = re.escape(self.listener_id)
        if not self.is_word:
            return re.compile(rf"(?:^|/){name}(?:/|$)")
        places = r"landing/(?:archives|preferences)|landing/pages/[^/]+/[^/]+|parsed/[^/]+|inbox"
        return re.compile(rf"^(?:{places})/{name}(?:/|$)")

    @property
    def telling(self) -> re.Pattern[bytes] | None:
        """A value; None where none is known."""
        patterns = self._value_patterns()
        return re.compile(b"|".join(patterns)) if patterns else None

    def _value_patterns(self) -> list[bytes]:
        escaped = [re.escape(value.encode()) for value in self.values]
        return [rb"(?<![A-Za-z0-9])" + value + rb"(?![A-Za-z0-9])" for value in escaped]


def traces_of(listener_id: str, theirs: Iterable[str | None], others: Collection[str | None]) -> Traces:
    """The traces of a listener to whom the values `theirs` belong; those that somebody else has are nobody's."""
    values = {value for value in theirs if value and len(value) >= _SHORTEST_VALUE} - set(others)
    return Traces(listener_id, tuple(sorted(values - {listener_id})))
