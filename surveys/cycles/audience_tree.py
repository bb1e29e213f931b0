"""The tree in which HR chooses who is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from django.urls import reverse
from django.utils.safestring import SafeString

from orgunits.access import Scope
from orgunits.models import OrgUnit, OrgUnitQuerySet
from surveys import unit_tree
from surveys.cycles.headcount import Headcount
from surveys.cycles.queries import units_of
from surveys.models import Cycle


def audience_tree(
    scope: Scope,
    cycle: Cycle,
    chosen: Collection[str],
    excluded: Collection[str],
    *,
    heads: Headcount,
    unfolded: int,
) -> SafeString:
    """Of the units that HR may choose."""
    units = _units(units_of(scope), heads)
    address = partial(branch_address, cycle)
    return unit_tree.unit_tree(units, chosen, excluded, unfolded=unfolded, branch_url=address)


def audience_branch(scope: Scope, cycle: Cycle, unit: OrgUnit, *, heads: Headcount) -> SafeString:
    """The lines below a unit that HR may choose, with what the draft has chosen there."""
    below = units_of(scope).filter(path__startswith=unit.path).exclude(pk=unit.pk)
    chosen, excluded = ({str(one.pk) for one in field.all()} for field in (cycle.units, cycle.excluded_units))
    return unit_tree.branch(_units(below, heads), chosen, excluded, branch_url=partial(branch_address, cycle))


def branch_address(cycle: Cycle, unit_id: int) -> str:
    return reverse("surveys:cycle_branch", args=[cycle.pk, unit_id])


def _units(units: OrgUnitQuerySet, heads: Headcount) -> Iterator[unit_tree.Unit]:
    """Depth counts from the units at which HR's own branches begin, which may lie at different levels."""
    above: list[str] = []
    for pk, name, path in units.order_by("path").values_list("pk", "name", "path"):
        while above and not path.startswith(above[-1]):
            above.pop()
        above.append(path)
        yield unit_tree.Unit(pk, name, len(above), heads.people[path])
