"""The tree in which HR chooses who is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from django.urls import reverse
from django.utils.safestring import SafeString

from orgunits.access import Scope
from orgunits.models import OrgUnit, OrgUnitQuerySet
from surveys import unit_tree
from surveys.cycles.headcount import Headcount
from surveys.cycles.queries import units_of
from surveys.models import Cycle

Row = tuple[int, str, str]  # number, name and path of a unit


def audience_tree(
    scope: Scope,
    cycle: Cycle,
    chosen: Collection[str],
    excluded: Collection[str],
    *,
    heads: Headcount,
    unfolded: int,
) -> SafeString:
    """Of the units that HR may choose. What closed branches of a large tree hold is only counted."""
    rows, left_out = _rows(units_of(scope)), Counter[str]()
    if len(rows) > unit_tree.WRITTEN_WHOLE:
        rows, left_out = _in_sight(rows, _opened(rows, {*chosen, *excluded}, unfolded))
    units = _units(rows, heads, left_out)
    address = partial(branch_address, cycle)
    return unit_tree.unit_tree(units, chosen, excluded, unfolded=unfolded, branch_url=address)


def audience_branch(scope: Scope, cycle: Cycle, unit: OrgUnit, *, heads: Headcount) -> SafeString:
    """The lines below a unit that HR may choose, with what the draft has chosen there."""
    below = units_of(scope).filter(path__startswith=unit.path).exclude(pk=unit.pk)
    chosen, excluded = ({str(one.pk) for one in field.all()} for field in (cycle.units, cycle.excluded_units))
    return unit_tree.branch(
        _units(_rows(below), heads), chosen, excluded, branch_url=partial(branch_address, cycle)
    )


def branch_address(cycle: Cycle, unit_id: int) -> str:
    return reverse("surveys:cycle_branch", args=[cycle.pk, unit_id])


def _rows(units: OrgUnitQuerySet) -> list[Row]:
    return list(units.order_by("path").values_list("pk", "name", "path"))


def _opened(rows: Sequence[Row], named: Collection[str], unfolded: int) -> set[str]:
    """Paths of the units with an open branch: the first, the unfolded one, and all above a named one."""
    own = {path for pk, _name, path in rows if pk == unfolded}
    named_paths = [path for pk, _name, path in rows if f"{pk}" in named]
    above = {
        path[:end]
        for path in [*named_paths, *own]
        for end in range(OrgUnit.steplen, len(path), OrgUnit.steplen)
    }
    return {rows[0][2], *own, *above}


def _in_sight(rows: Sequence[Row], opened: Collection[str]) -> tuple[list[Row], Counter[str]]:
    """Those in no closed branch, and by path of a closed one how many units lie directly below it."""
    paths = {path for _pk, _name, path in rows}
    below = Counter([path[: -OrgUnit.steplen] for path in paths])
    seen = [row for row in rows if (above := row[2][: -OrgUnit.steplen]) in opened or above not in paths]
    return seen, Counter({path: below[path] for _pk, _name, path in seen if path not in opened})


def _units(
    rows: Iterable[Row], heads: Headcount, left_out: Mapping[str, int] = MappingProxyType({})
) -> Iterator[unit_tree.Unit]:
    """Depth counts from the units at which HR's own branches begin, which may lie at different levels."""
    above: list[str] = []
    for pk, name, path in rows:
        while above and not path.startswith(above[-1]):
            above.pop()
        above.append(path)
        yield unit_tree.Unit(pk, name, len(above), heads.people[path], left_out.get(path, 0))
