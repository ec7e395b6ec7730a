"""The data-quality report as one HTML page: no network, no script, light and dark, a table that a phone can read.

How the page looks is in page_style.py. Everything shown is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from ml.quality.markdown import STATES, sentence, severity_text
from ml.quality.page_style import STYLE
from ml.quality.standing import TREND_RUNS, Outcome, Standing, Totals, totals, what_is_wrong, what_only_flaps

_SQUARE, _STEP, _HEIGHT = 5, 6, 16
"""Of the trend, in pixels: a run is a column, taller the graver it ended, so that colour is not all that tells."""
_HEIGHTS = {Outcome.PASSED: 6, Outcome.WARNED: 11, Outcome.FAILED: 16}
_SIGNS = {Outcome.FAILED: "✕", Outcome.WARNED: "!", Outcome.PASSED: "✓", None: "?"}
_CLASSES = {Outcome.FAILED: "failed", Outcome.WARNED: "warned", Outcome.PASSED: "passed", None: "never"}


def as_page(standing: Sequence[Standing], as_of: datetime, layers: Sequence[str]) -> str:
    """The report at a moment, naive UTC, with the checks in the order of `layers`."""
    counted = totals(standing)
    wrong, flapping = what_is_wrong(standing), what_only_flaps(standing)
    # Within a layer they stay in their order, the gravest first.
    by_layer = sorted(standing, key=lambda one: layers.index(_layer_of(one)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Data quality: {escape(counted.headline)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{_head(counted, as_of)}"
        f"{_cards('To be looked at', wrong)}{_cards('Passed last, but flapping', flapping)}"
        f"<h2>All checks</h2>\n{_legend()}"
        + "".join(_layer(name, list(group)) for name, group in groupby(by_layer, key=_layer_of))
        + "</main>\n</body>\n</html>\n"
    )


def trend_picture(standing: Standing) -> str:
    """A column for each of the last runs, the newest at the right."""
    if not standing.trend:
        return ""
    width = TREND_RUNS * _STEP
    offset = (TREND_RUNS - len(standing.trend)) * _STEP
    columns = "".join(
        f'<rect class="{_CLASSES[outcome]}" x="{offset + index * _STEP}" y="{_HEIGHT - _HEIGHTS[outcome]}"'
        f' width="{_SQUARE}" height="{_HEIGHTS[outcome]}" rx="1"/>'
        for index, outcome in enumerate(standing.trend)
    )
    return (
        f'<svg class="trend" role="img" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}">'
        f"<title>{escape(_trend_in_words(standing))}</title>"
        f'<rect class="ground" y="{_HEIGHT - 1}" width="{width}" height="1"/>{columns}</svg>'
    )


def _trend_in_words(standing: Standing) -> str:
    passed = standing.trend.count(Outcome.PASSED)
    return f"passed in {passed} of the last {len(standing.trend)} runs"


def _head(counted: Totals, as_of: datetime) -> str:
    tiles = (
        ("failed", counted.failed, "fail"),
        ("warned", counted.warned, "warn"),
        ("passed", counted.passed, "passed"),
        ("flapping", counted.flapping, "flap"),
        ("never", counted.never_ran, "not run yet"),
    )
    shown = "".join(
        f'<li class="{kind}{"" if number else " none"}"><b>{number:,}</b> {escape(word)}</li>'
        for kind, number, word in tiles
    )
    return (
        f"<header>\n<p class='brand'>TuneGenie · data quality</p>\n<h1>{escape(counted.headline)}</h1>\n"
        f'<p class="quiet">{counted.all:,} checks, as of {as_of:%Y-%m-%d %H:%M} UTC</p>\n'
        f'<ul class="tiles">{shown}</ul>\n</header>\n'
    )


def _legend() -> str:
    samples = "".join(
        f'<span class="sample {_CLASSES[outcome]}"></span>{escape(STATES[outcome])} ' for outcome in _HEIGHTS
    )
    return (
        f'<p class="quiet legend">The trend shows the last {TREND_RUNS} runs of a check, the newest at the right: '
        f"{samples}</p>\n"
    )


def _cards(title: str, standing: Sequence[Standing]) -> str:
    if not standing:
        return ""
    return f"<h2>{escape(title)}</h2>\n" + "".join(_card(one) for one in standing)


def _with_code(text: str) -> str:
    """Escaped, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _card(standing: Standing) -> str:
    last = standing.last
    found = f'<p class="found"><b>Found</b> {escape(last.summary)}</p>' if last and last.summary else ""
    since = f"for {standing.runs_in_state} runs" if standing.runs_in_state > 1 else "in its last run"
    when = f" · {last.evaluated_at:%Y-%m-%d %H:%M} UTC" if last else ""
    return (
        f'<article class="{_CLASSES[standing.outcome]}">\n'
        f'<div class="top"><h3>{_asset(standing)}<code>{escape(standing.known.check)}</code></h3>'
        f"{trend_picture(standing)}</div>\n"
        f'<p class="state">{_badge(standing)} <span class="quiet">{escape(since)}{when}</span></p>\n{found}'
        f'<p class="quiet"><b>Asked</b> {_with_code(standing.known.description)}</p>\n'
        f'<p class="todo"><b>To do</b> {escape(sentence(standing.known.advice))}</p>\n</article>\n'
    )


def _layer(name: str, standing: Sequence[Standing]) -> str:
    counted = totals(standing)
    told = ", ".join(
        f"{number:,} {word}"
        for number, word in (
            (counted.failed, "fail"),
            (counted.warned, "warn"),
            (counted.passed, "passed"),
            (counted.never_ran, "not run yet"),
        )
        if number
    )
    is_open = " open" if counted.failed or counted.warned else ""
    rows = "".join(map(_row, standing))
    return (
        f'<details{is_open}>\n<summary><b>{escape(name)}</b> <span class="quiet">{told}</span></summary>\n'
        "<table>\n<thead><tr><th>Asset and check</th><th>Severity</th><th>Last result</th><th>Trend</th>"
        f"<th>When (UTC)</th><th>What to do where it fails</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        "</details>\n"
    )


def _row(standing: Standing) -> str:
    last = standing.last
    when = f"{last.evaluated_at:%Y-%m-%d %H:%M}" if last else ""
    return (
        f'<tr class="{_CLASSES[standing.outcome]}"><td title="{escape(standing.known.description)}">{_asset(standing)}'
        f"<code>{escape(standing.known.check)}</code></td>"
        f"<td>{escape(severity_text(standing))}</td><td>{_badge(standing)}</td><td>{trend_picture(standing)}</td>"
        f'<td class="when">{when}</td><td class="advice">{escape(sentence(standing.known.advice))}</td></tr>\n'
    )


def _asset(standing: Standing) -> str:
    return f'<span class="asset">{escape(standing.known.asset)}</span> '


def _badge(standing: Standing) -> str:
    kind = _CLASSES[standing.outcome]
    text = f'<span class="badge {kind}">{_SIGNS[standing.outcome]} {escape(STATES[standing.outcome])}</span>'
    return text + (' <span class="badge flapping">⇅ flaps</span>' if standing.is_flapping else "")


def _layer_of(standing: Standing) -> str:
    return standing.known.asset.split("/")[0]
