"""What one listener of the tests has heard, with as many plays as a case needs to be decided or left open."""

from __future__ import annotations

import pyarrow as pa

from ml.assistant.names.index import NameIndex
from ml.genres.taxonomy import Taxonomy

ARTISTS = {
    "Radiohead": 400, "Beatles": 300, "The Doors": 120, "The Weeknd": 90, "AC/DC": 80, "P!nk": 70, "Beyoncé": 60,
    "Guns N' Roses": 50, "Florence + The Machine": 45, "Simon & Garfunkel": 44, "Motörhead": 43, "MØ": 42, "R.E.M.": 41,
    "Ke$ha": 40, "Muse": 39, "Live": 38, "Future": 37, "The Who": 36, "The Band": 35, "Boston": 34, "Kansas": 500,
    "Bush": 33, "!!!": 32, "Tyler, The Creator": 31, "Arcade Fire": 30, "Metallica": 29, "Queen": 28, "Prince": 27,
    "Artist": 26, "Månskin": 25, "Sigur Rós": 24, "Блестящие": 23, "Johnny Cash": 22, "Nine Inch Nails": 21,
    "Björk": 20, "Blur": 19, "Years & Years": 18, "Queens of the Stone Age": 17, "Month": 16, "Blood Orange": 15,
    "The 1975": 14, "Pink Floyd": 13, "Metric": 12, "Stars": 11, "Salt-N-Pepa": 10, "東京事変": 9, "The The": 8,
}  # fmt: skip
TRACKS = {
    ("Time", "Pink Floyd"): 30, ("Yesterday", "Beatles"): 29, ("Summer", "Calvin Harris"): 28, ("Home", "Depeche"): 27,
    ("Monday", "Wilco"): 26, ("Songs", "Regina"): 25, ("Genre", "Nobody"): 24, ("Top", "Nobody"): 23,
    ("1999", "Prince"): 22, ("Love", "Lana"): 21, ("Most", "Nobody"): 20, ("Last Summer", "Nobody"): 19,
    ("Bohemian Rhapsody - Remastered 2011", "Queen"): 18, ("Hurt", "Nine Inch Nails"): 17, ("Hurt", "Johnny Cash"): 16,
    ("Creep", "Radiohead"): 50, ("Creep", "TLC"): 2, ("Paranoid Android", "Radiohead"): 15, ("Boston", "Boston"): 5,
    ("Bush", "Someone"): 14, ("Kansas", "Someone"): 3, ("Purple Rain", "Prince"): 40, ("Song 2", "Blur"): 13,
    ("Thriller", "Michael Jackson"): 60, ("Stay (feat. Mikky Ekko)", "Rihanna"): 200, ("Stay", "Zedd"): 3,
    ("Free Fallin'", "Tom Petty"): 12, ("(I Can't Get No) Satisfaction", "The Rolling Stones"): 11,
    ("Jazz", "Someone"): 4, ("I Found", "Amber"): 3,
    ("My Brothers", "Someone"): 2, ("Currents", "Tame Impala"): 2, ("Only Songs", "Someone"): 2,
    ("Hotel California - Live", "Eagles"): 10, ("Hotel California", "Eagles"): 4, ("Halo", "Beyoncé"): 9,
    ("Don't Stop Me Now", "Queen"): 8, ("Over and Over", "Hot Chip"): 7, ("By Blood", "Shovels"): 6, ("AM", "One"): 1,
    ("The Most", "Nobody"): 5, ("{{ config.target }}", "Jinja"): 4, ("Robert'); DROP TABLE plays;--", "Bobby"): 4,
    ("🔥🔥🔥", "Emoji"): 3, ("Bell \x07 Song", "Control"): 3, ("My Love", "Wings"): 2, ("No Surprises", "Radiohead"): 6,
    ("Tame", "Pixies"): 3, ("Holiday (Demo)", "Green Day"): 2, ("Holiday (Live)", "Green Day"): 3,
}  # fmt: skip
ALBUMS = {
    ("OK Computer", "Radiohead"): 200, ("In Rainbows", "Radiohead"): 150, ("AM", "Arctic Monkeys"): 60,
    ("1989", "Taylor Swift"): 50, ("Purple Rain", "Prince"): 70, ("Thriller", "Michael Jackson"): 300,
    ("Boston", "Boston"): 20, ("Sgt. Pepper's Lonely Hearts Club Band (Remastered)", "Beatles"): 40,
}  # fmt: skip
GENRES = {"rock": 900, "indie rock": 80, "jazz": 30, "r&b": 60, "hip hop": 70, "edm": 20, "country": 15, "pop": 40}
FAMILIES = {"rock": 1000, "jazz": 30, "r&b": 60, "hip hop": 70, "electronic": 25, "country": 15, "pop": 40, "other": 5}
TAXONOMY = Taxonomy(
    [(family, family, family) for family in (*FAMILIES, "metal")]
    + [("indie rock", "rock", "rock"), ("indie", "rock", "rock"), ("edm", "electronic", "electronic")],
    [("rnb", "r&b"), ("electronic dance music", "edm")],
)


def index() -> NameIndex:
    return NameIndex.of(names(), TAXONOMY)


def names() -> pa.Table:
    rows = [("artist", f"artist {name}", name, "", plays) for name, plays in ARTISTS.items()]
    rows += [("artist", f"nirvana {place}", "Nirvana", "", plays) for place, plays in (("uk", 12), ("us", 60))]
    rows += [("track", f"track {name} {by}", name, by, plays) for (name, by), plays in TRACKS.items()]
    rows += [("album", f"album {name} {by}", name, by, plays) for (name, by), plays in ALBUMS.items()]
    rows += [("genre", name, name, "", plays) for name, plays in GENRES.items()]
    rows += [("family", name, name, "", plays) for name, plays in FAMILIES.items()]
    return table(rows)


def table(rows: list[tuple[str, str, str, str, int]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [[]] * 5
    types = [pa.string()] * 4 + [pa.int64()]
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(dict(zip(("kind", "key", "name", "by", "plays"), arrays, strict=True)))
