"""How long the connected accounts may still be asked, as a check and as what the sensor reports when that changes.

When an authorization ends is in sources/services/tokens.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import dagster as dg

from tunegenie_assets.checks.factories import WARN
from tunegenie_assets.resources.services import Services
from tunegenie_assets.schemas.landing import PAGE_FILES
from tunegenie_assets.sources.services.errors import TokenFileError
from tunegenie_assets.sources.services.tokens import Stage, Token

PAGES_KEY = dg.AssetKey(list(PAGE_FILES.key))
AUTHORIZED = "authorized"
NOBODY = "nobody is connected"


@dataclass(frozen=True)
class Standing:
    """The authorizations of all connected accounts at one moment."""

    passed: bool
    lines: list[str]
    """One for each account: until when, or what to do."""
    stages: dict[str, str]
    """By account; differs where a listener would like to know."""

    @property
    def says(self) -> str:
        return "; ".join(self.lines) or NOBODY

    def as_evaluation(self) -> dg.AssetCheckEvaluation:
        """For a sensor: of the same check, outside any run."""
        return dg.AssetCheckEvaluation(
            asset_key=PAGES_KEY,
            check_name=AUTHORIZED,
            passed=self.passed,
            severity=WARN,
            description=self.says,
            metadata={"accounts": dg.MetadataValue.json(self.lines)},
            blocking=False,
        )

    def as_result(self) -> dg.AssetCheckResult:
        """For a run."""
        return dg.AssetCheckResult(
            passed=self.passed,
            severity=WARN,
            description=self.says,
            metadata={"accounts": dg.MetadataValue.json(self.lines)},
        )


def standing_of(tokens: Sequence[Token], now: datetime) -> Standing:
    """What there is to say of these authorizations at `now`, naive UTC."""
    stages = {token: token.stage(now) for token in tokens}
    return Standing(
        passed=all(stage is Stage.GOOD for stage in stages.values()),
        lines=[token.warning(now) or f"{token.listener_id}: {token.service} until {_end(token)}" for token in tokens],
        # With the date: a new login may find the stage that it was before, and moves the end.
        stages={_account(token): f"{stage}, {_end(token)}" for token, stage in stages.items()},
    )


def present_standing(services: Services) -> Standing:
    """Of all connected accounts now; tokens that cannot be read do not pass."""
    try:
        tokens = services.tokens()
    except TokenFileError as error:
        return Standing(passed=False, lines=[str(error)], stages={"": str(error)})
    return standing_of(tokens, services.time.now())


@dg.asset_check(
    asset=PAGES_KEY,
    name=AUTHORIZED,
    description=(
        "Every connected account may be asked for more than 30 days to come. An authorization ends six months after "
        "the login, or when the listener takes it back."
    ),
)
def authorized(services: Services) -> dg.AssetCheckResult:
    return present_standing(services).as_result()


def _account(token: Token) -> str:
    return f"{token.service}|{token.listener_id}|{token.account_id}"


def _end(token: Token) -> str:
    return f"{token.reauth_due_at:%Y-%m-%d}"


AUTHORIZATION_CHECKS: list[dg.AssetChecksDefinition] = [authorized]
