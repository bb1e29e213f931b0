"""Who a cycle is for: everyone employed in its units and below, but for units left out; each person once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db import models

from accounts.models import Organisation
from orgunits.models import Employee, EmployeeQuerySet, OrgUnit
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
    found = OrgUnit.objects.filter(_at_or_below(units))
    if without:
        found = found.exclude(_at_or_below(without))
    return Employee.objects.employed().filter(unit__in=found)


def audience_of(cycle: Cycle) -> EmployeeQuerySet:
    return employees_in(list(cycle.units.all()), list(cycle.excluded_units.all()))


def asked_enough(
    organisation: Organisation, *, most: int, days: int, at: datetime
) -> models.QuerySet[Invitation]:
    """Ids of people who had `most` invitations in so many days until that moment, of whichever cycles."""
    recent = Invitation.objects.filter(
        organisation=organisation,
        employee__isnull=False,
        wave__opened_at__gte=first_moment(organisation, days=days, at=at),
        wave__opened_at__lte=at,
    )
    counted = recent.order_by().values("employee").annotate(times=models.Count("pk"))
    return counted.filter(times__gte=most).values("employee")  # type: ignore[return-value]


def first_moment(organisation: Organisation, *, days: int, at: datetime) -> datetime:
    """When so many days began, today included. By the calendar: an hour or a late tick must not count."""
    first_day = at.astimezone(organisation.zone).date() - timedelta(days=days - 1)
    return datetime.combine(first_day, time.min, tzinfo=organisation.zone)


def _at_or_below(units: Iterable[OrgUnit]) -> models.Q:
    below = models.Q(pk__in=[])
    for unit in topmost(units):
        below |= models.Q(path__startswith=unit.path)
    return below
