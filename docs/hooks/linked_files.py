"""Pages for the files of the project that the documents point at, so that the site holds without a code host.

A link that leaves docs/, such as `../ml/genres/days.py`, becomes a link to a page of the site that shows the file, and
one to a folder to a page that lists it. They are no part of the navigation, and the search leaves them out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

FOLDER = "code"
LINK = re.compile(r"(?<!!)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")
LANGUAGES = {".py": "python", ".sql": "sql", ".yml": "yaml", ".json": "json", ".toml": "toml"}
HIDDEN = "---\nsearch:\n  exclude: true\nhide:\n  - toc\n---\n"
NOT_SHOWN = frozenset({"__pycache__", "__init__.py"})


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file that a document points at, and for what these documents point at in turn."""
    waiting = [(file.src_uri, file.content_string) for file in files.documentation_pages()]
    while waiting:
        uri, text = waiting.pop()
        for path in _outside(_origin(uri), text, config):
            if files.get_file_from_path(_page_of(path)) is None:
                content = _shown(_root(config) / path, path)
                files.append(File.generated(config, _page_of(path), content=content))
                if path.endswith(".md"):
                    waiting.append((_page_of(path), content))
    return files


def on_page_markdown(markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001  # the hook's shape
    """Point the links at those pages."""
    uri = page.file.src_uri

    def pointed(link: re.Match[str]) -> str:
        path = _target(_origin(uri), link[1])
        # A file that is not there stays as it is, and mkdocs says so.
        inside = _inside(path, config)
        wanted = inside if inside is not None else _page_of(path) if (_root(config) / path).exists() else None
        if wanted is None:
            return link[0]
        return f"]({posixpath.relpath(wanted, posixpath.dirname(uri) or '.')}{link[2] or ''})"

    return LINK.sub(pointed, markdown)


def _outside(origin: str, text: str, config: MkDocsConfig) -> Iterator[str]:
    """The files and folders of the project, outside docs/, that a document at `origin` points at."""
    for link in LINK.finditer(text):
        path = _target(origin, link[1])
        if _inside(path, config) is None and (_root(config) / path).exists():
            yield path


def _origin(uri: str) -> str:
    """Where in the project a page is from."""
    if uri.startswith(f"{FOLDER}/"):
        return uri.removeprefix(f"{FOLDER}/")
    return f"docs/{uri}"


def _target(origin: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(origin), link))


def _inside(path: str, config: MkDocsConfig) -> str | None:
    """The path below docs/, of a file that is there."""
    below = path.removeprefix("docs/")
    return below if below != path and (Path(config.docs_dir) / below).is_file() else None


def _page_of(path: str) -> str:
    # mkdocs leaves out what begins with a dot.
    shown = re.sub(r"(^|/)\.", r"\1", path)
    return f"{FOLDER}/{shown}" if shown.endswith(".md") else f"{FOLDER}/{shown}.md"


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent


def _shown(file: Path, path: str) -> str:
    if file.is_dir():
        names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in file.iterdir())
        listed = "\n".join(f"- `{name}`" for name in names if name.strip("/") not in NOT_SHOWN)
        return f"{HIDDEN}# `{path}/`\n\n{listed}\n"
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return f"{HIDDEN}{text}"
    return f"{HIDDEN}# `{path}`\n\n`````{LANGUAGES.get(file.suffix, 'text')}\n{text}\n`````\n"
