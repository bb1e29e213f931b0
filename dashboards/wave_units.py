"""A wave's units as they were when it opened: the way down to one of them, and those just below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.models import WaveUnit


@dataclass(frozen=True, slots=True)
class Around:
    """`path` leads from the top to the unit that the page is about; both are empty without any unit."""

    path: list[WaveUnit]
    below: list[WaveUnit]
    parents: frozenset[int | None]

    @property
    def here(self) -> WaveUnit | None:
        return self.path[-1] if self.path else None

    def address(self, page: str, unit: WaveUnit) -> str:
        """Of the page about this unit, if there are any below it."""
        return f"{page}?unit={unit.unit_id}" if unit.position in self.parents else ""


def around(units: Iterable[WaveUnit], unit_id: int | None) -> Around:
    """Around the unit with this id, or else the top one; `units` are in the order of the tree."""
    by_position = {unit.position: unit for unit in units}
    top = next(iter(by_position.values()), None)
    here = next((unit for unit in by_position.values() if unit.unit_id == unit_id), top)
    path = []
    above = here
    while above is not None:
        path.append(above)
        above = None if above.parent_position is None else by_position.get(above.parent_position)
    return Around(
        path=path[::-1],
        below=[unit for unit in by_position.values() if here and unit.parent_position == here.position],
        parents=frozenset(unit.parent_position for unit in by_position.values()),
    )
