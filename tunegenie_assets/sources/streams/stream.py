"""What a stream is: one kind of page of one service, why it is asked for, and how its items are told apart.

Adding a stream is one small file beside this one and one line in registry.py; docs/collecting.md shows how.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.state import Record


@dataclass(frozen=True)
class Item:
    """One item of a page: its key within stream and subject, its UTC day where it is a play, and what it says."""

    key: str
    body: Mapping[str, Any]
    day: date | None = None


@dataclass(frozen=True)
class BadItem:
    """One item of a page, by its place in it, that is not what its service sends."""

    position: int
    reason: str


NO_PAGE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What the parsing of a page or an item raises that is of another shape than its service's."""


def each(items: Iterable[Any], read: Callable[[Any], Item | None]) -> Iterator[Item | BadItem]:
    """What `read` makes of every item; None of what is none. An item that cannot be read costs itself only."""
    for position, item in enumerate(items):
        try:
            found = read(item)
        except NO_PAGE as error:
            yield BadItem(position, f"{type(error).__name__}: {error}")
        else:
            if found is not None:
                yield found


def text_of(item: Mapping[str, Any], name: str) -> str:
    """The field that tells an item apart.

    Raises:
        ValueError: it is empty or no text.
    """
    value = item[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"no {name}")
    return value


_REFUSALS = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@dataclass(frozen=True)
class Stream:
    """One kind of page."""

    service: str
    name: str
    purpose: Purpose
    items: Callable[[LandedPage, Any], Iterator[Item | BadItem]]
    """The items of a page, given it and its JSON. Called for pages of status 200 only."""
    first_counts: bool = False
    """Whether the first page that told of a key counts, as for plays; else the latest does."""
    pages_a_file: int = 1
    """Pages landed together: what a kill may lose, so more than one only for what can be asked for again."""
    marks: tuple[str, ...] = ()
    """How the keys begin of records that are no item: they tell of pages and walks."""
    missing_key: Callable[[LandedPage], str] | None = None
    """The key under which a refusal (403, 404) is remembered, so that it is not asked for again."""

    def records(self, landed: LandedPage) -> Iterator[Record | BadItem]:
        """The records of a page, and its items that are none.

        Raises:
            NO_PAGE: the page is not what this service sends.
        """
        if landed.page.status in _REFUSALS and self.missing_key is not None:
            yield self._record(landed, 0, Item(self.missing_key(landed), {}))
        elif landed.page.status == HTTPStatus.OK:
            for position, item in enumerate(self.items(landed, parsed(landed.page.body))):
                yield item if isinstance(item, BadItem) else self._record(landed, position, item)

    def is_mark(self, record: Record) -> bool:
        """Whether a record of the stream is no item: a mark, or that there is nothing."""
        return record.status != HTTPStatus.OK or record.body == "{}" or record.key.split("|", 1)[0] in self.marks

    def _record(self, landed: LandedPage, position: int, item: Item) -> Record:
        page = landed.page
        return Record(
            stream=self.name,
            subject=page.subject,
            key=item.key,
            day=item.day,
            status=page.status,
            requested_at=page.requested_at,
            file=landed.file,
            line=landed.line,
            position=position,
            body=json.dumps(item.body, ensure_ascii=False, sort_keys=True),
        )


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def parsed(body: str) -> Any:
    """What a page says, with `?` for half a surrogate pair: valid JSON, but no text that could be stored.

    Raises:
        ValueError: it is no JSON.
    """
    page = json.loads(body)
    if _SURROGATE.search(body) is None:
        return page
    return json.loads(json.dumps(page, ensure_ascii=False).encode("utf-8", "replace"))


WALK = "walk"
"""Begins the keys of records that tell how far a walk over pages, the latest first, has come to its end."""


def walk_item(begins: datetime, ends: datetime) -> Item:
    """Everything of [begins, ends), naive UTC, is known."""
    return Item(f"{WALK}|{begins.isoformat()}|{ends.isoformat()}", {"begins": str(begins), "ends": str(ends)})


def walked(records: Iterable[Record], until: datetime = datetime.max) -> list[tuple[datetime, datetime]]:  # noqa: DTZ901 - naive UTC
    """From when to when the walks among the records of a stream came to their end, the earliest first.

    Those that end after `until` are left out: a clock that was ahead told of them.
    """
    bodies = (json.loads(record.body) for record in records if record.key.startswith(f"{WALK}|"))
    spans = ((utc(body["begins"]), utc(body["ends"])) for body in bodies)
    return sorted((begins, ends) for begins, ends in spans if ends <= until)


SNAPSHOT = "snapshot"
"""Begins the keys of records that tell when a list was asked for in whole, also one that is empty."""


def snapshot_of(day: date, *what: str) -> str:
    """The key that tells when on this UTC day a list of the stream was asked for.

    One of each day: what a clock told that was ahead would else stand for ever as the latest.
    """
    return "|".join((SNAPSHOT, str(day), *what))


def known_until(walks: Iterable[tuple[datetime, datetime]]) -> datetime | None:
    """Up to when everything is known, from the beginning on; None when nothing is.

    A walk that was broken off has no record, and one over a later time does not tell of what lies before it.
    """
    known: datetime | None = None
    for begins, ends in walks:
        if begins == datetime.min or (known is not None and begins <= known):  # noqa: DTZ901 - naive UTC
            known = max(ends, known or ends)
    return known


def latest_whole(walks: Iterable[tuple[datetime, datetime]]) -> datetime | None:
    """Up to when the latest of the walks tells that went back to the very beginning."""
    return max((ends for begins, ends in walks if begins == datetime.min), default=None)  # noqa: DTZ901 - naive UTC


ASKED_FOR = "asked_for"
"""Parameter of our own in landed requests: the key of what was looked up, which an answer need not repeat."""


def asked_for(landed: LandedPage) -> str:
    """The key of what was looked up."""
    return landed.page.request[ASKED_FOR]


def joined(*names: str) -> str:
    """A key of several names, which may hold any character."""
    return json.dumps(names, ensure_ascii=False)


def names_in(key: str) -> list[str]:
    """The names that `joined` made a key of."""
    return json.loads(key)


def last_part(landed: LandedPage) -> str:
    """The id at the end of the path that was asked for."""
    return landed.page.request["path"].rstrip("/").rsplit("/", 1)[-1]


def utc(text: str) -> datetime:
    """The moment of an ISO text, naive UTC; a text without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
