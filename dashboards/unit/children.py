"""The units below one side by side, in the order of the tree: seen together, and never ranked.

A unit that was below it in the wave, and is out of the viewer's reach now, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.addresses import addresses_of
from dashboards.charts.small import Axes, Dated, SmallLine, reference_line, small_line
from dashboards.charts.trend import range_on_scale
from dashboards.tabs import Tab
from dashboards.unit.standing import Standing
from orgunits.access import Scope
from results import queries
from results.figures import Figure, Shown
from results.themes import theme_sheet
from surveys.models import Theme, Wave
from surveys.waves.queries import units_just_below

MOST = 24  # panels; of more units the heatmap gives the better picture


@dataclass(frozen=True, slots=True)
class Panel:
    name: str
    url: str
    figure: Figure
    line: SmallLine | None


@dataclass(frozen=True, slots=True)
class Children:
    """`axes` and `reference`: the same for all panels. `left`: how many units have no panel."""

    theme: Theme
    themes: list[Tab]
    panels: list[Panel]
    axes: Axes
    reference: str
    left: int


def children_of(scope: Scope, found: Standing, theme_code: str) -> Children | None:
    """As the tree was in the wave; None for a unit without others below it."""
    wave = found.times.wave
    themes = queries.themes([wave])
    places = units_just_below(scope, wave, found.unit.pk)
    if not places or not themes:
        return None
    theme = next((one for one in themes if one.code == theme_code), themes[0])
    drawn = places[:MOST]
    units = [*(unit_id for unit_id, _name in drawn), found.unit.pk]
    sheet = theme_sheet(found.times.waves, units, all_asked=True, theme=theme)
    waves = [one for one in found.times.waves if (one.id, theme.id) in sheet.asked]

    def course(unit_id: int) -> list[Dated]:
        return [(one.closes_at, sheet.index(one, unit_id, theme.id)) for one in waves]

    courses, here = {unit_id: course(unit_id) for unit_id, _name in drawn}, course(found.unit.pk)
    axes, address = _axes(waves, [*courses.values(), here]), addresses_of("unit", query=f"?wave={wave.pk}")
    return Children(
        theme=theme,
        themes=[_tab(one, theme, wave) for one in themes],
        panels=[
            Panel(
                name=name,
                url=address(unit_id),
                figure=courses[unit_id][-1][1],
                line=small_line(axes, courses[unit_id]),
            )
            for unit_id, name in drawn
        ],
        axes=axes,
        reference=reference_line(axes, here),
        left=len(places) - len(drawn),
    )


def _axes(waves: Sequence[Wave], courses: Sequence[Sequence[Dated]]) -> Axes:
    shown = [figure for course in courses for _moment, figure in course if isinstance(figure, Shown)]
    if not shown:
        return Axes(waves[0].closes_at, waves[-1].closes_at, 1, 5)
    places = [figure.position for figure in shown]
    lowest, highest = range_on_scale(shown[0], (min(places), max(places)))
    return Axes(waves[0].closes_at, waves[-1].closes_at, lowest, highest)


def _tab(theme: Theme, chosen: Theme, wave: Wave) -> Tab:
    return Tab(theme.name, f"?wave={wave.pk}&theme={theme.code}#side-by-side", theme == chosen)
