from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Count

from orgunits.models import Employee, OrgUnit


@dataclass(frozen=True, slots=True)
class Child:
    unit: OrgUnit
    people: int  # in the unit and below it
    units: int  # below it


@dataclass(frozen=True, slots=True)
class UnitPage:
    unit: OrgUnit
    ancestors: list[OrgUnit]
    people: int
    own_people: int
    children: list[Child]


def unit_page(unit: OrgUnit) -> UnitPage:
    """A unit, what lies above it, and its children with what lies below them."""
    branch = OrgUnit.objects.current().filter(path__startswith=unit.path)
    children = branch.filter(depth=unit.depth + 1).select_related("manager")
    employed = Employee.objects.employed().filter(unit__path__startswith=unit.path)
    own = Counter(dict(employed.values_list("unit_id").annotate(Count("pk"))))
    people: Counter[str] = Counter()
    units: Counter[str] = Counter()
    child_length = len(unit.path) + OrgUnit.steplen
    for pk, path in branch.values_list("pk", "path"):
        people[path[:child_length]] += own[pk]
        units[path[:child_length]] += 1
    return UnitPage(
        unit=unit,
        ancestors=ancestors_of(unit),
        people=own.total(),
        own_people=own[unit.pk],
        children=[Child(child, people[child.path], units[child.path] - 1) for child in children],
    )


def ancestors_of(unit: OrgUnit) -> list[OrgUnit]:
    steps = [unit.path[i : i + OrgUnit.steplen] for i in range(0, len(unit.path), OrgUnit.steplen)]
    return list(OrgUnit.objects.filter(path__in=list(accumulate(steps))[:-1]))
