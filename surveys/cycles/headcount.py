"""How many people a choice of units holds, as they are employed now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import Count

from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.audience import topmost


@dataclass(frozen=True, slots=True)
class Headcount:
    """By path of unit: people placed in it, and with all below it. `mailed` have an address."""

    placed: Counter[str]
    people: Counter[str]
    mailed: Counter[str]

    def people_in(self, units: Iterable[OrgUnit], without: Iterable[OrgUnit] = ()) -> int:
        return _less(self.people, units, without)

    def mailed_in(self, units: Iterable[OrgUnit], without: Iterable[OrgUnit] = ()) -> int:
        return _less(self.mailed, units, without)


def _less(counts: Counter[str], units: Iterable[OrgUnit], without: Iterable[OrgUnit]) -> int:
    paths = tuple(unit.path for unit in topmost(units))
    less = tuple(unit.path for unit in topmost(without))
    return sum(counts[path] for path in paths if not path.startswith(less)) - sum(
        counts[path] for path in less if path.startswith(paths) and path not in paths
    )


def headcount(organisation: Organisation) -> Headcount:
    """Two queries: people are counted by unit before its path is looked up, not after."""
    paths = dict(OrgUnit.objects.filter(organisation=organisation).values_list("pk", "path"))
    employed = Employee.objects.employed().filter(organisation=organisation).order_by().values_list("unit")
    with_address = Count("pk", filter=~models.Q(email=""))
    counted = employed.annotate(people=Count("pk"), mailed=with_address)
    placed = {paths[unit]: (people, mailed) for unit, people, mailed in counted if unit in paths}
    return Headcount(
        placed=Counter({path: people for path, (people, _mailed) in placed.items()}),
        people=_with_all_below({path: people for path, (people, _mailed) in placed.items()}, paths.values()),
        mailed=_with_all_below({path: mailed for path, (_people, mailed) in placed.items()}, paths.values()),
    )


def _with_all_below(placed: Mapping[str, int], paths: Collection[str]) -> Counter[str]:
    """From the end of the tree's order back, so that each unit is added to the one above it once."""
    totals = dict(placed)
    for path in sorted(paths, reverse=True):
        above = path[: -OrgUnit.steplen]
        if above and (number := totals.get(path)):
            totals[above] = totals.get(above, 0) + number
    return Counter(totals)
