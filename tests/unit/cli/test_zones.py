from __future__ import annotations

from datetime import date

import pytest
import typer

from tunegenie_assets.cli.zones import Request

NOTHING = Request(zone=None, since=None, follow_travels=None, taken_back=None, listed=False)


@pytest.mark.parametrize(
    "request_",
    [
        Request(zone="UTC", since=date(2024, 1, 1), follow_travels=None, taken_back=None, listed=False),
        Request(zone=None, since=None, follow_travels=False, taken_back=None, listed=False),
        Request(zone=None, since=None, follow_travels=None, taken_back="beginning", listed=False),
        Request(zone=None, since=None, follow_travels=None, taken_back=None, listed=True),
    ],
)
def test_one_thing_can_be_asked_for(request_: Request) -> None:
    request_.check()


@pytest.mark.parametrize(
    "request_",
    [
        NOTHING,
        Request(zone="UTC", since=None, follow_travels=True, taken_back=None, listed=False),
        Request(zone=None, since=None, follow_travels=False, taken_back=None, listed=True),
        Request(zone=None, since=date(2024, 1, 1), follow_travels=True, taken_back=None, listed=False),
    ],
)
def test_several_things_or_none_are_bad_usage(request_: Request) -> None:
    with pytest.raises(typer.BadParameter):
        request_.check()
