"""The file a fitted model is kept in: a numpy archive of plain arrays with a JSON header.

No pickle: a model file runs no code. What the arrays mean is the models' business.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import ModelFileError

FORMAT_VERSION = 2
"""Rises whenever a file of before can no longer be read."""
HEADER = "header"
MATRIX_PARTS = ("data", "indices", "indptr", "shape")


@dataclass(frozen=True)
class ModelFile:
    """The content of a model file: which model, by which library it was trained, its ids and its numbers."""

    kind: str
    library: str
    """Name and version of the library that trained it."""
    ids: Mapping[str, NDArray[np.str_]]
    numbers: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, sparse.csr_matrix] = field(default_factory=dict[str, sparse.csr_matrix])
    members: Mapping[str, ModelFile] = field(default_factory=dict[str, "ModelFile"])
    """The models of which this one is made, by name."""


def write_model(path: Path, model: ModelFile) -> None:
    """Writes the model to `path`, replacing what is there in one step."""
    header = {"format_version": FORMAT_VERSION, **_header(model)}
    arrays = {HEADER: np.array(json.dumps(header)), **_arrays(model, "")}
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
            return _read(archive, header, "")
    except FileNotFoundError as error:
        raise ModelFileError(f"there is no model at {path}") from error
    # What numpy and zipfile raise on damaged bytes depends on which bytes are damaged.
    except (OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{path} is not a usable model file: {error}") from error


def _header(model: ModelFile) -> dict[str, object]:
    return {
        "kind": model.kind,
        "library": model.library,
        "ids": sorted(model.ids),
        "numbers": sorted(model.numbers),
        "matrices": sorted(model.matrices),
        "members": {name: _header(member) for name, member in model.members.items()},
    }


def _arrays(model: ModelFile, prefix: str) -> dict[str, NDArray[Any]]:
    """All arrays of the model by name; those of a member begin with its name and a dot."""
    plain = {**model.ids, **model.numbers}
    arrays: dict[str, NDArray[Any]] = {prefix + name: array for name, array in plain.items()}
    for name, matrix in model.matrices.items():
        parts = (matrix.data.astype(np.float32), matrix.indices, matrix.indptr, np.array(matrix.shape))
        arrays |= {f"{prefix}{name}.{part}": array for part, array in zip(MATRIX_PARTS, parts, strict=True)}
    for name, member in model.members.items():
        arrays |= _arrays(member, f"{prefix}{name}.")
    return arrays


def _read(archive: Mapping[str, NDArray[Any]], header: dict[str, Any], prefix: str) -> ModelFile:
    return ModelFile(
        kind=str(header["kind"]),
        library=str(header["library"]),
        ids={name: archive[prefix + name].astype(np.str_) for name in header["ids"]},
        numbers={name: archive[prefix + name].astype(np.float32) for name in header["numbers"]},
        matrices={name: _matrix(archive, prefix + name) for name in header["matrices"]},
        members={name: _read(archive, member, f"{prefix}{name}.") for name, member in header["members"].items()},
    )


def _matrix(archive: Mapping[str, NDArray[Any]], name: str) -> sparse.csr_matrix:
    data, indices, indptr, shape = (archive[f"{name}.{part}"] for part in MATRIX_PARTS)
    matrix = sparse.csr_matrix((data.astype(np.float32), indices, indptr), shape=tuple(shape.tolist()))
    matrix.check_format()
    return matrix


def _check_header(path: Path, header: dict[str, object], kind: str) -> None:
    found = header.get("format_version")
    if found != FORMAT_VERSION:
        raise ModelFileError(f"{path} has format version {found}, this program reads {FORMAT_VERSION}: train again")
    if header.get("kind") != kind:
        raise ModelFileError(f"{path} holds a model of kind {header.get('kind')}, not {kind}")
