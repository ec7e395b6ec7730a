"""One request in ten goes wrong, in every way that the stand-in's plan knows and each service's own."""

from __future__ import annotations

from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule

SHARE = 0.1
SPOTIFY_API, TOKENS, LASTFM = "/v1/*", "/api/token", "/2.0*"
_DELAY_S = 0.02
LONG_WAIT_S = 5400
"""Of a 429 that nobody sleeps for: two polls are missed."""
_SCARCE = 0.1
"""What parks all work for LONG_WAIT_S is so much rarer than other faults."""

_OVERLOOKED = '{"error": {"status": 401, "message": "Access token missing"}}'
_EXPIRED = '{"error": {"status": 401, "message": "The access token expired"}}'

ANYWHERE = (
    Fault(status=500),
    Fault(status=502, body="<html><h1>502 Bad Gateway</h1></html>"),
    Fault(status=503, retry_after=2),
    Fault(status=504, body=""),
    Fault(status=429, retry_after=3),
    Fault(commit_then_status=502),
    Fault(disconnect_mid_body=True),
    Fault(truncate_json=True),
    Fault(empty_200=True),
    Fault(delay_s=_DELAY_S),
)
ONLY_SPOTIFY = (
    Fault(status=429, body="Too many requests"),
    Fault(status=401, body=_OVERLOOKED),
    Fault(status=401, body=_EXPIRED),
)
ONLY_LASTFM = (
    Fault(status=200, body='{"error": 8, "message": "Operation failed"}'),
    Fault(status=200, body='{"error": 29, "message": "Rate Limit Exceeded"}'),
    Fault(status=500, body='{"error": 16, "message": "The service is temporarily unavailable"}'),
)
LONG = Fault(status=429, retry_after=LONG_WAIT_S)

KINDS = frozenset([*ANYWHERE, *ONLY_SPOTIFY, *ONLY_LASTFM, LONG])


def plan(seed: int) -> FaultPlan:
    """A SHARE of the requests of every service, in equal parts of its kinds."""
    rules = [
        *_rules(SPOTIFY_API, (*ANYWHERE, *ONLY_SPOTIFY), rare=LONG),
        *_rules(TOKENS, ANYWHERE),
        *_rules(LASTFM, (*ANYWHERE, *ONLY_LASTFM), rare=LONG),
    ]
    return FaultPlan(rules, seed)


def _rules(path: str, faults: tuple[Fault, ...], rare: Fault | None = None) -> list[FaultRule]:
    weighted = [(fault, 1.0) for fault in faults] + ([(rare, _SCARCE)] if rare else [])
    total = sum(weight for _, weight in weighted)
    # The rules are tried one after the other: each strikes what those before it left.
    return [FaultRule(fault, path=path, probability=1 - (1 - SHARE) ** (weight / total)) for fault, weight in weighted]
