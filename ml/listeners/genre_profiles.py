"""Genres of the invented catalogue: how common they are, how long their tracks last and how they sound.

The figures are rounded impressions of published audio-feature tables: enough for genres to be told apart by sound,
no statement about real music.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GenreProfile:
    """Mean audio features (0 to 1 unless said otherwise) of one genre and its share of the artists."""

    name: str
    subgenres: tuple[str, ...]
    share: float
    duration_s: float
    danceability: float
    energy: float
    speechiness: float
    acousticness: float
    instrumentalness: float
    liveness: float
    valence: float
    tempo: float
    loudness: float
    explicit: float


# fmt: off
GENRES: tuple[GenreProfile, ...] = (
    # name, subgenres, share, seconds, dance, energy, speech, acoustic, instrumental, live, valence, tempo, dB, explicit
    GenreProfile("pop", ("dance pop", "electropop", "synth pop", "art pop"),
                 .17, 205, .66, .66, .07, .23, .02, .17, .52, 119, -6.0, .15),
    GenreProfile("rock", ("classic rock", "hard rock", "alternative rock", "garage rock"),
                 .14, 242, .51, .74, .06, .15, .08, .20, .52, 125, -7.0, .08),
    GenreProfile("hip hop", ("trap", "boom bap", "southern hip hop", "conscious hip hop"),
                 .13, 198, .74, .64, .23, .17, .02, .20, .46, 123, -6.8, .65),
    GenreProfile("electronic", ("house", "techno", "drum and bass", "downtempo"),
                 .10, 262, .67, .77, .07, .08, .45, .18, .40, 126, -7.2, .05),
    GenreProfile("indie", ("indie pop", "indie rock", "bedroom pop", "dream pop"),
                 .10, 221, .58, .60, .05, .34, .12, .16, .47, 121, -8.0, .10),
    GenreProfile("r&b", ("contemporary r&b", "neo soul", "alternative r&b"),
                 .07, 224, .66, .54, .11, .31, .03, .16, .48, 113, -8.0, .30),
    GenreProfile("latin", ("reggaeton", "latin pop", "salsa", "bachata"),
                 .07, 214, .72, .71, .10, .24, .01, .18, .65, 117, -5.7, .18),
    GenreProfile("metal", ("heavy metal", "death metal", "metalcore", "doom metal"),
                 .05, 281, .39, .92, .09, .02, .25, .22, .29, 128, -5.2, .15),
    GenreProfile("folk", ("indie folk", "singer-songwriter", "traditional folk"),
                 .04, 229, .51, .37, .04, .71, .07, .15, .41, 117, -11.5, .02),
    GenreProfile("country", ("contemporary country", "outlaw country", "bluegrass"),
                 .04, 212, .57, .65, .04, .31, .01, .19, .57, 124, -6.8, .03),
    GenreProfile("jazz", ("bebop", "cool jazz", "vocal jazz"),
                 .03, 296, .52, .31, .06, .76, .41, .18, .45, 112, -14.0, .00),
    GenreProfile("classical", ("baroque", "romantic", "contemporary classical"),
                 .02, 274, .31, .17, .05, .93, .78, .14, .22, 104, -21.0, .00),
    GenreProfile("ambient", ("drone", "dark ambient", "space ambient"),
                 .02, 305, .33, .24, .04, .73, .86, .12, .15, 105, -18.5, .00),
    GenreProfile("reggae", ("roots reggae", "dub", "dancehall"),
                 .02, 233, .75, .58, .12, .19, .06, .17, .69, 114, -7.6, .08),
)
# fmt: on
