"""The own groups that a wave of a cycle will ask, as its snapshot would hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orgunits.models import OrgUnit
from orgunits.tree import paths_down_to
from surveys.cycles.headcount import headcount
from surveys.models import Cycle


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """`parent` is its place in the list, -1 for the first; `invited` people are placed in the unit itself."""

    name: str
    parent: int
    invited: int


def planned_groups(cycle: Cycle) -> list[PlannedGroup]:
    """In preorder; a branch without anyone who is asked is left out. Two queries beside the units chosen.

    Where a part is asked per wave, an own group's share is rounded so that the shares add up.
    """
    heads = headcount(cycle.organisation)
    return groups_of(cycle, heads.placed_in(cycle.units.all(), cycle.excluded_units.all()))


def groups_of(cycle: Cycle, people: Mapping[str, int]) -> list[PlannedGroup]:
    """`people` by path of their unit."""
    kept = {at_or_above for path in people for at_or_above in paths_down_to(path)}
    units = OrgUnit.objects.filter(organisation=cycle.organisation_id).order_by("path")
    groups: list[PlannedGroup] = []
    place: dict[str, int] = {}
    so_far = 0
    for name, path in units.values_list("name", "path"):
        if path not in kept:
            continue
        before, so_far = so_far, so_far + people.get(path, 0)
        asked = so_far // cycle.parts - before // cycle.parts
        place[path] = len(groups)
        groups.append(PlannedGroup(name, place.get(path[: -OrgUnit.steplen], -1), asked))
    return groups
