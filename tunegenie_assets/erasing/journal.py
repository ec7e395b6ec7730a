"""What an erasure that has begun must know to be finished by another process: a file that ends with it.

The first things to go are those that tell which accounts were the listener's; the scan at the end asks for them.
"""

from __future__ import annotations

import io
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from upath import UPath

from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.storage import make_folder, store

_TRACES = TypeAdapter(Traces)


class Journal:
    """The file of one listener's erasure in a home."""

    def __init__(self, home: Path, listener_id: str) -> None:
        self.folder = home / "erasing"
        self._file = self.folder / f"{listener_id}.json"

    def begun(self) -> Traces | None:
        """What an earlier process began with; None where none did.

        Raises:
            LandingError: the file is damaged.
        """
        try:
            return _TRACES.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise LandingError(f"{self._file}: not what erase wrote; delete it and run erase again") from error

    def begin(self, traces: Traces) -> None:
        make_folder(UPath(self.folder))
        store(io.BytesIO(_TRACES.dump_json(traces, indent=2)), UPath(self._file))

    def end(self) -> None:
        self._file.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
