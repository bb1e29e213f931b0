"""HR's first page: waves that are open, and what came of the closed ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from orgunits.access import Scope
from orgunits.models import Employee, OrgUnit
from results import queries
from results.figures import Taking
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Cycle, Wave, WaveUnit

CLOSED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class UnitTaking:
    name: str
    depth: int
    url: str
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit of the two highest layers, with those below it where it is in the second."""

    unit: UnitTaking
    below: list[UnitTaking] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpenWave:
    wave: Wave
    taking: Taking | None
    mails: MailCounts
    branches: list[Branch]


@dataclass(frozen=True, slots=True)
class ClosedWave:
    wave: Wave
    url: str
    taking: Taking | None
    units_shown: int
    units_asked: int


@dataclass(frozen=True, slots=True)
class Today:
    open_waves: list[OpenWave]
    closed_waves: list[ClosedWave]
    has_people: bool
    has_cycles: bool


def today(scope: Scope) -> Today:
    organisation = scope.organisation
    allowed = {unit.pk: unit for unit in scope.units()}
    return Today(
        open_waves=_open_waves(scope, allowed),
        closed_waves=_closed_waves(scope, allowed),
        has_people=Employee.objects.filter(organisation=organisation).exists(),
        has_cycles=Cycle.objects.filter(organisation=organisation).exists(),
    )


def _open_waves(scope: Scope, allowed: dict[int, OrgUnit]) -> list[OpenWave]:
    waves = list(Wave.objects.open().filter(organisation=scope.organisation).order_by("closes_at"))
    mails = mail_counts(waves)
    found = []
    for wave in waves:
        taking = queries.participation_so_far(wave)
        units = WaveUnit.objects.filter(wave=wave, unit__in=allowed).order_by("position")
        lines = [_line(allowed[one.unit_id], one.name, taking.get(one.unit_id)) for one in units]
        if lines:
            found.append(OpenWave(wave, lines[0].taking, mails[wave.pk], _branches(lines)))
    return found


def _branches(lines: list[UnitTaking]) -> list[Branch]:
    second_layer = min(line.depth for line in lines) + 1
    branches: list[Branch] = []
    for line in lines:
        if line.depth <= second_layer or not branches:
            branches.append(Branch(line))
        else:
            branches[-1].below.append(line)
    return branches


def _line(unit: OrgUnit, name: str, taking: Taking | None) -> UnitTaking:
    return UnitTaking(name, unit.depth, reverse("unit", args=[unit.pk]), taking)


def _closed_waves(scope: Scope, allowed: dict[int, OrgUnit]) -> list[ClosedWave]:
    waves = queries.closed_waves(scope.organisation, last=CLOSED_SHOWN)[::-1]
    top = scope.home_unit()
    if top is None:
        return []
    takings = queries.participation(waves, [top.pk])
    shown = queries.units_with_figures(waves, allowed)
    asked = queries.units_asked(waves, allowed)
    return [
        ClosedWave(
            wave=wave,
            url=f"{reverse('heatmap')}?wave={wave.pk}",
            taking=takings.get((wave.pk, top.pk)),
            units_shown=shown.get(wave.pk, 0),
            units_asked=asked[wave.pk],
        )
        for wave in waves
        if wave.pk in asked
    ]
