from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
import typer
from rich.console import Console

from tests.unit.sources.samples import LANDED_AT
from tunegenie_assets.cli.zones import KnownZones, Request
from tunegenie_assets.sources.preferences import ListenerZone

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


def zone(listener: str, name: str, first_date: date | None = None) -> ListenerZone:
    return ListenerZone(listener, name, first_date, LANDED_AT)


def shown(given: list[ListenerZone], imported: list[ListenerZone]) -> str:
    out = StringIO()
    KnownZones(given, imported).print("UTC", Console(file=out, width=80))
    return out.getvalue()


def test_zones_given_here_and_with_an_import_stand_in_one_table() -> None:
    table = shown([zone("ada", "Asia/Tokyo", date(2020, 1, 1))], [zone("ada", "Asia/Kolkata")])
    assert [line.split()[0] for line in table.splitlines()[2:]] == ["Asia/Tokyo", "Asia/Kolkata"]
    assert "given with an import" in table


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], False),
        ([zone("ada", "Asia/Tokyo", date(2020, 1, 1))], False),
        ([zone("bob", "Asia/Tokyo")], False),
        ([zone("ada", "Asia/Tokyo")], True),
    ],
)
def test_which_of_two_zones_holds_is_told_where_there_are_two(given: list[ListenerZone], told: bool) -> None:
    assert ("given last holds" in shown(given, [zone("ada", "Asia/Kolkata")])) is told


def test_without_zones_the_one_that_holds_is_told() -> None:
    assert shown([], []) == "No zones have been given: UTC (TUNEGENIE_TIMEZONE) holds.\n"
