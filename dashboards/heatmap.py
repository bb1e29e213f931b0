"""The organisation at a glance: units down, themes across, folded by layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlencode

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.change import Change, change, margin_between
from dashboards.charts.heat import KeyStep, heat_key, heat_step
from dashboards.tabs import Tab, wave_tabs
from dashboards.timeline import Timeline, timeline
from orgunits.access import Scope
from results import queries
from results.figures import Figure, Shown
from surveys.models import Theme, Wave, WaveUnit

WAVES = 27  # two years of a wave every four weeks
USUAL = (1, 5)  # the scale of most questions, and of the key
HEADLINE_LAYERS = 2  # whose changes the sentence on top may name
STRICTER = 1.5  # times the margin for that sentence, since the largest of many changes is often chance


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
    """`scale` names the ends of a scale that is not the usual one."""

    name: str
    scale: str
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
    sorted: bool = False
    tree_url: str = ""
    unfold_url: str = ""
    fold_url: str = ""


def heatmap(scope: Scope, view: View) -> Heatmap:
    """The rows that are unfolded, of the units that the scope's roles open."""
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    if not waves:
        return Heatmap()
    times = timeline(waves, view.wave_id)
    branch = Branch(scope, times.wave, view)
    cells = Cells(times, [unit.unit_id for unit in branch.visible])
    headline = _headline(cells, branch)
    if view.sort:
        branch.sort(cells.values(view.sort))
    return Heatmap(
        wave=times.wave,
        waves=wave_tabs(waves, times.wave),
        headline=headline,
        key=heat_key(*USUAL),
        themes=[
            ThemeColumn(theme.name, cells.scale(theme), branch.url(sort=theme.code), view.sort == theme.code)
            for theme in cells.themes
        ],
        rows=[_row(unit, branch, cells) for unit in branch.walk()],
        sorted=any(theme.code == view.sort for theme in cells.themes),
        tree_url=branch.url(sort=""),
        unfold_url=branch.url(open="all"),
        fold_url=branch.url(open="none"),
    )


class Branch:
    """The units of a wave that the viewer may see, and which of them are unfolded."""

    def __init__(self, scope: Scope, wave: Wave, view: View) -> None:
        self.wave = wave
        self.view = view
        allowed = scope.units()
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

    def layer(self, unit: WaveUnit) -> int:
        """From 1, the top."""
        return self.depths[unit.position]

    def fold(self, unit: WaveUnit) -> str:
        if not self.children[unit.position]:
            return ""
        return "open" if self.view.is_open(unit.unit_id, self.layer(unit)) else "closed"

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


@dataclass(frozen=True, slots=True)
class Move:
    """How a unit's theme changed; `weight` makes moves on different scales comparable."""

    theme: Theme
    unit_id: int
    before: float
    now: float
    weight: float


class Cells:
    """Figures of the visible units by theme, with the change since the wave before."""

    def __init__(self, times: Timeline, unit_ids: list[int]) -> None:
        self.times = times
        self.unit_ids = unit_ids
        compared = [wave for wave in (times.year_before, times.before, times.wave) if wave]
        self.sheet = queries.sheet(compared, unit_ids)
        self.themes = queries.themes([times.wave])

    def of(self, unit_id: int) -> list[Cell]:
        return [self._cell(unit_id, theme) for theme in self.themes]

    def figure(self, wave: Wave, unit_id: int, theme: Theme) -> Figure:
        return self.sheet.index(wave, unit_id, theme.pk)

    def _cell(self, unit_id: int, theme: Theme) -> Cell:
        figure = self.figure(self.times.wave, unit_id, theme)
        if not isinstance(figure, Shown):
            return Cell(figure, 0, None)
        before = self.times.before and self.figure(self.times.before, unit_id, theme)
        return Cell(figure, heat_step(figure), change(figure, before) if before else None)

    def values(self, theme_code: str) -> dict[int, float]:
        theme = next((one for one in self.themes if one.code == theme_code), None)
        if theme is None:
            return {}
        figures = {unit_id: self.figure(self.times.wave, unit_id, theme) for unit_id in self.unit_ids}
        return {unit_id: figure.mean for unit_id, figure in figures.items() if isinstance(figure, Shown)}

    def scale(self, theme: Theme) -> str:
        asked = next(one for one in queries.questions(self.times.wave) if one.theme_id == theme.pk)
        return "" if (asked.lowest, asked.highest) == USUAL else f"{asked.lowest}–{asked.highest}"

    def largest_move(self, since: Wave, unit_ids: list[int]) -> Move | None:
        """Of the changes in these units that are much larger than chance would easily give."""
        cells = product(unit_ids, self.themes)
        moves = filter(None, (self._move(since, unit_id, theme) for unit_id, theme in cells))
        return max(moves, key=lambda move: move.weight, default=None)

    def _move(self, since: Wave, unit_id: int, theme: Theme) -> Move | None:
        before, now = (self.figure(wave, unit_id, theme) for wave in (since, self.times.wave))
        if not (isinstance(before, Shown) and isinstance(now, Shown) and now.highest == before.highest):
            return None
        size = abs(now.mean - before.mean)
        if size < STRICTER * margin_between(now, before):
            return None
        return Move(theme, unit_id, before.mean, now.mean, size / (now.highest - now.lowest))


def _row(unit: WaveUnit, branch: Branch, cells: Cells) -> Row:
    return Row(
        unit_id=unit.unit_id,
        name=unit.name,
        url=reverse("unit", args=[unit.unit_id]) + f"?wave={branch.wave.pk}",
        depth=branch.layer(unit),
        fold=branch.fold(unit),
        fold_url=branch.fold_url(unit),
        cells=cells.of(unit.unit_id),
    )


def _headline(cells: Cells, branch: Branch) -> str:
    return " ".join(filter(None, (_ends(cells, branch), _largest_change(cells, branch))))


def _ends(cells: Cells, branch: Branch) -> str:
    """The highest and the lowest theme of the top unit."""
    top = cells.of(branch.visible[0].unit_id) if branch.visible else []
    shown = [
        (cell.figure.position, theme.name, floatformat(cell.figure.mean, 1))
        for theme, cell in zip(cells.themes, top, strict=False)
        if isinstance(cell.figure, Shown) and not cells.scale(theme)
    ]
    if len(shown) < 2:
        return ""
    (_high, best, most), (_low, worst, least) = max(shown), min(shown)
    return _("Highest: %(best)s (%(most)s). Lowest: %(worst)s (%(least)s).") % {
        "best": best,
        "most": most,
        "worst": worst,
        "least": least,
    }


def _largest_change(cells: Cells, branch: Branch) -> str:
    since = cells.times.year_before or cells.times.before
    units = {unit.unit_id: unit.name for unit in branch.visible if branch.layer(unit) <= HEADLINE_LAYERS}
    move = since and cells.largest_move(since, list(units))
    if not move:
        return ""
    sentence = (
        _("Largest change in a year: %(theme)s in %(unit)s, from %(before)s to %(now)s.")
        if cells.times.year_before
        else _("Largest change since the wave before: %(theme)s in %(unit)s, from %(before)s to %(now)s.")
    )
    return sentence % {
        "theme": move.theme.name,
        "unit": units[move.unit_id],
        "before": floatformat(move.before, 1),
        "now": floatformat(move.now, 1),
    }
