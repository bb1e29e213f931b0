"""Signals with a common cause are one: under the layer that explains them best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

MOSTLY = 0.6  # of a unit's shift made by one unit below it: then it is that unit's


@dataclass(frozen=True, slots=True)
class Shift:
    """`path` of the unit, so that those below begin with it; `what`: only shifts of the same are grouped."""

    key: int
    path: str
    what: Hashable
    people: float
    size: float

    @property
    def mass(self) -> float:
        return self.people * abs(self.size)


def grouped(shifts: Sequence[Shift]) -> Mapping[int, int]:
    """Key of a shift → key of the one that explains it; those that stand for themselves are left out.

    A department's decline explains that of its teams, unless one team makes most of it: then that team
    explains the department's.
    """
    found: dict[int, int] = {}
    for alike in _by_what(shifts).values():
        found |= _grouped(sorted(alike, key=lambda shift: (shift.path, shift.key)))
    return found


def _by_what(shifts: Iterable[Shift]) -> dict[Hashable, list[Shift]]:
    alike: defaultdict[Hashable, list[Shift]] = defaultdict(list)
    for shift in shifts:
        alike[shift.what].append(shift)
    return alike


def _grouped(shifts: Sequence[Shift]) -> dict[int, int]:
    """Each joins the nearest above it; then a chain is followed to where it ends."""
    joins: dict[int, int] = {}
    for shift in shifts:
        above = [other for other in shifts if other is not shift and shift.path.startswith(other.path)]
        if not above:
            continue
        nearest = max(above, key=lambda other: len(other.path))
        if shift.mass >= MOSTLY * nearest.mass:
            joins.setdefault(nearest.key, shift.key)
        else:
            joins[shift.key] = nearest.key
    return {key: _end(key, joins) for key in joins}


def _end(key: int, joins: Mapping[int, int]) -> int:
    seen = {key}
    while (then := joins.get(key)) is not None and then not in seen:
        key = then
        seen.add(key)
    return key
