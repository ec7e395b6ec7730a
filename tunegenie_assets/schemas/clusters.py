"""Genres grouped by how listeners combine them."""

from __future__ import annotations

from tunegenie_assets.schemas.table import BOOLEAN, FLOAT, INTEGER, STRING, Table, columns_of

GENRE_CLUSTERS = Table(
    layer="enrichment",
    name="genre_clusters",
    row="One row is one genre with the cluster that listeners combine it with, and its place on a map of genres.",
    columns=columns_of(
        (
            "genre",
            STRING,
            "Genre that artists have; one that is heard rarely and with nothing in particular has no row.",
            True,
        ),
        ("genre_cluster", STRING, "Name of the cluster: its strongest genres, such as `indie rock, dream pop`.", True),
        (
            "strength",
            FLOAT,
            "How much it is heard and how close to the middle of its cluster it is; in a cluster they sum to 1.",
            True,
        ),
        ("is_strongest", BOOLEAN, "Whether the cluster is named after it, too.", True),
        ("x", FLOAT, "Place on the map, -1 to 1: near genres keep the same company, directions mean nothing.", True),
        ("y", FLOAT, "Place on the map, -1 to 1.", True),
        ("plays", INTEGER, "Plays on the days that were looked at.", True),
        ("days", INTEGER, "How many days of a listener those are on which it was heard.", True),
    ),
)
