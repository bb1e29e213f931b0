"""Who a cycle is for: everyone employed in its units and below, but for units left out; each person once.

A journey asks those of them whose day has come (`surveys.journeys`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import cast

from django.db import models

from accounts.models import Organisation
from orgunits.models import Employee, EmployeeQuerySet, OrgUnit, OrgUnitQuerySet
from surveys.models import Cycle, Invitation


def topmost(units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """The units that lie below no other of them; their subtrees hold all the rest."""
    kept: list[OrgUnit] = []
    for unit in sorted(units, key=lambda unit: str(unit.path)):
        if not kept or not unit.path.startswith(kept[-1].path):
            kept.append(unit)
    return kept


def employees_in(units: Sequence[OrgUnit], without: Sequence[OrgUnit] = ()) -> EmployeeQuerySet:
    """Those employed now in the units and below, but not in or below the units `without`."""
    return Employee.objects.employed().filter(unit__in=units_within(units, without))


def units_within(units: Sequence[OrgUnit], without: Sequence[OrgUnit] = ()) -> OrgUnitQuerySet:
    found = OrgUnit.objects.filter(_at_or_below(units))
    return cast("OrgUnitQuerySet", found.exclude(_at_or_below(without)) if without else found)


def audience_of(cycle: Cycle) -> EmployeeQuerySet:
    return employees_in(list(cycle.units.all()), list(cycle.excluded_units.all()))


def asked_enough(
    organisation: Organisation, *, most: int, days: int, at: datetime
) -> models.QuerySet[Invitation]:
    """Ids of people who had `most` invitations in so many days until that moment, of whichever cycles."""
    since = first_moment(organisation, days=days, at=at)
    recent = invited_since(since, organisation).filter(employee__isnull=False, wave__opened_at__lte=at)
    counted = recent.order_by().values("employee").annotate(times=models.Count("pk"))
    return counted.filter(times__gte=most).values("employee")  # type: ignore[return-value]


def invited_since(since: datetime, organisation: Organisation) -> models.QuerySet[Invitation]:
    """Of all cycles; in a journey people are asked on days of their own, long after the wave opened."""
    with_the_wave = models.Q(invited_on=None, wave__opened_at__gte=since)
    on_their_day = models.Q(invited_on__gte=since.astimezone(organisation.zone).date())
    return Invitation.objects.filter(with_the_wave | on_their_day, organisation=organisation)


def first_moment(organisation: Organisation, *, days: int, at: datetime) -> datetime:
    """When so many days began, today included. By the calendar: an hour or a late tick must not count."""
    first_day = at.astimezone(organisation.zone).date() - timedelta(days=days - 1)
    return datetime.combine(first_day, time.min, tzinfo=organisation.zone)


def _at_or_below(units: Iterable[OrgUnit]) -> models.Q:
    below = models.Q(pk__in=[])
    for unit in topmost(units):
        below |= models.Q(path__startswith=unit.path)
    return below
