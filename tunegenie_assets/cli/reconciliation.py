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
USUAL_WIDTH = 80
LONGEST_NAME = 20
"""Of a file, where the console is as wide as usual; a wider one has more room for it."""
COLUMNS = ("file", "kind", "rows", "plays", "merged", "no play")
MERGES = {
    "same_record": "the same record again",
    "same_time": "the same song at the same time",
    "other_spelling": "the same scrobble spelled anew",
    "other_source": "heard by another source",
}
"""What `merged_by` of the ledger means."""
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

    @property
    def unaccounted(self) -> int:
        """Rows of which nothing is told; 0 unless days were left unbuilt."""
        return self.rows - self.plays - self.merged - sum(self.reasons.values())

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
        met = fates.get(member["source_file"], {})
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


def reconciliation_table(
    title: str, imported: Sequence[tuple[Mapping[str, Any], Sequence[ImportedFile]]], width: int = USUAL_WIDTH
) -> Table:
    """The files of all archives, a sum where there are several, and what was refused; `width` is the console's."""
    longest = LONGEST_NAME + max(width - USUAL_WIDTH, 0)
    shown: list[ImportedFile] = []
    rows: list[tuple[object, ...]] = []
    for archive, files in imported:
        name = Path(archive["path"]).name
        if archive["problem"]:
            rows.append((_tail(name, longest), "refused", None, None, None, "see above"))
            continue
        counted = [file for file in files if file.source]
        parts = _grouped(name, counted)
        shown += parts
        rows += [_row(part, longest) for part in parts]
        others = len(files) - len(counted)
        if others:
            what = f"{others} other {'file' if others == 1 else 'files'}"
            rows.append((_tail(name, longest), what, None, None, None, "no history"))
    if len(shown) > 1:
        rows.append(_row(_sum("all", shown), longest))
    return display.table(title, COLUMNS, rows, unwrapped=COLUMNS[:-1])


def listener_line(listener: str, fates: Mapping[str, Mapping[str, int]], merged: Mapping[str, int]) -> str:
    """One sentence on all a listener has imported; `merged` counts merged records by `merged_by`."""
    records = sum(sum(met.values()) for met in fates.values())
    plays = sum(met.get("kept", 0) for met in fates.values())
    line = f"{listener} now has {plays:,} plays from {records:,} imported rows."
    if not merged:
        return line
    kinds = ", ".join(f"{merged[kind]:,} {words}" for kind, words in MERGES.items() if merged.get(kind))
    return f"{line} Merged: {kinds}."


def _grouped(archive: str, files: Sequence[ImportedFile]) -> list[ImportedFile]:
    """The files, or where they are many a sum for each folder at the top, or for the archive where those are many."""
    if len(files) <= MOST_FILES_SHOWN:
        return list(files)
    folders: dict[str, list[ImportedFile]] = {}
    for file in files:
        folders.setdefault(PurePosixPath(file.name).parts[0], []).append(file)
    if len(folders) > MOST_FILES_SHOWN:
        return [_sum(f"{archive}, {len(files)} files", files)]
    return [
        members[0] if len(members) == 1 else _sum(f"{folder}, {len(members)} files", members)
        for folder, members in folders.items()
    ]


def _sum(name: str, files: Sequence[ImportedFile]) -> ImportedFile:
    reasons: dict[str, int] = {}
    for file in files:
        for reason, count in file.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    sources = sorted({file.source for file in files if file.source})
    return ImportedFile(
        name=name,
        source=sources[0] if len(sources) == 1 else f"{len(sources)} kinds",
        rows=sum(file.rows for file in files),
        plays=sum(file.plays for file in files),
        merged=sum(file.merged for file in files),
        reasons=dict(sorted(reasons.items())),
    )


def _row(file: ImportedFile, longest: int) -> tuple[object, ...]:
    why = "\n".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in file.reasons.items())
    name, kind = _tail(PurePosixPath(file.name).name, longest), display.source_name(file.source or "")
    return (name, kind, file.rows, file.plays, file.merged, why)


def _tail(name: str, longest: int) -> str:
    """The name, its begin left out where it is long: exports number and date their files at the end."""
    return name if len(name) <= longest else f"…{name[1 - longest :]}"
