from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from ml.listeners.calendar import EPOCH, calendar_of, is_vacation
from ml.listeners.plays import simulate_plays, world_of
from ml.listeners.population import PopulationSpec, simulate_listeners


def day_number(day: date) -> int:
    return (day - EPOCH).days


def test_weekends_and_public_holidays_are_days_of_rest(listeners: pa.Table, catalogue: pa.Table) -> None:
    population = world_of(listeners, catalogue, date(2025, 3, 1), date(2025, 3, 2)).population
    calendar = calendar_of(population, date(2024, 12, 20), 30)
    days = np.array([day_number(date(2024, 12, 20) + timedelta(days=offset)) for offset in range(30)])
    rest = calendar.is_rest(np.full(30, population.countries.index("US")), days)
    off = {date(2024, 12, 20) + timedelta(days=int(offset)) for offset in np.flatnonzero(rest)}
    assert {date(2024, 12, 21), date(2024, 12, 22), date(2024, 12, 25), date(2025, 1, 1)} <= off
    assert date(2024, 12, 23) not in off


def test_a_country_whose_holidays_nobody_knows_has_weekends(listeners: pa.Table, catalogue: pa.Table) -> None:
    nowhere = listeners.set_column(
        listeners.column_names.index("country"), "country", pa.array(["ZZ"] * listeners.num_rows)
    )
    calendar = world_of(nowhere, catalogue, date(2025, 3, 1), date(2025, 3, 9)).calendar
    assert not calendar.holiday.any()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2025, 3, 8), 23),
        ("Europe/Berlin", date(2025, 3, 29), 23),
        ("Europe/Berlin", date(2025, 10, 25), 25),
        ("Asia/Kolkata", date(2025, 3, 29), 24),
    ],
)
def test_listening_days_are_as_long_as_the_clock_says(
    listeners: pa.Table, catalogue: pa.Table, zone: str, day: date, hours: int
) -> None:
    population = world_of(listeners, catalogue, date(2025, 3, 1), date(2025, 3, 2)).population
    calendar = calendar_of(population, day, 1)
    place = np.array([population.zones.index(zone)])
    begin, end = calendar.bounds_s(place, np.array([day_number(day)]))
    assert (end - begin).tolist() == [hours * 3600]


def test_everybody_has_a_few_weeks_of_vacation_a_year(listeners: pa.Table, catalogue: pa.Table) -> None:
    population = world_of(listeners, catalogue, date(2025, 3, 1), date(2025, 3, 2)).population
    year = np.arange(365 * 50, 365 * 51)
    for listener in range(len(population)):
        days = is_vacation(population, np.full(365, listener), year).sum()
        assert 7 <= days <= 28


def test_holidays_are_heard(catalogue: pa.Table) -> None:
    """On days of rest those who listen less then do, and nobody stops."""
    first, until = date(2024, 12, 1), date(2025, 1, 12)
    listeners = simulate_listeners(PopulationSpec(300, 5, first, until), catalogue)
    workers = listeners.set_column(
        listeners.column_names.index("weekend_factor"), "weekend_factor", pa.array([0.4] * listeners.num_rows)
    )
    plays = simulate_plays(workers, catalogue, first, until).to_pandas()
    by_day = plays.groupby("play_date")["track_id"].count()
    christmas, usual = by_day[date(2024, 12, 25)], by_day[date(2024, 12, 11)]
    assert 0 < christmas < 0.6 * usual
