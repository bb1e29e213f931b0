"""Where a unit stands in a wave: the units above it then, and whose figures stand in for its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.timeline import Timeline, timeline
from dashboards.unit.lines import Lines
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.queries import Sheet
from surveys.models import Wave
from surveys.waves.queries import units_down_to

WAVES = 27  # two years of a wave every four weeks


@dataclass(frozen=True, slots=True)
class Standing:
    """`waves`: all that asked the unit. `line`: from the top to the unit. `shown`: it, or one above it."""

    unit: OrgUnit
    waves: list[Wave]
    times: Timeline
    line: list[OrgUnit]
    shown: OrgUnit
    sheet: Sheet

    @property
    def instead(self) -> OrgUnit | None:
        return self.shown if self.shown != self.unit else None

    @property
    def above(self) -> OrgUnit | None:
        place = self.line.index(self.shown)
        return self.line[place - 1] if place else None

    @property
    def whole(self) -> OrgUnit | None:
        return self.line[0] if self.above else None

    def lines(self) -> Lines:
        return Lines(self.sheet, self.times, self.shown, self.above, self.whole)


def standing(
    scope: Scope, unit: OrgUnit, ancestors: Sequence[OrgUnit], *, wave_id: int | None = None
) -> Standing | None:
    """In the wave with this id, or else the last closed one that asked this unit; None when none did."""
    related = [*ancestors, unit]
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    sheet = queries.sheet(waves, [one.pk for one in related])
    waves = [wave for wave in waves if (wave.pk, unit.pk) in sheet.asked]
    if not waves:
        return None
    times = timeline(waves, wave_id)
    line = _line_at(times.wave, related)
    if not {one.pk for one in line} <= {one.pk for one in related}:
        sheet = queries.sheet(sheet.waves, [one.pk for one in line])
    return Standing(unit, waves, times, line, _first_with_figures(sheet, times.wave, line), sheet)


def _line_at(wave: Wave, related: Sequence[OrgUnit]) -> list[OrgUnit]:
    """The units from the top to the last of these when the wave opened: figures above are of then.

    `related`: from the top to it as they stand now, which is mostly the same.
    """
    ids = units_down_to(wave, related[-1].pk)
    found = {one.pk: one for one in related}
    if others := set(ids) - found.keys():
        found |= OrgUnit.objects.filter(organisation=wave.organisation_id).in_bulk(others)
    return [found[one] for one in ids]


def _first_with_figures(sheet: Sheet, wave: Wave, line: Sequence[OrgUnit]) -> OrgUnit:
    """The unit itself, or the nearest one above it that has a figure in this wave."""
    with_figures = sheet.units_shown(wave)
    return next((unit for unit in reversed(line) if unit.pk in with_figures), line[-1])
