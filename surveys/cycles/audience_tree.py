"""The tree in which HR chooses who is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.safestring import SafeString

from orgunits.access import Scope
from surveys.cycles.queries import Headcount, units_of
from surveys.unit_tree import Unit, unit_tree


def audience_tree(
    scope: Scope, chosen: Collection[str], excluded: Collection[str], *, heads: Headcount
) -> SafeString:
    """Of the units that HR may choose."""
    return unit_tree(_units(scope, heads), chosen, excluded)


def _units(scope: Scope, heads: Headcount) -> Iterator[Unit]:
    """Depth counts from the units at which HR's own branches begin, which may lie at different levels."""
    above: list[str] = []
    for pk, name, path in units_of(scope).order_by("path").values_list("pk", "name", "path"):
        while above and not path.startswith(above[-1]):
            above.pop()
        above.append(path)
        yield Unit(pk, name, len(above), heads.people[path])
