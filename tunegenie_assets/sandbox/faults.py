"""Which requests go wrong, and how: a plan of rules that holds for all services.

Choosing a fault is here; carrying it out is the business of `gateway`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Fault:
    """What happens to one request. Without `status` the service answers and the answer is then spoilt."""

    __pydantic_config__ = _STRICT

    status: int | None = None
    """Answer with it; the service never sees the request."""
    commit_then_status: int | None = None
    """The service does what was asked, and the answer is this status nevertheless."""
    retry_after: int | None = None
    body: str | None = None
    """Sent verbatim. Without it an error has the usual JSON."""
    reason: str | None = None
    """Such as QUOTA_EXCEEDED, in the usual JSON."""
    delay_s: float = 0.0
    """Real seconds before anything else."""
    disconnect_mid_body: bool = False
    truncate_json: bool = False
    empty_200: bool = False

    def __str__(self) -> str:
        changed = [f for f in fields(self) if getattr(self, f.name) != f.default]
        return ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in changed)


@dataclass(frozen=True)
class FaultRule:
    """A fault for the requests of `method` whose path matches `path`, a pattern with `*`.

    It strikes at the numbered `calls` among those (from 1), or with `probability`; at every one without either.
    """

    __pydantic_config__ = _STRICT

    fault: Fault
    method: str = "*"
    path: str = "*"
    calls: tuple[int, ...] = ()
    probability: float | None = None

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


@dataclass(frozen=True)
class _PlanFile:
    __pydantic_config__ = _STRICT

    rules: tuple[FaultRule, ...] = ()
    seed: int = 0


_READ_PLAN = TypeAdapter(_PlanFile)


@dataclass
class FaultPlan:
    """Rules in order; the first that strikes wins. The same seed and requests give the same faults."""

    rules: Sequence[FaultRule] = ()
    seed: int = 0
    _random: random.Random = field(init=False, repr=False, compare=False)
    _seen: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self._seen = [0] * len(self.rules)

    @staticmethod
    def from_json(text: str | bytes) -> FaultPlan:
        """The plan in `{"seed": 0, "rules": [{"method": "GET", "path": "/v1/*", "calls": [1], "fault": {…}}]}`.

        Raises:
            ValueError: it is not such a document; the message says where.
        """
        try:
            plan = _READ_PLAN.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ValueError(f"not a fault plan: {place or 'the document'}: {first['msg']}") from error
        return FaultPlan(plan.rules, plan.seed)

    @staticmethod
    def from_file(path: Path) -> FaultPlan:
        return FaultPlan.from_json(path.read_bytes())

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault of this request, if any. Every matching rule counts the request."""
        struck = None
        for place, rule in enumerate(self.rules):
            if rule.matches(method, path):
                self._seen[place] += 1
                if self._strikes(rule, self._seen[place]) and struck is None:
                    struck = rule.fault
        return struck

    def _strikes(self, rule: FaultRule, number: int) -> bool:
        if rule.probability is not None:
            return self._random.random() < rule.probability
        return not rule.calls or number in rule.calls
