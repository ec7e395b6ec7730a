"""API pages in landing: every response as it came, before anything is parsed. What they mean is not known here.

Layout below the root, a local folder or any URL that fsspec knows, gzip JSON lines with one line a page:
    pages/<service>/<stream>/<subject>/<day>/<time>-<digest>.jsonl.gz
A subject is the listener whose page it is, SHARED or SIMULATED. Files are only added, never changed; those of a
simulation go with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from upath import UPath

from tunegenie_assets.sources.errors import LandingError
from tunegenie_assets.sources.storage import make_folder, store

SHARED = "_shared"
"""The subject of pages that are nobody's own: tracks, artists, charts."""
SIMULATED = "_simulated"
"""The same of what a stand-in told, so that it is never taken for what the real service says."""
_ROOT = "pages"
_SUFFIX = ".jsonl.gz"
_DIGITS = 12
# All that bytes raise that are no gzip, or of which a part is missing or changed, and lines that are no page.
_DAMAGE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError)


class DamagedPagesError(LandingError):
    """A file of pages holds something else than was written. Reading it again does not help."""


@dataclass(frozen=True)
class Page:
    """One response of a service."""

    service: str
    stream: str
    subject: str
    request: Mapping[str, str]
    """What was asked for: method, path and parameters, without secrets."""
    requested_at: datetime
    """Naive UTC."""
    status: int
    body: str
    """As received."""


@dataclass(frozen=True)
class LandedPage:
    """A page with its place: file below the root and zero-based line."""

    page: Page
    file: str
    line: int


class PageStore:
    """The pages below `root`."""

    def __init__(self, root: UPath) -> None:
        self._root = root

    def write(self, pages: Sequence[Page]) -> list[LandedPage]:
        """Land pages of one stream and subject in one file, which appears complete or not at all.

        Raises:
            ValueError: no pages, or of several streams or subjects.
        """
        kinds = {(page.service, page.stream, page.subject) for page in pages}
        if len(kinds) != 1:
            raise ValueError(f"expected pages of one stream and subject, got {sorted(kinds)}")
        first = pages[0]
        lines = b"".join(_as_line(page) for page in pages)
        digest = hashlib.sha256(lines).hexdigest()[:_DIGITS]
        folder = f"{_ROOT}/{first.service}/{first.stream}/{first.subject}/{first.requested_at:%Y-%m-%d}"
        file = f"{folder}/{first.requested_at:%H%M%S%f}-{digest}{_SUFFIX}"
        make_folder(self._root / folder)
        # Without a time of its own equal pages are equal files.
        store(io.BytesIO(gzip.compress(lines, mtime=0)), self._root / file)
        return [LandedPage(page, file, line) for line, page in enumerate(pages)]

    def exist(self) -> bool:
        """Whether any page ever landed here."""
        return (self._root / _ROOT).exists()

    def files(self, since: date | None = None) -> list[str]:
        """The files of the days from `since` on, or all of them; the oldest day first."""
        folders = self._root.glob(f"{_ROOT}/*/*/*/*")
        first = since.isoformat() if since else ""
        # Days are many fewer than files: a second is spent on listing 90,000 of these.
        found = [file for folder in folders if folder.name >= first for file in folder.glob(f"*{_SUFFIX}")]
        names = (file.relative_to(self._root).as_posix() for file in found)
        return sorted(names, key=lambda name: (day_of(name), name))

    def problems(self) -> list[str]:
        """A line for each file that is damaged; reads all of them."""
        found: list[str] = []
        for file in self.files():
            try:
                for _ in self.read(file):
                    pass
            except DamagedPagesError as error:
                found.append(f"{error}; what it told is asked for again where the service still tells it")
        return found

    def forget(self, subject: str) -> None:
        """Delete the pages of a subject."""
        for path in self._root.glob(f"{_ROOT}/*/*/{subject}/*/*.jsonl.gz"):
            path.unlink()

    def read(self, file: str) -> Iterator[LandedPage]:
        """The pages of one file, in order.

        Raises:
            DamagedPagesError: it is not one that was written here.
            LandingError: it is gone or cannot be read.
        """
        try:
            content = (self._root / file).read_bytes()
        except OSError as error:
            raise LandingError(f"{self._root / file}: a file of pages that cannot be read ({error})") from error
        service, stream, subject = file.split("/")[1:4]
        try:
            # No file is written empty: parsing nothing fails like parsing anything else that is no page.
            for line, text in enumerate(gzip.decompress(content).splitlines() or [b""]):
                fields = json.loads(text)
                page = Page(
                    service=service,
                    stream=stream,
                    subject=subject,
                    request=fields["request"],
                    requested_at=datetime.fromisoformat(fields["requested_at"]).replace(tzinfo=None),
                    status=fields["status"],
                    body=fields["body"],
                )
                yield LandedPage(page, file, line)
        except _DAMAGE as error:
            raise DamagedPagesError(f"{self._root / file}: not a file of pages that landing wrote ({error})") from error


def day_of(file: str) -> date:
    """The day in the name of a file of pages: that on which the first of them was asked for."""
    return date.fromisoformat(file.split("/")[4])


def _as_line(page: Page) -> bytes:
    fields = {
        "requested_at": f"{page.requested_at.isoformat()}Z",
        "request": dict(page.request),
        "status": page.status,
        "body": page.body,
    }
    return json.dumps(fields, sort_keys=True).encode() + b"\n"
