from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.cycles.closed_days import ClosedDays, Period
from surveys.cycles.closing import add_period, change_country, remove_period
from surveys.cycles.recurrence import Schedule
from surveys.cycles.services import skip_next_wave
from surveys.models import Cycle, QuietPeriod
from surveys.waves.services import open_due_waves

from ..factories import BEFORE, FIRST, City, city

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def schedule(rule: str, starts_on: date, closed: ClosedDays, **fields: Any) -> Schedule:
    return Schedule(rule, starts_on, time(9), fields.pop("days_open", 5), AMSTERDAM, closed=closed, **fields)


def openings(plan: Schedule, number: int) -> list[date]:
    start = plan.at(plan.starts_on) - timedelta(seconds=1)
    return [plan.day_of(opening) for opening in islice(plan.openings(start), number)]


DUTCH = ClosedDays(weekends=True, country="NL")


def test_a_date_on_a_holiday_moves_to_the_next_open_day() -> None:
    # Easter Monday is 6 April 2026, King's Day is Monday 27 April.
    assert openings(schedule("FREQ=WEEKLY", date(2026, 3, 30), DUTCH), 5) == [
        date(2026, 3, 30),
        date(2026, 4, 7),
        date(2026, 4, 13),
        date(2026, 4, 20),
        date(2026, 4, 28),
    ]


def test_a_date_at_a_weekend_moves_only_when_weekends_are_closed() -> None:
    saturday = date(2026, 3, 7)
    assert openings(schedule("FREQ=MONTHLY", saturday, ClosedDays()), 1) == [saturday]
    assert openings(schedule("FREQ=MONTHLY", saturday, DUTCH), 1) == [date(2026, 3, 9)]


def test_regions_have_holidays_of_their_own() -> None:
    epiphany = date(2027, 1, 6)
    assert epiphany in ClosedDays(country="DE", subdivision="BY")
    assert epiphany not in ClosedDays(country="DE", subdivision="BE")


def test_what_is_not_known_closes_nothing() -> None:
    christmas = date(2026, 12, 25)
    assert christmas not in ClosedDays(country="XX")
    assert christmas in ClosedDays(country="NL", subdivision="nowhere")


@pytest.mark.parametrize(("language", "name"), [("nl", "Eerste kerstdag"), ("en", "Christmas Day")])
def test_the_reason_is_said_in_the_language_in_use(language: str, name: str) -> None:
    with translation.override(language):
        assert DUTCH.reason(date(2026, 12, 25)) == name


SUMMER = ClosedDays(periods=(Period("Summer", date(2026, 7, 6), date(2026, 8, 16)),))


def test_a_long_period_leaves_waves_out_and_moves_none_too_near_to_the_next() -> None:
    assert openings(schedule("FREQ=WEEKLY", date(2026, 6, 29), SUMMER), 3) == [
        date(2026, 6, 29),
        date(2026, 8, 17),
        date(2026, 8, 24),
    ]


def test_a_moved_wave_ends_before_the_next_one_opens() -> None:
    plan = schedule("FREQ=WEEKLY", date(2026, 3, 30), DUTCH, days_open=7)
    assert plan.closing(datetime(2026, 4, 7, 7, tzinfo=UTC)) == datetime(2026, 4, 13, 7, tzinfo=UTC)


def test_a_reminder_never_comes_at_a_weekend_or_on_a_closed_day() -> None:
    plan = schedule("FREQ=WEEKLY;INTERVAL=2", date(2026, 4, 1), DUTCH, days_open=10, reminder_after_days=2)
    opening = plan.at(date(2026, 4, 1))
    # Good Friday, the weekend and Easter Monday are passed over.
    assert plan.reminders(opening, plan.closing(opening)) == [datetime(2026, 4, 7, 7, tzinfo=UTC)]


def test_two_reminders_that_would_fall_together_are_one() -> None:
    plan = schedule(
        "FREQ=MONTHLY",
        date(2026, 3, 4),
        ClosedDays(),
        days_open=9,
        reminder_after_days=3,
        remind_again_after_days=4,
    )
    opening = plan.at(date(2026, 3, 4))
    assert len(plan.reminders(opening, plan.closing(opening))) == 1


periods = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 60)).map(
        lambda one: Period("Period", one[0], one[0] + timedelta(days=one[1]))
    ),
    max_size=6,
)


@given(
    st.booleans(),
    st.sampled_from(["", "NL", "BE", "DE"]),
    periods,
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 4),
    st.integers(1, 7),
)
def test_no_wave_opens_on_a_closed_day_or_while_another_is_open(
    weekends: bool, country: str, own: list[Period], starts_on: date, weeks: int, days_open: int
) -> None:
    closed = ClosedDays(weekends, country, "", tuple(own))
    plan = schedule(f"FREQ=WEEKLY;INTERVAL={weeks}", starts_on, closed, days_open=days_open)
    found = list(islice(plan.openings(plan.at(starts_on) - timedelta(seconds=1)), 20))
    assert found == sorted(set(found))
    for opening in found:
        assert plan.day_of(opening) not in closed
        assert plan.closing(opening) > opening
    for this, later in pairwise(found):
        assert plan.closing(this) <= later


