"""The documents hold together: no broken link, a site that builds without a network, commands that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer

from tests.documents import GENERATED, PAGES, ROOT, anchors, blocks, links, name_of, prose
from tunegenie_assets.cli.app import app
from tunegenie_assets.settings import PREFIX, load_settings

MOST_BYTES = 300_000
LOADED = re.compile(r'<(script|img|iframe)[^>]* src="https?:|<link[^>]*rel="(stylesheet|icon|preconnect)"[^>]*https?:')
IDS = [name_of(page) for page in PAGES]


@pytest.mark.parametrize("page", [*PAGES, *GENERATED.glob("*.md")], ids=name_of)
def test_links_point_at_something(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{path} is not there"
        if anchor:
            assert anchor in anchors(target), f"{path} has no heading #{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_in_the_text_exist_and_have_the_options(page: Path) -> None:
    """Also where they stand for something, as in `tunegenie similar TRACK`."""
    told = [found.split() for found in re.findall(r"`tunegenie ([^`]+)`", prose(page))]
    for words in told:
        command = command_of(words)
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= {*known, "--help"}, " ".join(words)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_targets_in_the_text_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z][a-z-]*)[^`]*`", prose(page))) <= set(targets)


def test_pictures_are_small_and_shown() -> None:
    shown = {(page.parent / path).resolve() for page in PAGES for path, _ in links(page)}
    pictures = [path for path in (ROOT / "docs" / "images").iterdir() if path.name != "favicon.svg"]
    assert [path.name for path in pictures if path not in shown] == []
    assert [path.name for path in pictures if path.stat().st_size > MOST_BYTES] == []


def test_the_site_builds_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("mkdocs")
    built = subprocess.run(
        [program, "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env={"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    found = tmp_path.rglob("*.html")
    pages = {path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8") for path in found}
    assert [name for name, text in pages.items() if LOADED.search(text)] == []
    assert "index.html" in pages
    assert "dictionary/gold.html" in pages
    assert "code/ml/genres/company.py.html" in pages, "files that a page points at are shown"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_settings_that_a_page_shows_can_be_copied(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.language == "ini" and PREFIX in block.text:
            (tmp_path / ".env").write_text(block.text.replace("…", "x"), encoding="utf-8")
            names = re.findall(rf"{PREFIX}(\w+)=", block.text)
            assert {name.lower() for name in names} <= load_settings().model_fields_set


def command_of(words: list[str]) -> click.Command:
    """The command that these words name, of `tunegenie`."""
    command: click.Command = typer.main.get_command(app)
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word.startswith("-"):
            return command
        assert word in command.commands, f"there is no `tunegenie {' '.join(words)}`"
        command = command.commands[word]
    return command
