"""What Last.fm's JSON means, which was made from XML: every number is text, a list of one may be its element, and
nothing may be "" in place of {}. How it is asked is the business of lastfm.py.
"""

from __future__ import annotations

from typing import cast

from tunegenie_assets.sources.services.responses import Response


def objects_in(value: object) -> list[dict[str, object]]:
    """The objects of a list, of a list of one, or of nothing."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return [cast("dict[str, object]", item) for item in values if isinstance(item, dict)]


def fields_in(value: object) -> dict[str, object]:
    """The object, or an empty one for "" and null."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def number_in(value: object) -> int | None:
    """The whole number that a text or a number says."""
    try:
        return int(value) if isinstance(value, (str, int)) else None
    except ValueError:
        return None


def attributes_in(value: object) -> dict[str, object]:
    """What stands under `@attr` of an object."""
    return fields_in(fields_in(value).get("@attr"))


def scrobbles_in(response: Response) -> list[dict[str, object]]:
    """The scrobbles of a page of recent tracks. What is playing now has no date and is none."""
    rows = objects_in(fields_in(response.fields().get("recenttracks")).get("track"))
    return [row for row in rows if number_in(fields_in(row.get("date")).get("uts")) is not None]


def tags_in(response: Response) -> list[dict[str, object]]:
    """The tags of an artist."""
    return objects_in(fields_in(response.fields().get("toptags")).get("tag"))


def total_pages_in(value: object) -> int:
    """Of a paged object; 0 when it says nothing."""
    return number_in(attributes_in(value).get("totalPages")) or 0
