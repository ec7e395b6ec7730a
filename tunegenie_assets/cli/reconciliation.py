"""The reconciliation of an import: for each file rows read, plays, merged rows, and the count of each reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rich.table import Table

from tunegenie_assets.cli import display

MOST_FILES_SHOWN = 12
"""Of an archive of more files, such as one a month, people see the sum; `--json` has them all."""
LONGEST_NAME = 24
PLAY_FATES = frozenset({"kept", "merged_into"})


@dataclass(frozen=True)
class ImportedFile:
    """One file of an archive; rows = plays + merged + all reasons."""

    name: str
    source: str | None
    """None for a file that holds no listening history."""
    rows: int
    plays: int
    merged: int
    reasons: Mapping[str, int]
    """Rows that are no play, by reason; those that could not be read by what is wrong with them."""

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "kind": self.source,
            "rows": self.rows,
            "plays": self.plays,
            "merged": self.merged,
            "reasons": dict(self.reasons),
        }


def reconcile(archive: Mapping[str, Any], fates: Mapping[str, Mapping[str, int]]) -> list[ImportedFile]:
    """Every file of an archive with what the ledger says of its rows; `fates` is by source file."""
    files: list[ImportedFile] = []
    for member in archive["members"]:
        met = fates.get(f"{archive['archive_id']}/{member['name']}", {})
        reasons = {fate: count for fate, count in met.items() if fate not in PLAY_FATES and fate != "unparseable"}
        if met.get("unparseable"):
            reasons |= {f"unparseable ({reason})": count for reason, count in member["reasons"].items()}
        files.append(
            ImportedFile(
                name=member["name"],
                source=member["source"],
                rows=member["records"] + member["rejected"],
                plays=met.get("kept", 0),
                merged=met.get("merged_into", 0),
                reasons=dict(sorted(reasons.items())),
            )
        )
    return files


def reconciliation_table(title: str, imported: Sequence[tuple[Mapping[str, Any], Sequence[ImportedFile]]]) -> Table:
    """The files of all archives, a sum where there are several, and what was refused."""
    shown: list[ImportedFile] = []
    rows: list[tuple[object, ...]] = []
    for archive, files in imported:
        name = Path(archive["path"]).name
        if archive["problem"]:
            rows.append((_short(name), "refused", None, None, None, "see above"))
            continue
        counted = [file for file in files if file.source]
        parts = counted if len(counted) <= MOST_FILES_SHOWN else [_sum(f"{name}, {len(counted)} files", counted)]
        shown += parts
        rows += [_row(part) for part in parts]
        others = len(files) - len(counted)
        if others:
            rows.append((_short(name), f"{others} other files", None, None, None, "no listening history"))
    if len(shown) > 1:
        rows.append(_row(_sum("all", shown)))
    return display.table(title, ["file", "kind", "rows", "plays", "merged", "not counted, and why"], rows)


def _sum(name: str, files: Sequence[ImportedFile]) -> ImportedFile:
    reasons: dict[str, int] = {}
    for file in files:
        for reason, count in file.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    return ImportedFile(
        name=name,
        source=", ".join(sorted({file.source for file in files if file.source})),
        rows=sum(file.rows for file in files),
        plays=sum(file.plays for file in files),
        merged=sum(file.merged for file in files),
        reasons=dict(sorted(reasons.items())),
    )


def _row(file: ImportedFile) -> tuple[object, ...]:
    kind = (file.source or "").replace("_", " ")
    why = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in file.reasons.items())
    return (_short(PurePosixPath(file.name).name), kind, file.rows, file.plays, file.merged, why)


def _short(name: str) -> str:
    """The name, its middle left out where it is long: begin and end tell files apart."""
    if len(name) <= LONGEST_NAME:
        return name
    half = (LONGEST_NAME - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
