"""The timeline of changes in the work, and how much of it falls on which unit at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from dashboards.rounding import as_shown
from orgunits.access import RESULT_ROLES, Scope
from orgunits.changes.kinds import kind_label
from orgunits.changes.load import WINDOW, load_on
from orgunits.models import ChangeEvent, OrgUnit, Role

MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    kind: str | Promise
    on: date
    unit: str
    url: str
    effect_url: str


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """`part`: of the heaviest load, in percent."""

    name: str
    url: str
    layer: int
    load: float
    part: int


@dataclass(frozen=True, slots=True)
class ChangeTimeline:
    months: list[Month]
    loads: list[UnitLoad]
    may_record: bool = False


def change_timeline(scope: Scope, *, today: date) -> ChangeTimeline:
    """Changes that fall on units in the viewer's reach: theirs, and those of units above them."""
    tops = _tops(scope)
    above = {unit.path[:length] for unit in tops for length in _steps(unit.path)}
    seen = Q(unit__in=scope.units()) | Q(unit__path__in=above)
    events = ChangeEvent.objects.filter(seen, organisation=scope.organisation).select_related("unit")
    newest = list(events.order_by("-on", "name")[:MOST])
    return ChangeTimeline(
        months=[
            Month(first, [_line(scope, one) for one in found])
            for first, found in groupby(newest, key=lambda one: one.on.replace(day=1))
        ],
        loads=_loads(scope, min((unit.depth for unit in tops), default=1), newest, today),
        may_record=scope.has_on_root(Role.HR),
    )


def _tops(scope: Scope) -> list[OrgUnit]:
    """Where the viewer's reach begins, as far as those units go on: what goes on is all below them."""
    granted = (grant.unit for grant in scope.grants if grant.role in RESULT_ROLES)
    return [unit for unit in granted if unit.ended_on is None]


def _steps(path: str) -> range:
    return range(OrgUnit.steplen, len(path), OrgUnit.steplen)


def _line(scope: Scope, event: ChangeEvent) -> Line:
    unit = effect = ""
    if scope.reaches(event.unit):
        unit = reverse("unit", args=[event.unit_id])
        effect = reverse("change_effect", args=[event.pk])
    return Line(event.name, kind_label(event.kind), event.on, event.unit.name, unit, effect)


def _loads(scope: Scope, top: int, events: list[ChangeEvent], today: date) -> list[UnitLoad]:
    """In the order of the tree: the top, and the units that carry more than the unit above them does."""
    recent = [event for event in events if today - WINDOW < event.on <= today]
    hit = {event.unit_id for event in recent}
    units = scope.units().current().filter(Q(depth=top) | Q(pk__in=hit))
    loads = ((unit, as_shown(load_on(unit, recent, today))) for unit in units)
    found = [(unit, load) for unit, load in loads if load > 0]
    heaviest = max((load for _unit, load in found), default=1)
    return [
        UnitLoad(
            unit.name,
            reverse("unit", args=[unit.pk]),
            unit.depth - top + 1,
            load,
            round(100 * load / heaviest),
        )
        for unit, load in found
    ]
