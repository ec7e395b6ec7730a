"""Genres of artists. The rules are in ml/genres."""

from collections import Counter
from collections.abc import Mapping

import dagster as dg
import pyarrow as pa

from ml.genres.artists import UNCLASSIFIED, classify_artists
from ml.genres.evidence import genre_evidence
from ml.genres.name_patterns import INFERRED_GENRES
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
    inferred = pa.chunked_array([[*taxonomy.all_families, *INFERRED_GENRES]])
    genres = placed_genres((told["genre"], catalogue["genre"], inferred), taxonomy)
    matched = Counter(genres["matched_by"].to_pylist())
    shares = {f"share_{rule}": matched[rule] / genres.num_rows for rule in sorted(matched)}
    return dg.MaterializeResult(value=genres, metadata={"genres": genres.num_rows, **shares})


@dg.asset(
    key=list(ARTIST_GENRES.key),
    ins={
        "artists": dg.AssetIn(["silver", "artists"]),
        "catalogue": dg.AssetIn(list(CATALOGUE_TRACKS.key)),
        "told": dg.AssetIn(list(GENRE_EVIDENCE.key)),
        "places": dg.AssetIn(list(GENRE_TAXONOMY.key)),
    },
    group_name="enrichment",
    description=ARTIST_GENRES.row,
    owners=list(OWNERS),
    kinds={"python"},
    metadata={"dagster/column_schema": column_schema(ARTIST_GENRES)},
)
def artist_genres(
    artists: pa.Table, catalogue: pa.Table, told: pa.Table, places: pa.Table
) -> dg.MaterializeResult[pa.Table]:
    genres = classify_artists(artists, catalogue, told)
    families = dict(zip(places["genre"].to_pylist(), places["family"].to_pylist(), strict=True))
    by_genre = Counter(genres["primary_genre"].to_pylist())
    by_family: Counter[str] = Counter()
    for genre, number in by_genre.items():
        by_family[families.get(genre, UNCLASSIFIED)] += number
    return dg.MaterializeResult(
        value=genres,
        metadata={
            "unclassified_artists": by_genre[UNCLASSIFIED],
            "artists_by_genre": _bars(by_genre, "genre"),
            "artists_by_family": _bars(by_family, "family"),
        },
    )


def _bars(artists: Mapping[str, int], kind: str) -> dg.MarkdownMetadataValue:
    """Artists by genre or by family, as a picture."""
    rows = pa.table({kind: list(artists), "artists": pa.array(list(artists.values()), pa.int64())})
    return charts.as_metadata(charts.bars(rows, kind, "artists", title=f"Artists by {kind}", value_title="artists"))
