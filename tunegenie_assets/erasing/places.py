"""Where a listener's own things lie outside the warehouse, and how they are deleted: landing, caches, tokens, state.

What is made of many listeners (models, reports) is deleted whole, and made again without them.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from upath import UPath

from tunegenie_assets.resources.aside import all_aside
from tunegenie_assets.settings import Settings
from tunegenie_assets.sources.services.pages import PageStore
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.services.tokens import Token, TokenStore
from tunegenie_assets.sources.storage import location

_OF_LANDING = {"archives": "archives/{}/*", "preferences": "preferences/{}/*/*", "pages": "pages/*/*/{}/*/*"}
_FOLDERS_OF_LANDING = ("archives/{}", "preferences/{}", "pages/*/*/{}")


class Places:
    """The places of one home."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._landing = location(settings.landing_root)

    def found(self, listener_id: str) -> dict[str, int]:
        """How much there is of the listener, by place; places without anything are left out."""
        # What was listed before may be out of date: others write to a bucket too.
        if not isinstance(self._landing, Path):
            self._landing.fs.invalidate_cache()
        found = {what: len(list(self._landing.glob(at.format(listener_id)))) for what, at in _OF_LANDING.items()}
        found["parsed"] = len(list(self._settings.parsed_path.glob(f"*/{listener_id}/*")))
        found["inbox"] = len(self._inbox(listener_id))
        found["tokens"] = len(self.tokens(listener_id))
        return {what: count for what, count in found.items() if count}

    def tokens(self, listener_id: str) -> list[Token]:
        return [token for token in self._token_store().tokens() if token.listener_id == listener_id]

    def pages(self, listener_id: str) -> Iterator[dict[str, str]]:
        """What was asked for in the pages of the listener: it names their accounts."""
        store = PageStore(self._landing)
        for file in store.files():
            if file.split("/")[3] == listener_id:
                yield from (dict(page.page.request) for page in store.read(file))

    def others(self, listener_id: str) -> bool:
        """Whether landing holds anything of anybody else."""
        names = {path.name for at in ("archives/*", "pages/*/*/*") for path in self._landing.glob(at)}
        return bool(names - {listener_id}) or (self._landing / "simulator" / "population.json").exists()

    def erase(self, listener_id: str) -> None:
        """Delete all of it; a second time changes nothing."""
        for token in self.tokens(listener_id):
            self._token_store().remove(token.service, token.account_id)
            for lock in self._settings.tokens_path.glob(f"*/{self._token_store().name_of(token.account_id)}.lock"):
                lock.unlink(missing_ok=True)
        for at in _FOLDERS_OF_LANDING:
            for folder in self._landing.glob(at.format(listener_id)):
                _remove(folder)
        for folder in self._settings.parsed_path.glob(f"*/{listener_id}"):
            shutil.rmtree(folder)
        for file in self._inbox(listener_id):
            file.unlink()
        if (self._settings.inbox_path / listener_id).is_dir():
            shutil.rmtree(self._settings.inbox_path / listener_id)
        if self._settings.collector_path.exists():
            CollectorState(self._settings.collector_path).forget(listener_id)
            # What is deleted stays in the free pages of the file until it is written anew.
            vacuum(self._settings.collector_path)
        self._erase_what_is_of_all()

    def _erase_what_is_of_all(self) -> None:
        settings = self._settings
        # What dbt parsed stays, since this process works with it: it is of the project alone.
        of_runs = [settings.dbt_target_path / name for name in ("run", "compiled", "logs")]
        made_again = (settings.models_path, settings.reports_path, *of_runs)
        # What is damaged cannot be searched, so what was put aside goes too.
        for path in (*made_again, *all_aside(settings)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _inbox(self, listener_id: str) -> list[Path]:
        inbox = self._settings.inbox_path
        # Files directly in it are of the listener of the settings.
        direct = inbox.glob("*") if listener_id == self._settings.listener else ()
        return [file for file in (*direct, *inbox.glob(f"{listener_id}/**/*")) if file.is_file()]

    def _token_store(self) -> TokenStore:
        return TokenStore(self._settings.tokens_path, self._settings.token_key)


def vacuum(file: Path) -> None:
    """Write a SQLite file anew, without what was deleted from it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")


def _remove(folder: UPath) -> None:
    if isinstance(folder, Path):
        shutil.rmtree(folder)
    else:
        folder.fs.rm(folder.path, recursive=True)
