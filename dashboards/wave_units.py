"""A wave's units as they were when it opened: the way down to one of them, and those just below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from surveys.models import WaveUnit


class UnitPlace(NamedTuple):
    unit_id: int
    name: str
    position: int
    parent_position: int | None


@dataclass(frozen=True, slots=True)
class Around:
    """`units`: all there are. `path` leads from the top to the unit that the page is about, if any."""

    units: list[UnitPlace]
    path: list[UnitPlace]
    below: list[UnitPlace]
    parents: frozenset[int | None]

    @property
    def here(self) -> UnitPlace | None:
        return self.path[-1] if self.path else None

    def address(self, page: str, unit: UnitPlace) -> str:
        """Of the page about this unit, if there are any below it."""
        return f"{page}?unit={unit.unit_id}" if unit.position in self.parents else ""


def around(asked: QuerySet[WaveUnit], unit_id: int | None) -> Around:
    """Around the unit with this id, or else the top one."""
    units = [UnitPlace(*row) for row in asked.order_by("position").values_list(*UnitPlace._fields)]
    by_position = {unit.position: unit for unit in units}
    here = next((unit for unit in units if unit.unit_id == unit_id), next(iter(units), None))
    path = []
    above = here
    while above is not None:
        path.append(above)
        above = None if above.parent_position is None else by_position.get(above.parent_position)
    return Around(
        units=units,
        path=path[::-1],
        below=[unit for unit in units if here and unit.parent_position == here.position],
        parents=frozenset(unit.parent_position for unit in units),
    )
