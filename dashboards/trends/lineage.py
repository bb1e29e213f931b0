"""The history of a reorganised unit: that of the units its people came from, weighted by how many came.

An old wave is never cut anew. What stands here is made of released figures, and it is an estimate: the
people who came may differ from those they left. So the margin of each part is that of as many people as came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.utils import timezone

from dashboards.change import margin
from orgunits.access import Scope
from orgunits.models import OrgUnit, UnitLineage
from results.figures import Shown
from results.queries import Sheet
from surveys.models import Wave

DEEPEST = 4  # reorganisations one after the other
LEAST_KNOWN = 0.5  # of the people who came; with figures of fewer there is no estimate


@dataclass(frozen=True, slots=True)
class Part:
    unit_id: int
    people: int


@dataclass(frozen=True, slots=True)
class Estimate:
    mean: float
    margin: float


@dataclass(frozen=True, slots=True)
class Lineage:
    """`came_from`: by unit, the days on which people came to it, the newest first, and from where."""

    came_from: Mapping[int, Sequence[tuple[date, Sequence[Part]]]]

    def unit_ids(self, unit_id: int) -> set[int]:
        """The unit and all that its people came from."""
        found, new = {unit_id}, {unit_id}
        for _step in range(DEEPEST):
            new = {
                part.unit_id for one in new for _on, parts in self.came_from.get(one, ()) for part in parts
            }
            found |= new
        return found

    def estimate(
        self, sheet: Sheet, wave: Wave, unit_id: int, theme_id: int, *, depth: int = DEEPEST
    ) -> Estimate | None:
        """Of a wave before the unit was what it is now; None when it was already, or too little is known."""
        day = timezone.localdate(wave.closes_at)
        later = [parts for on, parts in self.came_from.get(unit_id, ()) if on > day]
        if not later or not depth:
            return None
        parts = later[-1]  # of the first change after the wave
        known = [
            (part.people, one)
            for part in parts
            if (one := self._part(sheet, wave, part, unit_id, theme_id, depth)) is not None
        ]
        people = sum(weight for weight, _one in known)
        if people < LEAST_KNOWN * sum(part.people for part in parts):
            return None
        mean = sum(weight * one.mean for weight, one in known) / people
        return Estimate(mean, sqrt(sum((weight * one.margin / people) ** 2 for weight, one in known)))

    def _part(
        self, sheet: Sheet, wave: Wave, part: Part, unit_id: int, theme_id: int, depth: int
    ) -> Estimate | None:
        if part.unit_id != unit_id:
            earlier = self.estimate(sheet, wave, part.unit_id, theme_id, depth=depth - 1)
            if earlier:
                return earlier
        figure = sheet.index(wave, part.unit_id, theme_id)
        if not isinstance(figure, Shown):
            return None
        return Estimate(figure.mean, margin(figure, people=min(figure.n, part.people)))


def lineage_of(scope: Scope) -> Lineage:
    """Units that ended, or that the viewer may see: no figure of somebody else's team comes along.

    One query; an organisation has some hundreds of these rows.
    """
    rows = UnitLineage.objects.filter(organisation=scope.organisation).order_by("-on", "pk")
    ended = set(
        OrgUnit.objects.filter(organisation=scope.organisation)
        .exclude(ended_on=None)
        .values_list("pk", flat=True)
    )
    allowed = ended | set(scope.units().values_list("pk", flat=True)) if rows else ended
    by_day: defaultdict[int, defaultdict[date, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for from_unit, to_unit, on, people in rows.values_list("from_unit", "to_unit", "on", "people"):
        if from_unit in allowed:
            by_day[to_unit][on].append(Part(from_unit, people))
    return Lineage(
        {
            unit: [(on, parts) for on, parts in days.items() if {part.unit_id for part in parts} != {unit}]
            for unit, days in by_day.items()
        }
    )
