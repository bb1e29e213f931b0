"""Signals with a common cause are one: under the layer that explains them best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

MOSTLY = 0.6  # of a unit's shift made by one unit below it: then it is that unit's


@dataclass(frozen=True, slots=True)
class Shift:
    """`path` of the unit, so that those below begin with it; `what`: only shifts of the same are grouped.

    `leads`: of two shifts of one unit, this one is the whole of it.
    """

    key: int
    path: str
    what: Hashable
    people: float
    size: float
    leads: bool = False

    @property
    def mass(self) -> float:
        return self.people * abs(self.size)


def grouped(shifts: Sequence[Shift]) -> Mapping[int, int]:
    """Key of a shift → key of the one that explains it; those that stand for themselves are left out.

    A department's decline explains that of its teams, unless one team makes most of it: then that team
    explains the department's, and the other teams stand for themselves.
    """
    alike: defaultdict[Hashable, list[Shift]] = defaultdict(list)
    for shift in sorted(shifts, key=lambda shift: (shift.path, not shift.leads, shift.key)):
        alike[shift.what].append(shift)
    found: dict[int, int] = {}
    for same in alike.values():
        found |= _grouped(same)
    return found


def _grouped(shifts: Sequence[Shift]) -> dict[int, int]:
    firsts: dict[str, Shift] = {}
    for shift in shifts:
        firsts.setdefault(shift.path, shift)
    joins = {shift.key: firsts[shift.path] for shift in shifts if firsts[shift.path] is not shift}
    joins |= _joined(list(firsts.values()))
    by_key = {shift.key: shift for shift in shifts}
    ends = {key: _head(by_key[key], joins) for key in joins}
    return {key: end.key for key, end in ends.items() if end.key != key}


def _joined(shifts: Sequence[Shift]) -> dict[int, Shift]:
    """Each joins the nearest above it, or is joined by it."""
    joins: dict[int, Shift] = {}
    for shift in shifts:
        above = [other for other in shifts if other is not shift and shift.path.startswith(other.path)]
        if not above:
            continue
        nearest = max(above, key=lambda other: len(other.path))
        if shift.mass >= MOSTLY * nearest.mass:
            joins.setdefault(nearest.key, shift)
        else:
            joins[shift.key] = nearest
    return joins


def _head(shift: Shift, joins: Mapping[int, Shift]) -> Shift:
    """Where the chain ends; a unit beside it explains nothing, so what leads there stands for itself."""
    then = joins.get(shift.key)
    if then is None:
        return shift
    head = _head(then, joins)
    related = head.path.startswith(shift.path) or shift.path.startswith(head.path)
    return head if related else shift
