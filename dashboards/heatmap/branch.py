"""The units of a wave that the viewer may see, and which of them are unfolded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.db.models import Q

from dashboards.heatmap.view import View
from orgunits.access import Scope
from surveys.models import Wave, WaveUnit

MOST_ROWS = 80  # of one page; what is below stays folded and comes when it is asked for


class Place(NamedTuple):
    """A unit as it stood in the tree when the wave opened. `layer`: 1 is the top of what is seen."""

    unit_id: int
    name: str
    position: int
    layer: int


class Branch:
    def __init__(self, scope: Scope, wave: Wave, view: View) -> None:
        self.view = view
        self.children: defaultdict[int | None, list[Place]] = defaultdict(list)
        self.by_unit: dict[int, Place] = {}
        self.whole: int | None = None  # the organisation itself, also for one who may not see its row
        self._read(scope, wave)
        chosen = self.by_unit.get(view.within) if view.within else None
        self.tops = [chosen] if chosen else self.children[None]
        self.opened = self._opened()

    def _read(self, scope: Scope, wave: Wave) -> None:
        allowed = Q(unit__in=scope.units())
        rows = (
            WaveUnit.objects.filter(allowed | Q(parent_position=None), wave=wave)
            .order_by("position")
            .values_list("unit_id", "name", "position", "parent_position")
        )
        sees_whole = scope.is_whole_organisation
        places: dict[int, Place] = {}
        for unit_id, name, position, above in rows:
            if above is None:
                self.whole = unit_id
                if not sees_whole:
                    continue
            parent = places.get(above) if above is not None else None
            place = Place(unit_id, name, position, parent.layer + 1 if parent else 1)
            places[position] = self.by_unit[unit_id] = place
            self.children[parent.position if parent else None].append(place)

    @property
    def parts(self) -> list[Place]:
        """What the heatmap can be narrowed to: the units just below the only top."""
        tops = self.children[None]
        return self.children[tops[0].position] if len(tops) == 1 else tops

    def rows(self) -> Iterator[Place]:
        yield from self._walk(self.tops)

    def _walk(self, places: list[Place]) -> Iterator[Place]:
        for place in places:
            yield place
            if place.unit_id in self.opened:
                yield from self._walk(self.first_below(place))

    def below(self, place: Place) -> list[Place]:
        return self.children[place.position]

    def first_below(self, place: Place) -> list[Place]:
        return self.below(place)[: self.view.siblings]

    def unfolded(self) -> list[Place]:
        """The tops and all units of unfolded branches, also those that do not fit among the rows."""
        opened = [place for place in self.by_unit.values() if place.unit_id in self.opened]
        return [*self.tops, *(lower for place in opened for lower in self.below(place))]

    def _opened(self) -> frozenset[int]:
        """Layer by layer from the top, as far as the rows fit on a page; the top always opens."""
        opened = set()
        layer, rows = self.tops, len(self.tops)
        while layer:
            wanted = [place for place in layer if self.below(place) and self._is_wanted(place)]
            layer = []
            for place in wanted:
                more = self.first_below(place)
                if rows + len(more) <= MOST_ROWS or place in self.tops:
                    opened.add(place.unit_id)
                    layer += more
                    rows += len(more)
        return frozenset(opened)

    def _is_wanted(self, place: Place) -> bool:
        if self.view.everything:
            return True
        if self.view.opened is None:
            return len(self.tops) == 1 and place in self.tops
        return place.unit_id in self.view.opened

    def sort(self, values: Mapping[int, float]) -> None:
        """Order the units in each layer by a value; those without one last."""
        sign = 1 if self.view.lowest_first else -1
        for siblings in self.children.values():
            siblings.sort(
                key=lambda place: (place.unit_id not in values, sign * values.get(place.unit_id, 0))
            )
