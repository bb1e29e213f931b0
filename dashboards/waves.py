"""For HR: the waves of a cycle side by side, with participation, for the organisation or one part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.safestring import SafeString

from dashboards.change import change
from dashboards.charts.heat import KeyStep, heat_key
from dashboards.charts.small import Axes, SmallLine, small_line
from dashboards.charts.trend import range_on_scale
from dashboards.filters import ByTrait, by_trait
from dashboards.heatmap.cells import USUAL, Cell, mean_cell
from dashboards.heatmap.drawing import drawn_with_reasons
from dashboards.tabs import Tab
from dashboards.timeline import Timeline, timeline
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown, Taking
from results.themes import ThemeSheet, theme_sheet
from surveys.models import Theme, Wave

WAVES = 27
SIDE_BY_SIDE = 8  # columns; earlier waves are in the line at the end of each row


@dataclass(frozen=True, slots=True)
class Row:
    """`scale` names the ends of a scale that is not the usual one."""

    theme: str
    scale: str
    url: str
    cells: list[Cell]
    line: SmallLine | None

    @property
    def drawn(self) -> SafeString:
        return drawn_with_reasons(self.cells)


@dataclass(frozen=True, slots=True)
class Column:
    wave: Wave
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class Journey:
    """A cycle about coming, moving or leaving: its last wave with figures."""

    wave: Wave
    url: str
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class WavesPage:
    unit: OrgUnit
    parts: list[OrgUnit] = field(default_factory=list)
    cycles: list[Tab] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    key: list[KeyStep] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    by_trait: ByTrait | None = None


def waves_page(scope: Scope, top: OrgUnit, *, unit_id: int | None, wave_id: int | None) -> WavesPage:
    """`top`: where the viewer's reach begins. The cycle is that of the wave, or the one asked last."""
    parts = [top, *top.get_children().filter(ended_on=None)]
    unit = next((one for one in parts if one.pk == unit_id), top)
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    if not waves:
        return WavesPage(unit, parts)
    times = timeline(waves, wave_id)
    times.wave.organisation = scope.organisation  # the same one, so nothing looks it up again
    sheet = theme_sheet(times.waves, [unit.pk])
    newest = times.waves[-SIDE_BY_SIDE:]
    journeys = {wave.cycle_id: wave for wave in waves if wave.is_journey}
    taking = queries.participation([*newest, *journeys.values()], [unit.pk])
    return WavesPage(
        unit=unit,
        parts=parts,
        cycles=_cycles(waves, times, unit),
        columns=[Column(wave, taking.get((wave.pk, unit.pk))) for wave in newest],
        rows=_rows(sheet, times, newest, unit),
        key=heat_key(*USUAL),
        journeys=[
            Journey(
                wave,
                f"{reverse('unit', args=[unit.pk])}?wave={wave.pk}",
                taking.get((wave.pk, unit.pk)),
            )
            for wave in journeys.values()
        ],
        by_trait=by_trait(times.wave, unit.pk),
    )


def _cycles(waves: list[Wave], times: Timeline, unit: OrgUnit) -> list[Tab]:
    """Cycles that recur, each by its last wave."""
    last = {wave.cycle_id: wave for wave in waves if not wave.is_journey}
    return [
        Tab(wave.name, f"?unit={unit.pk}&wave={wave.pk}", wave.cycle_id == times.wave.cycle_id)
        for wave in last.values()
    ]


def _rows(sheet: ThemeSheet, times: Timeline, newest: list[Wave], unit: OrgUnit) -> list[Row]:
    return [_row(theme, sheet, times, newest, unit) for theme in queries.themes(times.waves)]


def _row(theme: Theme, sheet: ThemeSheet, times: Timeline, newest: list[Wave], unit: OrgUnit) -> Row:
    figures = [sheet.index(wave, unit.id, theme.id) for wave in times.waves]
    course = [
        (wave.closes_at, figure)
        for wave, figure in zip(times.waves, figures, strict=True)
        if (wave.id, theme.id) in sheet.asked
    ]
    shown = [figure for figure in figures if isinstance(figure, Shown)]
    line = None
    if shown:
        places = [figure.position for figure in shown]
        ends = range_on_scale(shown[0], (min(places), max(places)))
        line = small_line(Axes(times.waves[0].closes_at, times.waves[-1].closes_at, *ends), course)
    return Row(
        theme=theme.name,
        scale=_scale(shown[-1]) if shown else "",
        url=f"{reverse('unit_theme', args=[unit.pk, theme.code])}?wave={times.wave.pk}",
        cells=_cells(figures)[-len(newest) :],
        line=line,
    )


def _scale(figure: Shown) -> str:
    ends = figure.lowest, figure.highest
    return "" if ends == USUAL else f"{ends[0]}–{ends[1]}"


def _cells(figures: Sequence[Figure]) -> list[Cell]:
    """Each with the change since the last figure before it."""
    cells = []
    before: Shown | None = None
    for figure in figures:
        if isinstance(figure, Shown):
            cells.append(mean_cell(figure, change(figure, before) if before else None))
            before = figure
        else:
            cells.append(Cell(figure, ""))
    return cells
