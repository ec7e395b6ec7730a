"""The faults but for kills: what is done to a home, what a command must then say, and the one that puts it right.

A home holds two archives of one listener, `first` and `second`, and the pages that were collected; {first} and {second}
in a command are the files of the archives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benches.faults import damage

IMPORT_FIRST = ("import", "{first}", "--listener", "ada")
IMPORT_SECOND = ("import", "{second}", "--listener", "ada")
COLLECT = ("run-once", "plays")
REBUILD = ("rebuild",)
DAMAGED_WAREHOUSE = r"the warehouse .*is damaged .*run tunegenie rebuild"
DAMAGED_RECORDS = r"a record of runs .* is damaged; run tunegenie rebuild"


@dataclass(frozen=True)
class Scenario:
    kind: str
    harm: Callable[[Path, Random], object]
    after: Sequence[str]
    """The one command after it."""
    first: Sequence[str] = ()
    """A command that meets the fault; none where the one command is the first to meet it."""
    says: str = ""
    """What the command that meets the fault must say; nothing where nothing is to be said."""
    after_says: str = ""
    """What the one command must say of what happened."""
    in_small: bool = False


def _warehouse(home: Path) -> Path:
    return home / "warehouse.duckdb"


def _unreadable_archive(home: Path, random: Random) -> None:
    damage.flip(damage.one(home, "landing/archives/*/*/*.zip"), random)
    damage.forget_what_follows(home)


def _cut_archive(home: Path, random: Random) -> None:
    damage.truncate(damage.one(home, "landing/archives/*/*/*.zip"), random.random())
    damage.forget_what_follows(home)


def _half_manifest(home: Path, random: Random) -> None:
    first = damage.one(home, "landing/archives/*/*/*.csv")
    damage.truncate(first.with_name("manifest.json"), random.random())
    damage.forget_what_follows(home)


def _write_ahead(home: Path, random: Random) -> None:
    damage.overwrite(home / "warehouse.duckdb.wal", random)


def _half_page(home: Path, random: Random) -> None:
    damage.truncate(damage.one(home, "landing/pages/*/*/*/*/*.jsonl.gz"), random.random())


def _dbt_files(home: Path, random: Random) -> None:
    for name in ("manifest.json", "semantic_manifest.json", "partial_parse.msgpack"):
        damage.truncate(home / "dbt" / name, random.random())


def _models(home: Path, random: Random) -> None:
    for file in home.glob("models/*/*/*.np*"):
        damage.truncate(file, random.random())


SCENARIOS = (
    Scenario(
        "the warehouse is cut short",
        lambda home, random: damage.truncate(_warehouse(home), random.random()),
        REBUILD,
        IMPORT_SECOND,
        DAMAGED_WAREHOUSE,
        r"the warehouse .* was damaged .* is built anew from landing",
        in_small=True,
    ),
    Scenario(
        "the warehouse is another file",
        lambda home, random: damage.overwrite(_warehouse(home), random),
        REBUILD,
        ("stats",),
        DAMAGED_WAREHOUSE,
        r"the warehouse .* was damaged .* is built anew from landing",
    ),
    Scenario(
        "blocks of the warehouse are changed",
        # The headers stay, so that it opens.
        lambda home, random: damage.flip(_warehouse(home), random, keep=3 * 4096),
        REBUILD,
        IMPORT_SECOND,
        DAMAGED_WAREHOUSE,
        r"the warehouse .* was damaged .* is built anew from landing",
    ),
    Scenario("the write-ahead log of the warehouse is another file", _write_ahead, REBUILD),
    Scenario(
        "an archive in landing is changed",
        _unreadable_archive,
        IMPORT_SECOND,
        REBUILD,
        r"landing/archives/.* is damaged: .* import that file again",
        "its copy in landing was damaged, and is whole again",
    ),
    Scenario(
        "an archive in landing is cut short",
        _cut_archive,
        IMPORT_SECOND,
        REBUILD,
        r"landing/archives/.* is damaged: .* import that file again",
        "its copy in landing was damaged, and is whole again",
    ),
    Scenario(
        "a manifest in landing is half written",
        _half_manifest,
        IMPORT_FIRST,
        REBUILD,
        r"manifest\.json is damaged: .* import the archive again",
    ),
    Scenario(
        "parsed archives are changed",
        lambda home, random: [damage.flip(file, random, 20) for file in home.glob("parsed/**/*.parquet")],
        IMPORT_SECOND,
    ),
    Scenario(
        "the record of runs is cut short",
        lambda home, random: damage.truncate(home / "dagster/history/runs/index.db", random.uniform(0.1, 0.9)),
        REBUILD,
        IMPORT_SECOND,
        DAMAGED_RECORDS,
        "the record of runs in .* was damaged .* begins anew",
    ),
    Scenario(
        "the list of runs is another file",
        lambda home, random: damage.overwrite(home / "dagster/history/runs.db", random),
        REBUILD,
        IMPORT_SECOND,
        DAMAGED_RECORDS,
        "the record of runs in .* was damaged .* begins anew",
    ),
    Scenario(
        "a file of pages is cut short",
        _half_page,
        REBUILD,
        after_says=r"landing/pages/.*: not a file of pages that landing wrote .*; what it told is asked for again",
    ),
    Scenario(
        "what was collected is another file",
        lambda home, random: damage.overwrite(home / "collector.sqlite", random),
        REBUILD,
        COLLECT,
        DAMAGED_RECORDS,
        r"what was collected is remembered in .* was damaged",
    ),
    Scenario("what dbt parsed is half written", _dbt_files, IMPORT_SECOND),
    Scenario("the model is half written", _models, IMPORT_SECOND),
)
