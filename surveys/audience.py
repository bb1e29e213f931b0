"""Who a cycle is for: everyone employed in its units and below them, each person once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from orgunits.models import Employee, EmployeeQuerySet, OrgUnit


def topmost(units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """The units that lie below no other of them; their subtrees hold all the rest."""
    kept: list[OrgUnit] = []
    for unit in sorted(units, key=lambda unit: str(unit.path)):
        if not kept or not unit.path.startswith(kept[-1].path):
            kept.append(unit)
    return kept


def employees_in(units: Sequence[OrgUnit]) -> EmployeeQuerySet:
    """Those employed now in the units and below."""
    below = models.Q(pk__in=[])
    for unit in topmost(units):
        below |= models.Q(path__startswith=unit.path)
    return Employee.objects.employed().filter(unit__in=OrgUnit.objects.filter(below))
