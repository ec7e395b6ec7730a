"""The data-quality report as Markdown: what is wrong in words, then every check on a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ml.quality.standing import Outcome, Standing, totals, what_is_wrong, what_only_flaps

SYMBOLS = {Outcome.FAILED: "✗", Outcome.WARNED: "!", Outcome.PASSED: "·"}
STATES = {Outcome.FAILED: "fails", Outcome.WARNED: "warns", Outcome.PASSED: "passed", None: "not run yet"}


def as_markdown(standing: Sequence[Standing], as_of: datetime) -> str:
    """The report at a moment, naive UTC."""
    counted = totals(standing)
    lines = ["# Data quality", "", f"{counted.headline} As of {as_of:%Y-%m-%d %H:%M} UTC."]
    if counted.never_ran:
        lines += ["", f"{counted.never_ran:,} checks have not run yet."]
    wrong, flapping = what_is_wrong(standing), what_only_flaps(standing)
    if wrong:
        lines += ["", "## To be looked at", "", *(_told(one) for one in wrong)]
    if flapping:
        lines += ["", "## Flapping", "", *(f"- {_name(one)}: {trend_text(one)}" for one in flapping)]
    lines += [
        *("", "## All checks", ""),
        "| asset | check | severity | last result | trend, oldest first | when (UTC) | what to do where it fails |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in standing),
        *("", f"Trend: {', '.join(f'`{symbol}` {STATES[outcome]}' for outcome, symbol in SYMBOLS.items())}."),
    ]
    return "\n".join(lines) + "\n"


def trend_text(standing: Standing) -> str:
    """One sign a run, the oldest first."""
    return "".join(SYMBOLS[outcome] for outcome in standing.trend)


def severity_text(standing: Standing) -> str:
    if standing.known.is_blocking:
        return "blocking"
    return standing.last.severity if standing.last else ""


def sentence(text: str) -> str:
    """With a full stop at its end."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _name(standing: Standing) -> str:
    return f"**{standing.known.asset}** `{standing.known.check}`"


def _told(standing: Standing) -> str:
    found = standing.last.summary if standing.last else None
    told = f" It found: {sentence(_plain(found))}" if found else ""
    flaps = " It flaps." if standing.is_flapping else ""
    return (
        f"- {_name(standing)} {STATES[standing.outcome]}.{told}{flaps}"
        f" Asked: {sentence(_plain(standing.known.description))} To do: {sentence(_plain(standing.known.advice))}"
    )


def _row(standing: Standing) -> str:
    last = standing.last
    cells = (
        standing.known.asset,
        f"`{standing.known.check}`",
        severity_text(standing),
        STATES[standing.outcome] + (", flaps" if standing.is_flapping else ""),
        f"`{trend_text(standing)}`" if standing.trend else "",
        f"{last.evaluated_at:%Y-%m-%d %H:%M}" if last else "",
        standing.known.advice,
    )
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    """On one line, and without what ends a cell."""
    return " ".join(text.split()).replace("|", "\\|")
