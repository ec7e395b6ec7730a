"""What a service is asked for, and what it answers: the text as received, to be landed before anything is parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import cast

from tunegenie_assets.sources.services.errors import BadResponse


class Purpose(IntEnum):
    """What a call is for, the most important first."""

    PLAYS = 1
    LIBRARY = 2
    ENRICHMENT = 3
    CHARTS = 4


@dataclass(frozen=True)
class Response:
    """One response, of any status."""

    service: str
    method: str
    path: str
    """Below the address of the service."""
    params: Mapping[str, str]
    """Without secrets."""
    requested_at: datetime
    """Naive UTC."""
    status: int
    text: str = field(repr=False)
    """As received."""
    json: object = field(repr=False, compare=False)
    """What the text says; None when it is no JSON."""

    def fields(self) -> dict[str, object]:
        """The JSON object that the text is.

        Raises:
            BadResponse: it is something else.
        """
        if not isinstance(self.json, dict):
            raise BadResponse(self.service, "no JSON object", response=self)
        return cast("dict[str, object]", self.json)

    def items(self, name: str = "items") -> list[dict[str, object]]:
        """The objects in the list `name`; null and whatever else is no object is passed over.

        Raises:
            BadResponse: there is no such list.
        """
        found = self.fields().get(name)
        if not isinstance(found, list):
            raise BadResponse(self.service, f"no list {name}", response=self)
        return [cast("dict[str, object]", item) for item in cast("list[object]", found) if isinstance(item, dict)]


def noted(response: Response, notes: Mapping[str, str]) -> Response:
    """The response with parameters of our own, which land with it: what its body does not tell."""
    return replace(response, params={**response.params, **notes})
