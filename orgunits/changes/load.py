"""Change load: how much falls on a unit at the same time.

Each change of the last half year that fell on the unit, or on one above it, counts with the weight of its
kind, and less as it lies further back: fully on its day, for nothing after half a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from orgunits.changes.kinds import ChangeKind
from orgunits.models import ChangeEvent, OrgUnit

WINDOW = timedelta(days=182)
WEIGHTS: Mapping[str, float] = {
    ChangeKind.REORGANISATION: 2.0,
    ChangeKind.SYSTEM: 1.5,
    ChangeKind.LEADERSHIP: 1.5,
}
USUAL = 1.0


def weight(change: ChangeEvent, day: date) -> float:
    age = day - change.on
    if not timedelta() <= age < WINDOW:
        return 0.0
    return WEIGHTS.get(change.kind, USUAL) * (1 - age / WINDOW)


def load_on(unit: OrgUnit, changes: Iterable[ChangeEvent], day: date) -> float:
    """`changes` come with their units."""
    return sum(weight(one, day) for one in changes if unit.path.startswith(one.unit.path))
