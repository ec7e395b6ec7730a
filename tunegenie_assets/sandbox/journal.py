"""What was asked of the stand-in: one entry a request, in order, without secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

HIDDEN = "***"
_SECRET_PARAMS = frozenset(
    {"client_secret", "code", "code_verifier", "refresh_token", "access_token", "api_key", "token", "sk"}
)


@dataclass(frozen=True)
class JournalEntry:
    number: int
    """From 1."""
    time: datetime
    """On the clock of the sandbox."""
    method: str
    path: str
    params: Mapping[str, str]
    """Query and form; secrets are hidden."""
    listener_id: str | None
    """Whose token it came with."""
    status: int | None
    """None where the connection ended without an answer."""
    fault: str | None = None
    """The injected fault, in words."""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "time": self.time.isoformat()}


class RequestJournal:
    """Every request since the start, also readable at GET /__admin/journal."""

    def __init__(self) -> None:
        self._entries: list[JournalEntry] = []

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> JournalEntry:
        return self._entries[index]

    def add(
        self,
        *,
        time: datetime,
        method: str,
        path: str,
        params: Mapping[str, str],
        listener_id: str | None,
        status: int | None,
        fault: str | None,
    ) -> None:
        shown = {name: HIDDEN if name in _SECRET_PARAMS else value for name, value in params.items()}
        number = len(self._entries) + 1
        self._entries.append(JournalEntry(number, time, method, path, shown, listener_id, status, fault))

    def calls(self, path_prefix: str = "/") -> list[JournalEntry]:
        """The requests whose path begins so."""
        return [entry for entry in self if entry.path.startswith(path_prefix)]
