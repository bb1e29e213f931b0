"""The next dates on a calendar: waves, dates that moved or were left out, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from surveys.cycles.closing import add_period
from surveys.cycles.months import Day, Month, months
from surveys.cycles.outlook import outlook

from ..factories import City, city

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 6})


def seen(made: City, **fields: object) -> list[Month]:
    plan = {"recurrence": "FREQ=WEEKLY;BYDAY=FR", "starts_on": date(2026, 12, 4), "days_open": 4} | fields
    draft = made.draft("City", now=NOW, **plan)
    with translation.override("en"):
        return months(outlook(draft, now=NOW))


def days(found: list[Month]) -> dict[date, Day]:
    return {day.day: day for month in found for week in month.weeks for day in week if day}


def notes(month: Month) -> list[tuple[int, int, str]]:
    return [(note.first.day, note.last.day, note.text) for note in month.notes]


def test_months_without_a_date_are_left_out(made: City) -> None:
    found = seen(made, recurrence="FREQ=MONTHLY;INTERVAL=3;BYDAY=1FR")
    assert [month.first for month in found[:3]] == [date(2026, 12, 1), date(2027, 3, 1), date(2027, 6, 1)]
    assert len(found) == 10


def test_a_week_has_seven_places_from_monday_and_a_month_all_its_days(made: City) -> None:
    december = seen(made)[0]
    assert {len(week) for week in december.weeks} == {7}
    assert [day.day.day for week in december.weeks for day in week if day] == list(range(1, 32))
    assert all(week[0] is None or week[0].day.weekday() == 0 for week in december.weeks)


def test_a_date_on_a_holiday_is_marked_with_its_name_and_so_is_the_day_it_moves_to(made: City) -> None:
    found = seen(made, skip_holidays=True, skip_weekends=True)
    by_day = days(found)
    assert by_day[date(2026, 12, 25)].mark == "moved"
    assert by_day[date(2026, 12, 28)].mark == "wave"
    assert (25, 25, "Christmas Day: wave moved") in notes(found[0])
    assert notes(found[1])[0] == (1, 1, "New Year's Day: wave moved")


def test_holidays_are_named_where_waves_open_on_them_too(made: City) -> None:
    christmas = days(seen(made))[date(2026, 12, 25)]
    assert (christmas.mark, christmas.name) == ("wave", "Christmas Day")


def quiet(made: City, first_day: date, *, nights: int) -> None:
    last_day = first_day + timedelta(days=nights)
    add_period(made.organisation, name="Elections", first_day=first_day, last_day=last_day, by=None, now=NOW)


def test_a_quiet_period_is_named_once_for_all_its_days(made: City) -> None:
    quiet(made, date(2026, 12, 7), nights=3)
    assert notes(seen(made)[0])[0] == (7, 10, "Elections")


def test_a_date_that_is_left_out_says_why(made: City) -> None:
    quiet(made, date(2026, 12, 7), nights=9)
    found = seen(made)
    assert days(found)[date(2026, 12, 11)].words == "left out, Elections"
    assert notes(found[0])[0] == (7, 16, "Elections: no wave")


def test_a_date_moved_from_a_weekend_says_so(made: City) -> None:
    found = seen(made, recurrence="FREQ=WEEKLY;BYDAY=SA", starts_on=date(2026, 12, 5), skip_weekends=True)
    assert days(found)[date(2026, 12, 5)].words == "moved, weekend"
    assert days(found)[date(2026, 12, 7)].mark == "wave"
