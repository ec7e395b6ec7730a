"""Reader of a catalogue: the usual table of Spotify tracks with audio features, in its two common shapes.

It checks types and drops what names no track. Duplicates stay: a track may stand in several genres or playlists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS
from tunegenie_assets.sources.errors import SourceError

_GZIP_START = b"\x1f\x8b"
# Our columns by the table's, for what the two shapes call the same.
_SHARED = {
    name: name
    for name in (
        *("track_id", "track_name", "duration_ms", "danceability", "energy", "key", "loudness", "mode"),
        *("speechiness", "acousticness", "instrumentalness", "liveness", "valence", "tempo"),
    )
}
_ONE_ROW_A_PLAYLIST = _SHARED | {
    "track_artist": "artist_names",
    "track_popularity": "popularity",
    "track_album_id": "album_id",
    "track_album_name": "album_name",
    "track_album_release_date": "release_date",
    "playlist_name": "playlist_name",
    "playlist_genre": "genre",
    "playlist_subgenre": "subgenre",
}
_ONE_ROW_A_GENRE = _SHARED | {
    "artists": "artist_names",
    "popularity": "popularity",
    "album_name": "album_name",
    "explicit": "explicit",
    "track_genre": "genre",
}
# A table is of a shape when it has these; the rest of the columns may be missing.
_SHAPES = (
    (("track_id", "track_name", "track_artist", "playlist_genre"), _ONE_ROW_A_PLAYLIST),
    (("track_id", "track_name", "artists", "track_genre"), _ONE_ROW_A_GENRE),
)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# Floats hold every integer up to here.
_EXACT_FLOAT = 2.0**53


@dataclass(frozen=True)
class Catalogue:
    """A catalogue that was read; tracks + dropped are all rows of the file."""

    tracks: pa.Table
    """CATALOGUE_TRACKS rows, origin `file`, in the order of the file."""
    dropped: int
    """Rows without an id, a name or an artist."""
    unreadable: dict[str, int]
    """By column, the values among the tracks that are no number, or no truth value, and became null."""


def read_catalogue(path: Path) -> Catalogue:
    """Read the CSV at `path`, UTF-8, plain or gzip.

    Raises SourceError when the file cannot be read, is no CSV, or lacks a needed column.
    """
    table, found = _read_csv(path)
    columns = _columns_of(found, path)
    present = [theirs for theirs in columns if theirs in found]
    frame = table.select(present).rename_columns([columns[theirs] for theirs in present]).to_pandas()
    frame["artist_name"] = frame["artist_names"].str.split(";", n=1).str[0]
    frame = frame.apply(lambda column: column.str.strip())
    frame = frame.mask(frame == "")
    named = _is_named(frame)
    tracks, unreadable = _typed(frame[named])
    return Catalogue(tracks=tracks, dropped=int((~named).sum()), unreadable=unreadable)


def _read_csv(path: Path) -> tuple[pa.Table, list[str]]:
    """The table, every known column as text, and the names of all its columns."""
    text = pa_csv.ConvertOptions(
        column_types=dict.fromkeys([*_ONE_ROW_A_PLAYLIST, *_ONE_ROW_A_GENRE], pa.string()), strings_can_be_null=False
    )
    try:
        with path.open("rb") as file:
            compression = "gzip" if file.read(2) == _GZIP_START else None
        with pa.input_stream(str(path), compression=compression) as stream:
            parsing = pa_csv.ParseOptions(newlines_in_values=True)
            table = pa_csv.read_csv(stream, parse_options=parsing, convert_options=text)
        found = table.column_names  # Arrow decodes the names only now
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise SourceError(f"{path}: expected a CSV of tracks, plain or gzip, in UTF-8 ({reason})") from error
    return table, found


def _columns_of(found: Sequence[str], path: Path) -> Mapping[str, str]:
    for needed, columns in _SHAPES:
        if set(needed) <= set(found):
            repeated = [name for name in columns if list(found).count(name) > 1]
            if repeated:
                raise SourceError(f"{path}: the columns {', '.join(repeated)} stand there more than once")
            return columns
    expected = " or ".join(", ".join(needed) for needed, _ in _SHAPES)
    shown = ", ".join(found)[:300]
    raise SourceError(f"{path}: expected the columns {expected}; found {shown}")


def _is_named(frame: pd.DataFrame) -> pd.Series[bool]:
    named = frame[["track_id", "track_name", "artist_name"]].notna().all(axis="columns")
    # Tables that R wrote say NA for missing; a song or an artist of that name stays unless both say so.
    missing = (frame["track_name"] == "NA") & (frame["artist_name"] == "NA")
    return named & ~missing


def _typed(frame: pd.DataFrame) -> tuple[pa.Table, dict[str, int]]:
    """The table of the contract, and the values by column that could not be converted."""
    arrays: list[pa.Array] = []
    unreadable: dict[str, int] = {}
    for column in CATALOGUE_TRACKS.columns:
        if column.name == "origin":
            arrays.append(pa.repeat(pa.scalar("file", column.type), len(frame)))
        elif column.name not in frame:
            arrays.append(pa.nulls(len(frame), column.type))
        else:
            values = cast("pd.Series[str]", frame[column.name])
            array = _converted(values, column.type)
            arrays.append(array)
            if bad := array.null_count - int(values.isna().sum()):
                unreadable[column.name] = bad
    return pa.Table.from_arrays(arrays, schema=CATALOGUE_TRACKS.arrow_schema), unreadable


def _converted(values: pd.Series[str], kind: pa.DataType) -> pa.Array:
    """`values` as `kind`, null where they cannot be."""
    if pa.types.is_string(kind):
        return pa.array(values, kind, from_pandas=True)
    if pa.types.is_boolean(kind):
        return pa.array(values.str.lower().map(_BOOLEANS), kind, from_pandas=True)
    numbers: npt.NDArray[np.float64] = pd.to_numeric(values, errors="coerce").to_numpy(np.float64)
    readable = np.isfinite(numbers)
    if pa.types.is_integer(kind):
        readable &= (np.trunc(numbers) == numbers) & (np.abs(numbers) <= _EXACT_FLOAT)
        numbers = np.where(readable, numbers, 0.0)
    return pa.array(numbers, pa.float64(), mask=~readable).cast(kind)
