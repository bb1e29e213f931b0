"""Where a unit stands in a wave: the units above it then, and whose figures stand in for its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.timeline import Timeline, timeline
from dashboards.unit.lines import Lines
from orgunits.models import OrgUnit
from results import queries
from results.queries import Sheet
from surveys.models import Wave
from surveys.waves.queries import units_down_to

WAVES = 27  # two years of a wave every four weeks


@dataclass(frozen=True, slots=True)
class Standing:
    """`waves`: all that asked the unit. `line`: from the top to the unit. `shown`: it, or one above it.

    `sheet`: figures of `shown` in the waves of `times`, and of the whole line in the last of these.
    """

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
    unit: OrgUnit,
    ancestors: Sequence[OrgUnit],
    waves: Sequence[Wave] | None = None,
    *,
    wave_id: int | None,
    earlier: bool = True,
) -> Standing | None:
    """In the wave with this id, or else the last closed one that asked this unit; None when none did.

    `waves`: the closed ones that asked it, when they were read already. `earlier`: whether figures of waves
    before that one are read too.
    """
    if waves is None:
        waves = queries.closed_waves(unit.organisation, last=WAVES, asked=[unit.pk])
    if not waves:
        return None
    times = timeline(waves, wave_id)
    line = _line_at(times.wave, [*ancestors, unit])
    sheet = _sheet(times, unit, line, earlier=earlier)
    shown = _first_with_figures(sheet, times.wave, line)
    if shown != unit and earlier:
        sheet = _sheet(times, shown, line, earlier=True)
    return Standing(unit, list(waves), times, line, shown, sheet)


def _sheet(times: Timeline, unit: OrgUnit, line: Sequence[OrgUnit], *, earlier: bool) -> Sheet:
    """Of a unit along the waves, and of those above it in the last one."""
    through_time = [unit.pk] if earlier else []
    return queries.sheet(times.waves, through_time, all_asked=True, beside=[one.pk for one in line])


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
