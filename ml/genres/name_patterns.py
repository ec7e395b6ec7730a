"""Names that tell a genre without anything having been learnt: "Mariachi …", "… Philharmonic", "DJ …"."""

from __future__ import annotations

import re

# The first pattern found in the normalised name decides. Confidence is a judgement: "Philharmonic" leaves little doubt,
# "Orchestra", "Quartet" and "Trio" are favourites of rock bands too. "Young …" is left out: among the artists of real
# histories it names bands of every kind about as often as rappers.
NAME_PATTERNS: tuple[tuple[re.Pattern[str], str, float], ...] = tuple(
    (re.compile(pattern), genre, confidence)
    for pattern, genre, confidence in (
        (r"\bmariachi\b|\bnorteñ[oa]s?\b|^banda\b|\bsonora\b|\borquesta\b|\bcumbia\b", "latin", 0.7),
        (
            r"\bphilharmoni[ckae]\w*|\bs[iy][mn](ph|f)oni\w+|\b((chamber|symphony) orchestra|string quartet)\b",
            "classical",
            0.7,
        ),
        (r"\bjazz\b|\bbig band\b", "jazz", 0.6),
        (r"\borchestr[ae]\b|\bquartet\b", "classical", 0.35),
        (r"\b(trio|quintet|sextet)$", "jazz", 0.35),
        (r"\bchoir\b|\bchorale?\b|\bgospel\b", "gospel", 0.4),
        (r"^(lil|mc|yung|a\$ap) ", "hip hop", 0.5),
        (r"^dj |\bsoundsystem\b", "electronic", 0.5),
        (r"\bbluegrass\b|\bstring band\b", "country", 0.5),
        (r"\bblues band\b|\bblues\b$", "blues", 0.5),
    )
)

PATTERN_GENRES = tuple(sorted({genre for _, genre, _ in NAME_PATTERNS}))
