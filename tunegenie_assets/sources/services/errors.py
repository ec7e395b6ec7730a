"""What can go wrong with a service on the network. Every message is one line that says what to do.

Deciding which error a response means is the business of each client; repeating, of calls.py.
"""

# ruff: noqa: N818 - these name states of a service or an account, most of which are no fault of the program.

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from tunegenie_assets.sources.errors import SourceError

if TYPE_CHECKING:
    from tunegenie_assets.sources.services.responses import Response

LOG_IN_AGAIN = "run `tunegenie login` again"
_TITLES = {"spotify": "Spotify", "lastfm": "Last.fm", "musicbrainz": "MusicBrainz", "listenbrainz": "ListenBrainz"}
"""How people know the services; another goes by its own name."""


def title(service: str) -> str:
    return _TITLES.get(service, service)


class ServiceError(SourceError):
    """A service did not give what was asked of it."""

    def __init__(self, message: str, *, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response
        """What the service answered, for whoever lands it; None when there was no answer."""


class Parked(ServiceError):
    """Work that must wait until `retry_at` (naive UTC). Nobody sleeps for it."""

    def __init__(self, service: str, retry_at: datetime, reason: str) -> None:
        super().__init__(f"{title(service)}: {reason}; the work goes on after {retry_at:%Y-%m-%d %H:%M} UTC")
        self.service = service
        self.retry_at = retry_at
        self.reason = reason


class QuotaExceeded(Parked):
    """The service's quota of the day is spent, for every listener of this developer."""


class BudgetExhausted(Parked):
    """Our own budget, which keeps below the service's quota, is spent."""


class RateLimited(ServiceError):
    """Too many calls in a short time. Callers see it as Parked when waiting a little did not help."""

    def __init__(self, service: str, retry_after_s: float | None, *, response: Response | None = None) -> None:
        super().__init__(f"{title(service)} refused the call as one too many; try again in a while", response=response)
        self.service = service
        self.retry_after_s = retry_after_s


class ServerFailure(ServiceError):
    """The service failed or could not be reached."""

    def __init__(
        self,
        service: str,
        what: str,
        *,
        did_nothing: bool = False,
        retry_after_s: float | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(
            f"{title(service)} {what}; try again later, and look at its status page if it lasts", response=response
        )
        self.service = service
        self.did_nothing = did_nothing
        """Whether it is certain that the call had no effect."""
        self.retry_after_s = retry_after_s


class BadResponse(ServiceError):
    """The answer cannot be used: cut short, empty, no JSON, or of somebody else."""

    def __init__(self, service: str, what: str, *, response: Response | None = None) -> None:
        super().__init__(
            f"{title(service)} sent an answer that cannot be used ({what}); try again later", response=response
        )


class Refused(ServiceError):
    """The service refused the request itself."""

    def __init__(self, service: str, what: str, *, response: Response | None = None) -> None:
        super().__init__(f"{title(service)} refused the request ({what}); check what was asked for", response=response)


class Unauthorized(ServiceError):
    """The access token is not accepted, even a fresh one."""

    def __init__(
        self,
        service: str,
        what: str = f"does not accept the access token; {LOG_IN_AGAIN}",
        *,
        response: Response | None = None,
    ) -> None:
        super().__init__(f"{title(service)} {what}", response=response)


class TokenOverlooked(Unauthorized):
    """The service says that no token was sent although one was: it does so for moments at a time."""

    def __init__(self, service: str, *, response: Response | None = None) -> None:
        super().__init__(service, "does not see the access token that it was sent; try again later", response=response)


class NeedsReauth(ServiceError):
    """The authorization of an account ended or was revoked. All data is kept; nothing is tried again."""

    def __init__(self, listener_id: str) -> None:
        super().__init__(
            f"the authorization of {listener_id} has ended; {LOG_IN_AGAIN} (nothing that was collected is lost)"
        )
        self.listener_id = listener_id


class MissingScope(ServiceError):
    """The listener has not allowed what the call needs."""

    def __init__(self, scopes: Collection[str], *, response: Response | None = None) -> None:
        self.scopes = frozenset(scopes)
        named = ", ".join(sorted(self.scopes)) or "a permission"
        super().__init__(f"{named} has not been granted; {LOG_IN_AGAIN} and allow it", response=response)


class NotOnAllowList(ServiceError):
    """The account is not one of the few that an app in development mode may serve."""

    def __init__(self, *, response: Response | None = None) -> None:
        super().__init__(
            "this account is not on the app's allow-list; add it under User Management of the app on "
            "https://developer.spotify.com/dashboard (at most 5 accounts)",
            response=response,
        )


class PremiumRequired(ServiceError):
    """The owner of the app has no Premium."""

    def __init__(self, *, response: Response | None = None) -> None:
        super().__init__(
            "Spotify serves an app only while its owner has Premium; renew the owner's subscription, "
            "or use an app of somebody who has it",
            response=response,
        )


class NotAvailable(ServiceError):
    """The service does not offer this to this app or account, now or later."""

    def __init__(self, service: str, what: str, *, response: Response | None = None) -> None:
        super().__init__(
            f"{title(service)} does not offer {what} to this app; what depends on it stays empty", response=response
        )


class NotFound(ServiceError):
    """There is no such thing at the service."""

    def __init__(self, service: str, what: str, *, response: Response | None = None) -> None:
        super().__init__(f"{title(service)} knows no {what}; check how it is written", response=response)


class PrivateProfile(ServiceError):
    """The listener hides what they play. Runs keep the message, so it does not say what they are called at Last.fm."""

    def __init__(self, *, response: Response | None = None) -> None:
        super().__init__(
            "Last.fm: the listener hides recent listening; switch off `Hide recent listening information` in the "
            "privacy settings of Last.fm",
            response=response,
        )


class BadCredentials(ServiceError):
    """The app's own credentials are not accepted."""

    def __init__(self, service: str, what: str, *, response: Response | None = None) -> None:
        super().__init__(
            f"{title(service)} does not accept {what}; copy it again from the app's page at {title(service)}",
            response=response,
        )


class WrongRedirectUri(ServiceError):
    """The redirect address cannot be used, or is not one that the app names."""


class LoginFailed(ServiceError):
    """The login did not come to its end."""


class TokenFileError(ServiceError):
    """A stored token, or the key that opens it, cannot be used."""
