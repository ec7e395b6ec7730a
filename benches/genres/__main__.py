"""`python -m benches.genres`: how well are the families of artists guessed, how honestly, and how fast?

With --data the real files of that folder are read in place: artists with a known family are hidden and guessed. Without
it an invented world stands for them. Tables go to standard error, the line of JSON to standard output. Exit code 1 when
a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from benches.genres import archive, halves, hetrec, songs
from benches.genres.display import show_reliability, show_scores, show_time, show_told
from benches.genres.held_out import (
    NEIGHBOURS,
    Guesser,
    World,
    difference,
    majority,
    nearest,
    ours,
    rules,
    rules_else_majority,
    score,
    untrained,
)
from benches.genres.invented import invented_world
from benches.genres.told import what_is_told
from benches.processes import BenchError, run
from benches.report import Figures, Floor, Size, finish, missed
from ml.genres.calibration import reliability
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy

LINE_WIDTH = 120
SEEDS: Mapping[Size, range] = {"full": range(5), "small": range(1)}
SCALE: Mapping[Size, tuple[int, int]] = {"full": (1_000_000, 20_000_000), "small": (20_000, 400_000)}
INVENTED = ("invented_family_top1", "invented_calibration_error", "invented_majority_top1", "invented_knn_best_top1")
DATA_FLOORS = (
    Floor("family_top1", "at least", 0.61),
    Floor("macro_f1", "at least", 0.39),
    Floor("calibration_error", "at most", 0.03),
    Floor("better_than_rules", "at least", 0.3),
    Floor("better_than_majority", "at least", 0.3),
    Floor("better_than_nearest", "at least", 0.1),
    Floor("better_than_best_nearest_low", "at least", 0.01),
    Floor("genre_top1", "at least", 0.24),
    Floor("cluster_agreement", "at least", 0.45),
    Floor("songs_family_top1", "at least", 0.5),
    Floor("songs_calibration_error", "at most", 0.04),
    Floor("songs_better_than_nearest", "at least", 0.08),
    Floor("songs_better_than_best_nearest_low", "at least", 0.005),
    Floor("playlists_family_top1", "at least", 0.95),
    Floor("lastfm_calibration_error", "at most", 0.05),
    Floor("catalogue_calibration_error", "at most", 0.05),
    Floor("playlist_names_calibration_error", "at most", 0.05),
)
"""With the real files."""
FLOORS = (
    Floor("scale_seconds", "at most", 180),
    Floor("scale_peak_mb", "at most", 6 * 1024),
    Floor("invented_family_top1", "at least", 0.85, in_small=True),
    Floor("invented_calibration_error", "at most", 0.05, in_small=True),
)


def judge(console: Console, world: World, seeds: range, prefix: str) -> Figures:
    """Inference beside the plainer ways, shown; figures by name."""
    guessers: dict[str, Guesser] = {
        "inference": ours,
        **({"company, nothing learnt": untrained} if world.audio is None or world.playlists is not None else {}),
        "rules of name and popularity": rules,
        "rules, else majority": rules_else_majority,
        "majority": majority,
        **{f"nearest {count}" if count > 1 else "nearest": nearest(count) for count in NEIGHBOURS},
    }
    scores = {name: score(world, guesser, seeds) for name, guesser in guessers.items()}
    found = scores["inference"]
    differences = {name: difference(world, found, other) for name, other in scores.items() if name != "inference"}
    show_scores(console, world, scores, differences)
    # The number of neighbours that does best on the very artists that are asked for: no one else could know it.
    best = max((name for name in scores if name.startswith("nearest")), key=lambda name: scores[name].family_top1)
    figures = {
        "family_top1": found.family_top1,
        "macro_f1": found.macro_f1,
        "calibration_error": found.calibration_error,
        "coverage": found.coverage,
        "rules_top1": scores["rules of name and popularity"].family_top1,
        "rules_else_majority_top1": scores["rules, else majority"].family_top1,
        "majority_top1": scores["majority"].family_top1,
        **({"untrained_top1": other.family_top1} if (other := scores.get("company, nothing learnt")) else {}),
        "knn_top1": scores["nearest"].family_top1,
        "knn_best_top1": scores[best].family_top1,
    }
    for name, other in (
        ("rules", "rules, else majority"),
        ("majority", "majority"),
        ("nearest", "nearest"),
        ("best_nearest", best),
    ):
        middle, low, high = differences[other]
        figures |= {
            f"better_than_{name}": middle,
            f"better_than_{name}_low": low,
            f"better_than_{name}_high": high,
        }
    return {prefix + name: value for name, value in figures.items()}


def show_calibration(console: Console, world: World) -> None:
    seen, hidden = world.hide(0)
    guesses = ours(seen, hidden)
    show_reliability(console, reliability(guesses.confidence, guesses.family == world.truth[hidden]))


def of_real_data(console: Console, folder: Path, seeds: range) -> Figures:
    """Whatever of the three files is there.

    Raises:
        BenchError: none of them is, or one cannot be read.
    """
    figures: dict[str, float | int | bool] = {}
    taxonomy = genre_taxonomy()
    if (path := folder / hetrec.FILE).exists():
        tagged = hetrec.read_hetrec(path, taxonomy)
        figures |= judge(console, tagged.world, seeds, "")
        show_calibration(console, tagged.world)
        figures |= (genres := hetrec.genre_figures(tagged, seeds))
        console.print(
            f"The genre within the family is the foremost tag of {genres['genre_top1']:.1%} of the hidden artists and "
            f"among the tags of {genres['genre_among_tags']:.1%}, of {len(tagged.family_of_genre)} genres."
        )
        figures |= (clusters := halves.agreement(tagged, seeds))
        console.print(
            f"{clusters['clusters']} clusters of genres; two halves of the listeners agree on them to "
            f"{clusters['cluster_agreement']:.2f} (adjusted Rand index, chance is 0)."
        )
    if (path := folder / songs.FILE).exists():
        tracks = songs.read_songs(path, taxonomy)
        figures |= judge(console, tracks.by_sound, seeds, "songs_")
        figures |= judge(console, tracks.with_playlists, seeds, "playlists_")
        if (history := folder / archive.FILE).exists():
            heard = archive.read_archive(history, tracks.by_sound)
            figures |= judge(console, heard.world, seeds, "archive_")
            shares = archive.time_by_evidence(heard)
            show_time(console, shares)
            figures |= {"coverage_time_share": 1 - shares.get("unclassified", 0.0)}
            figures |= {"catalogue_time_share": shares.get(archive.CATALOGUE, 0.0)}
        if (folder / hetrec.FILE).exists():
            for told in what_is_told(folder, taxonomy):
                figures |= told.figures
                show_told(console, told)
    if not figures:
        raise BenchError(f"none of {hetrec.FILE}, {songs.FILE} is in {folder}")
    return figures


def at_scale(console: Console, size: Size) -> Figures:
    artists, edges = SCALE[size]
    # One thread of linear algebra, as many as there may be in a run beside others.
    command = [sys.executable, "-m", "benches.genres.scale", str(artists), str(edges)]
    ended = run(command, {"OPENBLAS_NUM_THREADS": "1"})
    measured = json.loads(ended.stdout)
    console.print(
        f"{artists:,} artists, {measured['edges']:,} edges: {measured['seconds']:.1f} s, {ended.peak_mb:,.0f} MB with "
        f"the invented world ({measured['world_mb']:,.0f} MB)"
    )
    return {
        "scale_artists": artists,
        "scale_edges": measured["edges"],
        "scale_seconds": measured["seconds"],
        "scale_peak_mb": ended.peak_mb,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.genres", description=__doc__)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help="a folder with the real files")
    arguments = parser.parse_args()
    size: Size = arguments.size
    console = Console(stderr=True, width=None if sys.stderr.isatty() else LINE_WIDTH)
    invented = judge(console, invented_world(3_000, 600, 24_000), range(1), "invented_")
    figures = {name: value for name, value in invented.items() if name in INVENTED}
    try:
        if arguments.data is None:
            console.print("Invented artists only: --data FOLDER (make bench-genres DATA=FOLDER) adds the real ones.")
        else:
            figures |= of_real_data(console, arguments.data, SEEDS[size])
        figures |= at_scale(console, size)
    except BenchError as error:
        console.print(f"[red]bench-genres: {error}[/red]")
        return 1
    return finish("genres", size, figures, missed((*FLOORS, *DATA_FLOORS), figures, size))


if __name__ == "__main__":
    sys.exit(main())
