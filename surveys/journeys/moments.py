"""Whose day has come in a journey: so many days after the first day or a move, or around the last day.

People are found by the dates that the last import left, day by day. Who was not found on the day itself,
because the server stood still or the import came late, is asked up to fourteen open days later.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from orgunits.models import Employee, EmployeeQuerySet
from surveys.audience import units_within
from surveys.cycles.closed_days import ClosedDays
from surveys.models import Cycle, Invitation

LATE = 14  # open days
LONGEST_SEARCH = 366
ONE_EVENT = timedelta(days=60)

Kind = Cycle.Kind
# A known last day stays the date when the person is gone from a later import.
DATES: dict[str, Combinable] = {
    Kind.ONBOARDING: F("joined_on"),
    Kind.MOVED: F("moved_on"),
    Kind.LEAVING: Coalesce("leaves_on", "left_on"),
}


def with_dates(cycle: Cycle) -> EmployeeQuerySet:
    """In the cycle's units, with `event_on`; also who has left since."""
    units = units_within(list(cycle.units.all()), list(cycle.excluded_units.all()))
    return Employee.objects.filter(unit__in=units).annotate(event_on=DATES[cycle.kind]).exclude(event_on=None)


def everyone_with_a_date(cycle: Cycle) -> EmployeeQuerySet:
    """Those who can still be asked: who has left only in a journey about leaving."""
    people = with_dates(cycle)
    return people if cycle.kind == Kind.LEAVING else people.employed()


def expected(cycle: Cycle, *, today: date, closed: ClosedDays) -> EmployeeQuerySet:
    """Everyone whose day is today, or came so shortly ago that it still counts."""
    since = max(first_day_that_counts(today, closed), cycle.starts_on)
    # Before the last day, it is not too late until that day has passed as well.
    earliest = since - timedelta(days=max(cycle.days_after, 0))
    latest = today - timedelta(days=cycle.days_after)
    return everyone_with_a_date(cycle).filter(Q(event_on__gte=earliest, event_on__lte=latest))


def newcomers(cycle: Cycle, *, today: date, closed: ClosedDays) -> EmployeeQuerySet:
    """Those of them whom this journey has not asked about that date, nor about one close to it.

    A corrected date is the same event, and of two moves in two months only one is asked about.
    """
    asked = Invitation.objects.filter(same_event(), wave__cycle=cycle, employee=OuterRef("pk"))
    return expected(cycle, today=today, closed=closed).filter(~Exists(asked))


def same_event() -> Q:
    """In a query inside another: both have an `event_on`, and these lie less than two months apart."""
    there = OuterRef("event_on")
    return Q(event_on__gt=there - ONE_EVENT, event_on__lt=there + ONE_EVENT)


def first_day_that_counts(today: date, closed: ClosedDays) -> date:
    """As many open days ago as an invitation may be late; what falls on closed days waits for an open one."""
    day, open_days = today, 0
    for _ in range(LONGEST_SEARCH):
        if open_days == LATE:
            break
        day -= timedelta(days=1)
        open_days += day not in closed
    return day
