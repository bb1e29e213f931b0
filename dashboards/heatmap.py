"""The organisation at a glance: units down, themes across, folded by layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.change import Change, change
from dashboards.charts.heat import KeyStep, heat_key, heat_step
from dashboards.tabs import Tab, wave_tabs
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown
from surveys.models import Theme, Wave, WaveUnit

WAVES = 6


@dataclass(frozen=True, slots=True)
class View:
    """What the reader chose: a wave, units that are unfolded, a theme to sort by."""

    wave_id: int | None = None
    opened: frozenset[int] | None = None
    everything: bool = False
    sort: str = ""

    def is_open(self, unit_id: int, depth: int) -> bool:
        return self.everything or (depth == 1 if self.opened is None else unit_id in self.opened)


@dataclass(frozen=True, slots=True)
class Cell:
    figure: Figure
    step: int
    change: Change | None


@dataclass(frozen=True, slots=True)
class Row:
    unit_id: int
    name: str
    url: str
    depth: int
    fold: str
    fold_url: str
    cells: list[Cell]

    @property
    def n(self) -> int | None:
        """Answers behind the row: those of its fullest cell."""
        shown = [cell.figure.n for cell in self.cells if isinstance(cell.figure, Shown)]
        return max(shown, default=None)


@dataclass(frozen=True, slots=True)
class ThemeColumn:
    name: str
    sort_url: str
    sorted: bool


@dataclass(frozen=True, slots=True)
class Heatmap:
    wave: Wave | None = None
    waves: list[Tab] = field(default_factory=list)
    headline: str = ""
    key: list[KeyStep] = field(default_factory=list)
    themes: list[ThemeColumn] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unfold_url: str = ""
    fold_url: str = ""


def heatmap(scope: Scope, view: View) -> Heatmap:
    """The rows that are unfolded, of the units that the scope's roles open."""
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    if not waves:
        return Heatmap()
    wave = next((one for one in waves if one.pk == view.wave_id), waves[-1])
    branch = Branch(scope, wave, view)
    earlier = waves[: waves.index(wave)]
    cells = Cells([*earlier[-1:], wave], [unit.unit_id for unit in branch.visible])
    if view.sort:
        branch.sort(cells.values(view.sort))
    return Heatmap(
        wave=wave,
        waves=wave_tabs(waves, wave),
        headline=_headline(cells, branch),
        key=heat_key(1, 5),
        themes=[
            ThemeColumn(theme.name, branch.url(sort=theme.code), view.sort == theme.code)
            for theme in cells.themes
        ],
        rows=[_row(unit, branch, cells) for unit in branch.walk()],
        unfold_url=branch.url(open="all"),
        fold_url=branch.url(open="none"),
    )


class Branch:
    """The units of a wave that the viewer may see, and which of them are unfolded."""

    def __init__(self, scope: Scope, wave: Wave, view: View) -> None:
        self.wave = wave
        self.view = view
        allowed = OrgUnit.objects.visible_to(scope)
        units = list(WaveUnit.objects.filter(wave=wave, unit__in=allowed).order_by("position"))
        by_position = {unit.position: unit for unit in units}
        self.children: defaultdict[int | None, list[WaveUnit]] = defaultdict(list)
        self.depths: dict[int, int] = {}
        for unit in units:
            parent = by_position.get(unit.parent_position) if unit.parent_position is not None else None
            self.children[parent.position if parent else None].append(unit)
            self.depths[unit.position] = self.depths[parent.position] + 1 if parent else 1
        self.visible = list(self.walk())

    def walk(self, above: int | None = None) -> Iterator[WaveUnit]:
        for unit in self.children[above]:
            yield unit
            if self.fold(unit) == "open":
                yield from self.walk(unit.position)

    def fold(self, unit: WaveUnit) -> str:
        if not self.children[unit.position]:
            return ""
        return "open" if self.view.is_open(unit.unit_id, self.depths[unit.position]) else "closed"

    def sort(self, values: dict[int, float]) -> None:
        """Order the units in each layer by a value, highest first, those without one last."""
        for siblings in self.children.values():
            siblings.sort(key=lambda unit: (unit.unit_id not in values, -values.get(unit.unit_id, 0)))

    def fold_url(self, unit: WaveUnit) -> str:
        opened = {one.unit_id for one in self.visible if self.fold(one) == "open"}
        opened ^= {unit.unit_id}
        return self.url(open=",".join(map(str, sorted(opened))) or "none")

    def url(self, **changes: str) -> str:
        opened = ",".join(str(one.unit_id) for one in self.visible if self.fold(one) == "open")
        state = {"wave": str(self.wave.pk), "open": opened or "none", "sort": self.view.sort} | changes
        return "?" + urlencode({key: value for key, value in state.items() if value})


class Cells:
    """Figures of the visible units by theme, with the change since the wave before."""

    def __init__(self, waves: list[Wave], unit_ids: list[int]) -> None:
        self.waves = waves
        self.unit_ids = unit_ids
        self.sheet = queries.sheet(waves, unit_ids)
        self.themes = queries.themes(waves[-1:])

    def of(self, unit_id: int) -> list[Cell]:
        return [self._cell(unit_id, theme) for theme in self.themes]

    def _cell(self, unit_id: int, theme: Theme) -> Cell:
        *before, figure = (self.sheet.index(wave, unit_id, theme.pk) for wave in self.waves)
        if not isinstance(figure, Shown):
            return Cell(figure, 0, None)
        return Cell(figure, heat_step(figure), change(figure, before[0]) if before else None)

    def values(self, theme_code: str) -> dict[int, float]:
        theme = next((one for one in self.themes if one.code == theme_code), None)
        if theme is None:
            return {}
        figures = {unit_id: self.sheet.index(self.waves[-1], unit_id, theme.pk) for unit_id in self.unit_ids}
        return {unit_id: figure.mean for unit_id, figure in figures.items() if isinstance(figure, Shown)}


def _row(unit: WaveUnit, branch: Branch, cells: Cells) -> Row:
    return Row(
        unit_id=unit.unit_id,
        name=unit.name,
        url=reverse("unit", args=[unit.unit_id]) + f"?wave={branch.wave.pk}",
        depth=branch.depths[unit.position],
        fold=branch.fold(unit),
        fold_url=branch.fold_url(unit),
        cells=cells.of(unit.unit_id),
    )


def _headline(cells: Cells, branch: Branch) -> str:
    """One sentence on the top unit: its highest and its lowest theme."""
    if not branch.visible:
        return ""
    top = cells.of(branch.visible[0].unit_id)
    shown = [
        (cell.figure.position, theme.name)
        for theme, cell in zip(cells.themes, top, strict=True)
        if isinstance(cell.figure, Shown)
    ]
    if len(shown) < 2:
        return ""
    return _("Highest: %(best)s. Lowest: %(worst)s.") % {"best": max(shown)[1], "worst": min(shown)[1]}
