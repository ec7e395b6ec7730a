"""The file a fitted model is kept in: a numpy archive of plain arrays with a JSON header.

No pickle: a model file runs no code. What the arrays mean is the models' business.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.errors import ModelFileError

FORMAT_VERSION = 1
"""Rises whenever a file of before can no longer be read."""
HEADER = "header"


@dataclass(frozen=True)
class ModelFile:
    """The content of a model file: which model, by which library it was trained, its ids and its numbers."""

    kind: str
    library: str
    """Name and version of the library that trained it."""
    ids: dict[str, NDArray[np.str_]]
    numbers: dict[str, NDArray[np.float32]]


def write_model(path: Path, model: ModelFile) -> None:
    """Writes the model to `path`, replacing what is there in one step."""
    header = {
        "format_version": FORMAT_VERSION,
        "kind": model.kind,
        "library": model.library,
        "ids": sorted(model.ids),
        "numbers": sorted(model.numbers),
    }
    arrays: dict[str, NDArray[np.generic]] = {HEADER: np.array(json.dumps(header)), **model.ids, **model.numbers}
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def read_model(path: Path, kind: str) -> ModelFile:
    """The model of this kind that `write_model` left at `path`.

    Raises:
        ModelFileError: the file is absent, damaged, of another kind or of another format version.
    """
    try:
        # numpy leaves a file that it opened itself open when the bytes are damaged.
        with path.open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ModelFileError(f"{path} is not a model file: it holds a single array")
            header = json.loads(str(archive[HEADER]))
            _check_header(path, header, kind)
            return ModelFile(
                kind=kind,
                library=str(header["library"]),
                ids={name: archive[name].astype(np.str_) for name in header["ids"]},
                numbers={name: archive[name].astype(np.float32) for name in header["numbers"]},
            )
    except FileNotFoundError as error:
        raise ModelFileError(f"there is no model at {path}") from error
    # What numpy and zipfile raise on damaged bytes depends on which bytes are damaged.
    except (OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{path} is not a usable model file: {error}") from error


def _check_header(path: Path, header: dict[str, object], kind: str) -> None:
    found = header.get("format_version")
    if found != FORMAT_VERSION:
        raise ModelFileError(f"{path} has format version {found}, this program reads {FORMAT_VERSION}: train again")
    if header.get("kind") != kind:
        raise ModelFileError(f"{path} holds a model of kind {header.get('kind')}, not {kind}")
