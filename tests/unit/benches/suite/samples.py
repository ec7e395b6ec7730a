"""A bench that does not exist, and results of it."""

from __future__ import annotations

from dataclasses import replace

from benches.report import Floor
from benches.suite.entries import Bench, Shown
from benches.suite.results import Result

TEA = Bench(
    "tea",
    "How fast is tea made?",
    "{cups:,} cups",
    (
        Shown("cups_per_second", "poured", "cups/s"),
        Shown("ratio_to_kettle", "speed", "times", "limit: a kettle"),
        Shown("warm_share", "still warm", "share"),
        Shown("drinkable", "by anybody", "yes or no"),
    ),
)
COFFEE = replace(TEA, name="coffee")
FIGURES = {"cups": 12_000, "cups_per_second": 1234.5, "ratio_to_kettle": 0.51234, "warm_share": 0.5, "drinkable": True}
FLOORS = (Floor("ratio_to_kettle", "at least", 0.5), Floor("drinkable", "at least", 1, in_small=True))
RESULT = Result("tea", "full", 61.4, "abc123", {"cores": "2"}, FIGURES, FLOORS)
FAILED = replace(RESULT, figures={}, floors=(), failure="exit code 1: no [water] | none")
