"""How sure the family is that somebody tells of an artist: of those at 0.8 about 80 % are right. Curves, no model.

Measured by `make bench-genres DATA=…` on real files: tags of one half of Last.fm's users against the other half's, and
genres of a catalogue and of playlists' names against all of the tags. How sure a guess is, is in inference.py.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ml.genres.calibration import IsotonicCurve
from ml.genres.evidence import LASTFM, MUSICBRAINZ, SPOTIFY
from ml.genres.gathering import CATALOGUE, CORRECTION, PLAYLIST_NAMES, SIMULATION

Floats = NDArray[np.float64]


def _curve(*points: tuple[float, float]) -> IsotonicCurve:
    stated, right = np.array(points).T
    return IsotonicCurve(stated, right)


# By the share of the weight that the family has. One tag alone has all of it, so that nothing is surer than 0.84.
_TAGGED = _curve(
    (0.2, 0.2), (0.35, 0.41), (0.45, 0.5), (0.5, 0.6), (0.55, 0.68), (0.65, 0.72), (0.7, 0.82), (1.0, 0.84)
)
# By the share with one dissenting vote added: three tracks of one genre say more than one track.
_LISTED = _curve((0.3, 0.27), (0.5, 0.44), (0.6, 0.52), (0.7, 0.65), (0.8, 0.71), (0.9, 0.81), (1.0, 0.87))
_TITLED = _curve((0.2, 0.32), (0.3, 0.34), (0.4, 0.44), (0.5, 0.52), (0.6, 0.64), (0.75, 0.79), (0.85, 0.86))
_AS_IT_IS = _curve((0.0, 0.0), (1.0, 1.0))

BY_SHARE: Mapping[str, IsotonicCurve] = {
    SPOTIFY: _TAGGED,
    LASTFM: _TAGGED,
    MUSICBRAINZ: _TAGGED,
    SIMULATION: _AS_IT_IS,
    CORRECTION: _AS_IT_IS,
}
BY_VOTES: Mapping[str, IsotonicCurve] = {CATALOGUE: _LISTED, PLAYLIST_NAMES: _TITLED}


def told_confidence(source: str, family_weight: Floats, weight: Floats) -> Floats:
    """How likely the family is the right one.

    Args:
        source: who tells it.
        family_weight: weight of the genres of that family.
        weight: weight of all genres that the source gives the artist; of catalogue and playlists a number of votes.
    """
    if source in BY_VOTES:
        return BY_VOTES[source](family_weight / (weight + 1))
    return BY_SHARE[source](family_weight / weight)
