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


Unit = tuple[int, int | None, int, str]  # position, that of the unit above, id and name


class Branch:
    """Of thousands of units that are read, only those that come on the page become a `Place`."""

    def __init__(self, scope: Scope, wave: Wave, view: View) -> None:
        self.view = view
        self.whole: int | None = None  # the organisation itself, also for one who may not see its row
        self._units: dict[int, Unit] = {}  # by position
        self._below: defaultdict[int | None, list[Unit]] = defaultdict(list)
        self._places: dict[int | None, list[Place]] = {}
        self._read(scope, wave)
        self.chosen = self._place(view.within) if view.within else None
        self.tops = [self.chosen] if self.chosen else self._placed(None, layer=1)
        self.opened: dict[int, Place] = {}
        self._open()

    def _read(self, scope: Scope, wave: Wave) -> None:
        units = WaveUnit.objects.filter(wave=wave).order_by("position")
        sees_whole = scope.is_whole_organisation
        if not sees_whole:
            units = units.filter(Q(unit__in=scope.units()) | Q(parent_position=None))
        for unit in units.values_list("position", "parent_position", "unit_id", "name"):
            position, above, unit_id, _name = unit
            if above is None:
                self.whole = unit_id
                if not sees_whole:
                    continue
            self._units[position] = unit
            self._below[above if above in self._units else None].append(unit)

    def _placed(self, position: int | None, *, layer: int) -> list[Place]:
        if position not in self._places:
            units = self._below.get(position, ())
            self._places[position] = [Place(unit_id, name, here, layer) for here, _up, unit_id, name in units]
        return self._places[position]

    def _place(self, unit_id: int) -> Place | None:
        unit = next((unit for unit in self._units.values() if unit[2] == unit_id), None)
        if unit is None:
            return None
        position, above, _unit_id, name = unit
        layer = 1
        while above in self._units:
            layer, above = layer + 1, self._units[above][1]
        return Place(unit_id, name, position, layer)

    @property
    def parts(self) -> list[Place]:
        """What the heatmap can be narrowed to: the units just below the only top."""
        tops = self._placed(None, layer=1)
        return self.below(tops[0]) if len(tops) == 1 else tops

    def rows(self) -> Iterator[Place]:
        yield from self._walk(self.tops)

    def _walk(self, places: list[Place]) -> Iterator[Place]:
        for place in places:
            yield place
            if place.unit_id in self.opened:
                yield from self._walk(self.first_below(place))

    def folds(self, place: Place) -> bool:
        return place.position in self._below

    def below(self, place: Place) -> list[Place]:
        return self._placed(place.position, layer=place.layer + 1)

    def first_below(self, place: Place) -> list[Place]:
        return self.below(place)[: self.view.siblings]

    def unfolded(self) -> list[Place]:
        """The tops and all units of unfolded branches, also those that do not fit among the rows."""
        return [*self.tops, *(lower for place in self.opened.values() for lower in self.below(place))]

    def _open(self) -> None:
        """Layer by layer from the top, as far as the rows fit on a page; the top always opens."""
        layer, rows = self.tops, len(self.tops)
        while layer:
            wanted = [place for place in layer if self.folds(place) and self._is_wanted(place)]
            layer = []
            for place in wanted:
                more = self.first_below(place)
                if rows + len(more) <= MOST_ROWS or place in self.tops:
                    self.opened[place.unit_id] = place
                    layer += more
                    rows += len(more)

    def _is_wanted(self, place: Place) -> bool:
        if self.view.everything:
            return True
        if self.view.opened is None:
            return len(self.tops) == 1 and place in self.tops
        return place.unit_id in self.view.opened

    def sort(self, values: Mapping[int, float]) -> None:
        """Order the units in each layer by a value; those without one last."""
        sign = 1 if self.view.lowest_first else -1
        for siblings in self._places.values():
            siblings.sort(
                key=lambda place: (place.unit_id not in values, sign * values.get(place.unit_id, 0))
            )
