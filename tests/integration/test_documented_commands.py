"""Every command that a page shows is run: page by page, on a copy of a small home, against the stand-in for services.

What cannot be run here is declared below with the reason; what is neither run nor declared fails. Commands that stay up
and make targets are read without being run: their names and options are held.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit
from zipfile import ZipFile

import click
import pytest
import typer

from tests.documents import PAGES, ROOT, SHELL, Block, blocks, commands, name_of
from tests.integration.conftest import Home, home_at
from tests.integration.desk import Desk, Listener, open_desk
from tests.unit.sources.samples import AUDIO, record, write_zip
from tunegenie_assets.cli.app import app

FIXTURES = ROOT / "tests" / "fixtures"
EXPORT = "my_spotify_data.zip"

OURS = [[name] for name in getattr(typer.main.get_command(app), "commands", {})]
STAY_UP = ("ui", "run", "sandbox", "mcp")
"""Commands of ours that serve until they are stopped; tests of their own start them."""

BUILD = ("import", "exclude", "timezone", "run-once")
"""They take half a minute: what several pages show alike is run once; the home has what they would build."""

ANSWERS = {"chat": "exit\n", "erase": "y\n"}

NOT_RUN = {
    "pip": "needs a package index",
    "docker": "no daemon where tests run; the files are validated",
    "kubectl": "needs a cluster; the files are validated",
    "helm": "needs a cluster and a chart from the network; the values are validated",
    "systemctl": "needs an init system",
    "journalctl": "needs an init system",
    "loginctl": "needs an init system",
    "sudo": "changes the machine",
    "mf": "asks PyPI for news at each start; test_metrics.py asks the same metrics in process",
    "curl": "asks a server that the page says to start",
    "jq": "writes what curl sends; test_daemon.py sends the same query",
}
"""Programs, and why they are not run."""

LEFT_OUT = {
    "source .venv/bin/activate": "the test runs in the environment",
    "dbt build --exclude-resource-type unit_test": "all models, as the home was built; minutes",
    "sqlfluff lint models tests": "`make sql`, which is judged with everything",
    "tunegenie ask whom have I neglected since spring?": "needs a language model; test_model_asking.py asks one",
    "dbt build --select plays --full-refresh": "all days of one model, as the home was built",
}
"""Single commands, and why they are not run."""

PLACEHOLDERS = {"/path/to/home": ".tunegenie"}
JUDGED_ELSEWHERE = {
    "docs/snowflake.md": "test_snowflake_set_up.py parses its SQL; keys are made by hand, with a passphrase",
}
"""Pages whose SQL and commands need an account."""

PLAIN = re.compile(r"[|<>&]+|[\w./*{}+=,:@%~-]+")
"""Words that a shell is given as they are."""

SAYS_SO_WHERE_SOMETHING_LACKS = ("doctor",)
"""Exit code 1 tells the reader of an authorization that the page lets end."""


@dataclass
class Place:
    """What somebody who follows a page has: a checkout with a home and a few exports, and a shell in it."""

    root: Path
    desk: Desk
    folder: Path = field(init=False)
    exported: dict[str, str] = field(default_factory=dict)
    built: ClassVar[set[str]] = set()
    """Commands of BUILD that a page has shown already."""

    def __post_init__(self) -> None:
        self.folder = self.root

    def follow(self, block: Block) -> None:
        self.folder = self.root
        for words in commands(block):
            line = " ".join(words)
            if line in LEFT_OUT:
                continue
            if words[0] in NOT_RUN:
                # `docker compose exec code tunegenie doctor` is a command of ours all the same.
                if "tunegenie" in words and words[words.index("tunegenie") + 1 :][:1] in OURS:
                    parse(words[words.index("tunegenie") + 1 :])
                continue
            if words[0] == "export":
                self.export(words[1:])
            elif words[0] == "cd":
                self.folder = (self.folder / words[1]).resolve()
            elif words[0] == "tunegenie":
                self.ours(words[1:])
            elif words[0] == "make":
                # Dry: every target and variable is read, nothing is built.
                self.shell(["make", "-n", *words[1:]], folder=ROOT)
            else:
                self.shell(words)

    def export(self, pairs: list[str]) -> None:
        for name, value in (pair.split("=", 1) for pair in pairs):
            # An ellipsis stands for what only the reader has.
            if "…" not in value and not name.startswith("TUNEGENIE_LASTFM_NAMES"):
                given = PLACEHOLDERS.get(value, value)
                absolute = str(self.root / given) if given != value else given.replace("$PWD", str(self.folder))
                self.exported[name] = os.path.expandvars(absolute)
                os.environ[name] = self.exported[name]

    def ours(self, words: list[str]) -> None:
        if words[0] in STAY_UP:
            parse(words)
            return
        line = " ".join(words)
        if words[0] in BUILD and line in self.built:
            return
        self.built.add(line)
        if words[0] == "logout":
            assert self.desk.log_in().exit_code == 0
        answers = Listener(self.desk.sandbox, "ada") if words[0] == "login" else ANSWERS.get(words[0])
        arguments = [*words, "--headless"] if words[0] == "login" else words
        result = self.desk.run(*arguments, listener=answers)
        allowed = (0, 1) if words[0] in SAYS_SO_WHERE_SOMETHING_LACKS else (0,)
        assert result.exit_code in allowed, f"tunegenie {line}\n{result.output}{result.stderr}"

    def shell(self, words: list[str], folder: Path | None = None) -> None:
        """Words with operators and patterns go through a shell, as a reader's do."""
        line = " ".join(word if PLAIN.fullmatch(word) else shell_quoted(word) for word in words)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/bash", "-ec", line],
            cwd=folder or self.folder,
            env={**os.environ, **self.exported, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def shell_quoted(word: str) -> str:
    return "'" + word.replace("'", "'\"'\"'") + "'"


def parse(words: list[str]) -> None:
    """Names and options of a command that is not run; raises click.UsageError."""
    command = typer.main.get_command(app)
    assert isinstance(command, click.Group)
    command.commands[words[0]].make_context(words[0], words[1:])


def heard_by_ada() -> dict[str, object]:
    """What the archive of the pages holds: two plays a day of a winter, with music to fall asleep to."""
    first = date(2023, 12, 1)
    plays = [
        record(
            ts=f"{first + timedelta(days=day)}T{hour:02d}:30:00Z",
            master_metadata_track_name=f"Song {day % 9}",
            master_metadata_album_artist_name="Rain Sounds" if hour == 22 else "Mono Lake",
            spotify_track_uri=f"spotify:track:{day % 9 + hour:022d}",
        )
        for day in range(100)
        for hour in (18, 22)
    ]
    return {AUDIO: plays}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Home:
    """The home of somebody who ran the demo, small, and imported one archive."""
    folder = tmp_path_factory.mktemp("followed")
    home = home_at(folder / "home")
    home.json("demo", "--listeners", "4", "--days", "30", "--no-account")
    home.json("import", str(write_zip(folder / EXPORT, heard_by_ada())), "--listener", "ada")
    return home


def write_exports(folder: Path) -> None:
    """The files that pages import, under the names that they have there."""
    write_zip(folder / EXPORT, heard_by_ada())
    shutil.copy(FIXTURES / "lastfm" / "ghan_with_mbids.csv", folder / "recenttracks-ada.csv")
    listens = FIXTURES / "listenbrainz" / "archive"
    with ZipFile(folder / "listenbrainz_ada.zip", "w") as zipped:
        for path in sorted(listens.rglob("*.json*")):
            zipped.write(path, path.relative_to(listens))


def opened_in_a_browser(address: str) -> bool:
    """The browser's part: the page must be there."""
    assert Path(urlsplit(address).path).is_file()
    return True


@pytest.fixture
def place(followed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A copy: what pages exclude, delete and rebuild is nobody else's."""
    shutil.copytree(followed.path, tmp_path / ".tunegenie")
    shutil.copytree(ROOT / "dbt", tmp_path / "dbt")
    if (ROOT / "deploy").exists():
        shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    write_exports(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "house"))
    # No page opens on the screen of who runs the tests.
    monkeypatch.setattr("webbrowser.open", opened_in_a_browser)
    monkeypatch.chdir(tmp_path)
    with open_desk(tmp_path / "elsewhere") as desk:
        settings = {
            **desk.home.environment,
            "TUNEGENIE_HOME": str(tmp_path / ".tunegenie"),
            "TUNEGENIE_LISTENER": "ada",
        }
        yield Place(tmp_path, Desk(Home(tmp_path / ".tunegenie", settings), desk.sandbox))


SHOWN = {page: [block for block in blocks(page) if block.language in SHELL or block.title] for page in PAGES}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if SHOWN[page] and name_of(page) not in JUDGED_ELSEWHERE], ids=name_of
)
def test_what_a_page_shows_can_be_done(page: Path, place: Place) -> None:
    place.desk.home.apply()
    for block in SHOWN[page]:
        if block.title:
            file = place.root / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        else:
            place.follow(block)


SQL = [
    (page, number, block.text)
    for page in PAGES
    if name_of(page) not in JUDGED_ELSEWHERE
    for number, block in enumerate(blocks(page))
    if block.language == "sql" and not block.title
]


@pytest.mark.parametrize(("page", "number", "text"), SQL, ids=[f"{name_of(page)}-{number}" for page, number, _ in SQL])
def test_sql_that_a_page_shows_runs(page: Path, number: int, text: str, followed: Home) -> None:
    for statement in filter(str.strip, text.split(";")):
        followed.rows(statement)


def test_what_is_declared_is_shown_somewhere() -> None:
    shown = {" ".join(words) for page in PAGES for block in SHOWN[page] if not block.title for words in commands(block)}
    assert set(LEFT_OUT) <= shown
    assert set(JUDGED_ELSEWHERE) <= {name_of(page) for page in PAGES}


def test_a_language_of_a_block_is_one_that_tests_know() -> None:
    known = {*SHELL, "sql", "graphql", "python", "json", "yaml", "toml", "xml", "ini", "text", ""}
    assert {block.language for page in PAGES for block in blocks(page)} <= known
