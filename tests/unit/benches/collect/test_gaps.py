from __future__ import annotations

import json
from datetime import datetime, timedelta

from benches.collect.gaps import gaps_in
from benches.collect.score import milliseconds
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.registry import RECENTLY_PLAYED

NOON = datetime(2026, 3, 1, 12)


def page(minute: int, items: int, oldest: int, newest: int) -> Record:
    at = NOON + timedelta(minutes=minute)
    ends = {name: str(NOON + timedelta(minutes=value)) for name, value in {"oldest": oldest, "newest": newest}.items()}
    body = json.dumps({"items": items, **ends})
    return Record(RECENTLY_PLAYED.name, "ada", f"page|{at.isoformat()}", None, 200, at, "file", 0, 0, body)


def test_a_full_page_that_is_newer_than_all_before_opens_a_gap() -> None:
    pages = [page(0, 50, -200, -1), page(30, 50, -150, 29), page(60, 30, 40, 59), page(300, 50, 100, 299)]
    [gap] = gaps_in(pages)
    assert gap.noticed_at == NOON + timedelta(minutes=300)
    assert gap.begins_ms <= milliseconds(NOON + timedelta(minutes=59))
    assert gap.ends_ms == milliseconds(NOON + timedelta(minutes=100))
    assert gaps_in([]) == []
