"""Which error a response of Spotify's Web API means. The texts are those observed; they are nowhere documented."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from tunegenie_assets.sources.services.errors import (
    MissingScope,
    NotAvailable,
    NotFound,
    NotOnAllowList,
    PremiumRequired,
    QuotaExceeded,
    ServiceError,
    TokenOverlooked,
    Unauthorized,
)
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.transport import raise_for_status, retry_after_s, shown

_QUOTA_S = 24 * 3600.0
"""The quota is counted over a day."""
_QUOTA_REASON = "Spotify's quota of the day is used up"


def raise_for_answer(response: Response, headers: Mapping[str, str], scopes: Collection[str]) -> None:
    """Raise what the response means; `scopes` are those that the call needs.

    Raises:
        ServiceError: it is not a success.
    """
    message, reason = _message_and_reason(response)
    told = message.lower()
    if response.status == HTTPStatus.TOO_MANY_REQUESTS and reason == "QUOTA_EXCEEDED":
        wait = retry_after_s(headers, response.requested_at)
        retry_at = response.requested_at + timedelta(seconds=_QUOTA_S if wait is None else wait)
        raise QuotaExceeded(response.service, retry_at, _QUOTA_REASON)
    if response.status == HTTPStatus.UNAUTHORIZED:
        overlooked = "access token missing" in told
        raise (TokenOverlooked if overlooked else Unauthorized)(response.service, response=response)
    if response.status == HTTPStatus.FORBIDDEN:
        raise _forbidden(told, response, scopes)
    if response.status == HTTPStatus.BAD_REQUEST and told.startswith(("invalid id", "invalid base62 id")):
        raise NotFound(response.service, response.path, response=response)
    raise_for_status(response, headers)


def _forbidden(told: str, response: Response, scopes: Collection[str]) -> ServiceError:
    if "insufficient client scope" in told:
        return MissingScope(scopes, response=response)
    if "not registered in the developer dashboard" in told:
        return NotOnAllowList(response=response)
    if "premium subscription required" in told:
        return PremiumRequired(response=response)
    return NotAvailable(response.service, response.path, response=response)


def _message_and_reason(response: Response) -> tuple[str, str]:
    """Of {"error": {"message": …, "reason": …}}, of {"error": …}, or of plain text."""
    if not isinstance(response.json, dict):
        return shown(response.text), ""
    error = cast("dict[str, object]", response.json).get("error")
    if not isinstance(error, dict):
        return shown(str(error)), ""
    told = cast("dict[str, object]", error)
    return shown(str(told.get("message", ""))), str(told.get("reason", ""))