# Changing closed days


@pytest.fixture
def made() -> City:
    return city({"City": 3})


def next_opening(cycle: Cycle) -> datetime | None:
    cycle.refresh_from_db()
    return cycle.next_opens_at


WEEK = timedelta(days=7)


def add(made: City, first_day: date, last_day: date, now: datetime = BEFORE) -> QuietPeriod:
    return add_period(
        made.organisation, name="Move", first_day=first_day, last_day=last_day, by=None, now=now
    )


@pytest.mark.django_db
def test_a_new_period_moves_the_opening_that_was_planned_in_it_and_removing_it_moves_it_back(
    made: City,
) -> None:
    cycle = made.active()
    period = add(made, FIRST.date(), FIRST.date())
    assert next_opening(cycle) == FIRST + timedelta(days=1)
    assert open_due_waves(FIRST) == 0
    remove_period(period, by=None, now=BEFORE)
    assert next_opening(cycle) == FIRST
    assert [event.action for event in AuditEvent.objects.order_by("pk")][-4:] == [
        "quiet_period.added",
        "cycle.planned_anew",
        "quiet_period.removed",
        "cycle.planned_anew",
    ]


@pytest.mark.django_db
def test_a_wave_that_was_skipped_stays_skipped(made: City) -> None:
    cycle = made.active()
    skip_next_wave(cycle, opens_at=FIRST, by=None, now=BEFORE)
    period = add(made, FIRST.date(), FIRST.date())
    assert next_opening(cycle) == FIRST + 2 * WEEK
    remove_period(period, by=None, now=BEFORE)
    assert next_opening(cycle) == FIRST + 2 * WEEK


@pytest.mark.django_db
def test_periods_of_another_organisation_change_nothing(made: City) -> None:
    cycle = made.active()
    add(city({"City": 1}), FIRST.date(), FIRST.date())
    assert next_opening(cycle) == FIRST


@pytest.mark.django_db
def test_another_country_has_other_holidays(made: City) -> None:
    cycle = made.active(starts_on=date(2026, 4, 27), recurrence="FREQ=MONTHLY", skip_holidays=True)
    assert next_opening(cycle) == datetime(2026, 4, 28, 7, tzinfo=UTC)  # King's Day
    change_country(made.organisation, country="BE", subdivision="", by=None, now=BEFORE)
    assert next_opening(cycle) == datetime(2026, 4, 27, 7, tzinfo=UTC)


# The page


def browser(made: City, role: Role = Role.HR, unit: str = "City") -> Client:
    client = Client()
    client.force_login(made.user(role, unit=unit))
    client.cookies["django_language"] = "en"
    return client


def posted(client: Client, **sent: str) -> str:
    return client.post(reverse("surveys:closed_days"), sent, follow=True).content.decode()


@pytest.mark.django_db
def test_hr_adds_and_removes_a_period(made: City) -> None:
    client = browser(made)
    first = timezone.localdate() + timedelta(days=30)
    shown = posted(
        client, form="period", name="Elections", first_day=first.isoformat(), last_day=first.isoformat()
    )
    assert "Elections" in shown
    period = QuietPeriod.objects.get()
    client.post(reverse("surveys:quiet_period_remove", args=[period.pk]))
    assert not QuietPeriod.objects.exists()


@pytest.mark.django_db
def test_a_period_that_ends_before_it_begins_is_refused_and_kept_on_the_page(made: City) -> None:
    shown = posted(
        browser(made), form="period", name="Elections", first_day="2027-03-02", last_day="2027-03-01"
    )
    assert "The last day comes before the first." in shown
    assert 'value="Elections"' in shown
    assert not QuietPeriod.objects.exists()


@pytest.mark.django_db
def test_hr_chooses_country_and_then_region(made: City) -> None:
    client = browser(made)
    assert "Bayern" in posted(client, form="country", country="DE", subdivision="")
    posted(client, form="country", country="DE", subdivision="BY")
    made.organisation.refresh_from_db()
    assert (made.organisation.country, made.organisation.subdivision) == ("DE", "BY")
    posted(client, form="country", country="BE", subdivision="BY")
    made.organisation.refresh_from_db()
    assert (made.organisation.country, made.organisation.subdivision) == ("BE", "")


@pytest.mark.django_db
def test_closed_days_are_for_hr_of_the_whole_organisation() -> None:
    made = city({"City/Care": 1})
    assert browser(made, unit="City/Care").get(reverse("surveys:closed_days")).status_code == 403
