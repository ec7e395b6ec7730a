"""Genres of artists. The rules are in ml/genres."""

from collections import Counter

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from ml.genres.artists import UNCLASSIFIED, classify_artists
from ml.genres.evidence import genre_evidence
from ml.genres.placing import placed_genres, taxonomy_of
from tunegenie_assets import charts
from tunegenie_assets.keys import OWNERS
from tunegenie_assets.resources.tables import column_schema
from tunegenie_assets.schemas.catalogue import CATALOGUE_TRACKS
from tunegenie_assets.schemas.lookups import ARTIST_TAGS, ARTISTS, MUSICBRAINZ_ARTISTS, MUSICBRAINZ_LINKS
from tunegenie_assets.schemas.results import ARTIST_GENRES, GENRE_EVIDENCE, GENRE_TAXONOMY


@dg.asset(
    key=list(GENRE_EVIDENCE.key),
    ins={
        "spotify_artists": dg.AssetIn(list(ARTISTS.key)),
        "artist_tags": dg.AssetIn(list(ARTIST_TAGS.key)),
        "links": dg.AssetIn(list(MUSICBRAINZ_LINKS.key)),
        "musicbrainz_artists": dg.AssetIn(list(MUSICBRAINZ_ARTISTS.key)),
    },
    group_name="enrichment",
    description=GENRE_EVIDENCE.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(GENRE_EVIDENCE)},
)
def evidence(
    spotify_artists: pa.Table, artist_tags: pa.Table, links: pa.Table, musicbrainz_artists: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    return dg.MaterializeResult(value=genre_evidence(spotify_artists, artist_tags, links, musicbrainz_artists))


@dg.asset(
    key=list(ARTIST_GENRES.key),
    ins={
        "artists": dg.AssetIn(["silver", "artists"]),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key)),
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key)),
    },
    group_name="enrichment",
    description=ARTIST_GENRES.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(ARTIST_GENRES)},
)
def artist_genres(artists: pa.Table, catalogue: pa.Table, told: pa.Table) -> dg.MaterializeResult[pa.Table]:
    genres = classify_artists(artists, catalogue, told)
    unclassified = pc.sum(pc.equal(genres["genre_source"], UNCLASSIFIED)).as_py() or 0  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    counts = genres.group_by("primary_genre").aggregate([("artist_id", "count")])
    chart = charts.bars(counts, "primary_genre", "artist_id_count", title="Artists by genre", value_title="artists")
    return dg.MaterializeResult(
        value=genres, metadata={"unclassified_artists": unclassified, "artists_by_genre": charts.as_metadata(chart)}
    )


@dg.asset(
    key=list(GENRE_TAXONOMY.key),
    ins={
        "tree": dg.AssetIn(["silver", "genre_taxonomy"]),
        "aliases": dg.AssetIn(["silver", "genre_aliases"]),
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key), metadata={"columns": ["genre"]}),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key), metadata={"columns": ["genre"]}),
        "classified": dg.AssetIn(list(ARTIST_GENRES.key), metadata={"columns": ["primary_genre"]}),
    },
    group_name="enrichment",
    description=GENRE_TAXONOMY.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(GENRE_TAXONOMY)},
)
def genre_taxonomy(
    tree: pa.Table, aliases: pa.Table, told: pa.Table, catalogue: pa.Table, classified: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    # That an artist has no genre is no genre.
    known = classified.filter(pc.not_equal(classified["primary_genre"], UNCLASSIFIED))  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    taxonomy = taxonomy_of(tree, aliases)
    genres = placed_genres((told["genre"], catalogue["genre"], known["primary_genre"]), taxonomy)
    matched = Counter(genres["matched_by"].to_pylist())
    artists = Counter(taxonomy.families(known["primary_genre"].to_pylist()))
    counts = pa.table({"family": list(artists), "artists": list(artists.values())})
    chart = charts.bars(counts, "family", "artists", title="Artists by family", value_title="artists", top=30)
    return dg.MaterializeResult(
        value=genres,
        metadata={
            "genres": genres.num_rows,
            **{f"share_{rule}": matched[rule] / genres.num_rows for rule in sorted(matched)},
            "artists_by_family": charts.as_metadata(chart),
        },
    )
