"""Genres of artists: what is told of them, its place, and what is made of it. The rules are in ml/genres.

Guesses are in inference.py.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import dagster as dg
import pyarrow as pa

from ml.genres.artists import UNCLASSIFIED, classify_artists
from ml.genres.evidence import service_evidence
from ml.genres.gathering import corrections_amiss, gather_evidence
from ml.genres.name_patterns import PATTERN_GENRES
from ml.genres.placing import family_by_genre, placed_genres, taxonomy_of
from tunegenie_assets import charts
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS
from tunegenie_assets.schemas.lookups import ARTIST_TAGS, ARTISTS, MUSICBRAINZ_ARTISTS, MUSICBRAINZ_LINKS
from tunegenie_assets.schemas.results import ARTIST_GENRES, GENRE_EVIDENCE, GENRE_TAXONOMY, INFERRED_GENRES

CORRECTIONS_HOLD = dg.AssetCheckSpec(
    "corrections_are_understood",
    asset=dg.AssetKey(list(GENRE_EVIDENCE.key)),
    description="Rows of genre_corrections.csv are of known artists, and give each a known genre or several alike.",
)


@dg.asset(
    key=list(GENRE_EVIDENCE.key),
    ins={
        "artists": dg.AssetIn(["silver", "artists"], metadata={"columns": ["artist_id", "artist_name", "is_invented"]}),
        "spotify_artists": dg.AssetIn(list(ARTISTS.key)),
        "artist_tags": dg.AssetIn(list(ARTIST_TAGS.key)),
        "links": dg.AssetIn(list(MUSICBRAINZ_LINKS.key)),
        "musicbrainz_artists": dg.AssetIn(list(MUSICBRAINZ_ARTISTS.key)),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key), metadata={"columns": ["artist_name", "genre", "origin"]}),
        "playlists": dg.AssetIn(["silver", "playlist_artists"]),
        "corrections": dg.AssetIn(["silver", "genre_corrections"]),
        "tree": dg.AssetIn(["silver", "genre_taxonomy"]),
        "aliases": dg.AssetIn(["silver", "genre_aliases"]),
    },
    group_name="enrichment",
    description=GENRE_EVIDENCE.row,
    owners=list(OWNERS),
    kinds={"python"},
    check_specs=[CORRECTIONS_HOLD],
    metadata={"dagster/column_schema": column_schema(GENRE_EVIDENCE)},
)
def evidence(**tables: pa.Table):  # noqa: ANN201  # as that of inferred_genres
    taxonomy = taxonomy_of(tables["tree"], tables["aliases"])
    services = service_evidence(
        tables["spotify_artists"], tables["artist_tags"], tables["links"], tables["musicbrainz_artists"]
    )
    rows = gather_evidence(
        tables["artists"],
        services,
        tables["catalogue"],
        playlists=tables["playlists"],
        corrections=tables["corrections"],
        taxonomy=taxonomy,
    )
    amiss = corrections_amiss(tables["corrections"], tables["artists"], taxonomy)
    return dg.MaterializeResult(value=rows, check_results=[_corrections_held(amiss)])


@dg.asset(
    key=list(GENRE_TAXONOMY.key),
    ins={
        "tree": dg.AssetIn(["silver", "genre_taxonomy"]),
        "aliases": dg.AssetIn(["silver", "genre_aliases"]),
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key), metadata={"columns": ["genre"]}),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key), metadata={"columns": ["genre"]}),
    },
    group_name="enrichment",
    description=GENRE_TAXONOMY.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(GENRE_TAXONOMY)},
)
def genre_taxonomy(
    tree: pa.Table, aliases: pa.Table, told: pa.Table, catalogue: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    taxonomy = taxonomy_of(tree, aliases)
    inferred = pa.chunked_array([[*taxonomy.all_families, *PATTERN_GENRES]])
    genres = placed_genres((told["genre"], catalogue["genre"], inferred), taxonomy)
    matched = Counter(genres["matched_by"].to_pylist())
    shares = {f"share_{rule}": matched[rule] / genres.num_rows for rule in sorted(matched)}
    return dg.MaterializeResult(value=genres, metadata={"genres": genres.num_rows, **shares})


@dg.asset(
    key=list(ARTIST_GENRES.key),
    ins={
        "artists": dg.AssetIn(["silver", "artists"], metadata={"columns": ["artist_id", "artist_name"]}),
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key)),
        "guesses": dg.AssetIn(list(INFERRED_GENRES.key)),
        "places": dg.AssetIn(list(GENRE_TAXONOMY.key)),
    },
    group_name="enrichment",
    description=ARTIST_GENRES.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(ARTIST_GENRES)},
)
def artist_genres(
    artists: pa.Table, told: pa.Table, guesses: pa.Table, places: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    genres = classify_artists(artists, told, guesses, family_by_genre(places))
    counts = {kind: Counter(genres[kind].to_pylist()) for kind in ("primary_genre", "genre_family", "genre_source")}
    return dg.MaterializeResult(
        value=genres,
        metadata={
            "unclassified_artists": counts["primary_genre"][UNCLASSIFIED],
            "artists_by_genre": _bars(counts["primary_genre"], "genre"),
            "artists_by_family": _bars(counts["genre_family"], "family"),
            "artists_by_source": _bars(counts["genre_source"], "source"),
        },
    )


def _corrections_held(amiss: Sequence[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not amiss,
        severity=dg.AssetCheckSeverity.WARN,
        check_name=CORRECTIONS_HOLD.name,
        description="; ".join(amiss[:5]) or None,
        metadata={"amiss": len(amiss)},
    )


def _bars(artists: Mapping[str, int], kind: str) -> dg.MarkdownMetadataValue:
    """Artists by genre or by family, as a picture."""
    rows = pa.table({kind: list(artists), "artists": pa.array(list(artists.values()), pa.int64())})
    return charts.as_metadata(charts.bars(rows, kind, "artists", title=f"Artists by {kind}", value_title="artists"))
