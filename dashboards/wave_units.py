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
    has_figures: bool


@dataclass(frozen=True, slots=True)
class Around:
    """`number` of units in all, of which some are `with_figures`.

    `path` leads from the top to the unit that the page is about, if any.
    """

    number: int
    with_figures: int
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
    """Around the unit with this id, or else the top one. Of thousands of units few become more than a row."""
    rows = list(asked.order_by("position").values_list(*UnitPlace._fields))
    by_position = {row[2]: row for row in rows}
    top = rows[0] if rows else None
    here = above = next((row for row in rows if row[0] == unit_id), top)
    path = []
    while above is not None:
        path.append(UnitPlace(*above))
        above = None if above[3] is None else by_position.get(above[3])
    return Around(
        number=len(rows),
        with_figures=[row[4] for row in rows].count(True),
        path=path[::-1],
        below=[UnitPlace(*row) for row in rows if here and row[3] == here[2]],
        parents=frozenset([row[3] for row in rows]),
    )
