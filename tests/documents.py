"""The documents of the project as tests read them: their blocks, the commands in these, their links and headings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "docs" / "dictionary"
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in ROOT.glob("docs/**/*.md") if GENERATED not in path.parents),
    *sorted(ROOT.glob("deploy/**/*.md")),
    ROOT / "dbt" / "README.md",
]
SHELL = ("console", "bash", "sh", "shell")
_FENCE = re.compile(r"^( *)```(\w*)(?: title=\"([^\"]+)\")?[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
_HEADING = re.compile(r"^#+ (.*?)(?: \{ #([\w-]+) \})?$", re.MULTILINE)
_ENDS = ("&&", ";")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `title` is the file that it is the text of."""

    language: str
    title: str | None
    text: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(f[2], f[3], "\n".join(line.removeprefix(f[1]) for line in f[4].split("\n"))) for f in found]


def commands(block: Block) -> Iterator[list[str]]:
    """Each command as its words, without comments; operators that join two of them end the first."""
    lines = ""
    for line in block.text.replace("\\\n", " ").splitlines():
        lines += f"{line}\n"
        lexer = shlex.shlex(lines, posix=True, punctuation_chars=";&|<>")
        lexer.whitespace_split = True
        try:
            found = list(lexer)
        except ValueError:
            # A quotation goes on in the next line.
            continue
        lines = ""
        words: list[str] = []
        for word in found:
            if word in _ENDS:
                yield words
                words = []
            else:
                words.append(word)
        if words:
            yield words


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[tuple[str, str | None]]:
    """Path, which is empty within the page, and anchor of each link that stays in the project."""
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    return [(found[1], found[2]) for found in _LINK.finditer(text)]


def anchors(page: Path) -> set[str]:
    """What a link can point at, as GitHub and mkdocs name it."""
    found: set[str] = set()
    for heading in _HEADING.finditer(prose(page)):
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1])
        found.add(heading[2] or re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-"))
    return found
