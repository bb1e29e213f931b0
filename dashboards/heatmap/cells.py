"""Figures of units by theme, in the metric that the reader chose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from dashboards.change import Change, change, margin_between
from dashboards.charts.heat import MIDDLE, difference_step, heat_step, share_step
from dashboards.heatmap.view import Metric
from dashboards.rounding import in_this_language, with_one_decimal
from dashboards.timeline import Timeline
from results import queries
from results.figures import Figure, Reason, Shown
from results.themes import ThemeSheet, theme_sheet
from surveys.models import Theme, Wave

USUAL = (1, 5)  # the scale of most questions, and of the key
STRICTER = (
    1.5  # times the margin for what the sentence on top names: the largest of many changes is often chance
)

SIGNS = {"up": "+", "down": "−", "same": ""}

Marks = Mapping[tuple[int, int], str]  # (unit, theme) → the address of the weightiest signal there


class Cell(NamedTuple):
    """`step`: the colour, 0 without one. `value`: what it is sorted by. `mark`: the address of a signal.

    `text` is empty where nothing is shown: `hidden` to keep people anonymous, or else not asked or compared.
    """

    figure: Figure
    text: str
    step: int = 0
    value: float | None = None
    change: Change | None = None
    mark: str = ""
    hidden: bool = False

    @property
    def arrow(self) -> str:
        return self.change.direction if self.change and self.change.clear else ""


@dataclass(frozen=True, slots=True)
class Move:
    """How a unit's theme changed; `weight` makes moves on different scales comparable."""

    theme: Theme
    unit_id: int
    before: float
    now: float
    weight: float


class Cells:
    """With the change since the wave before; against `whole`, the unit of the organisation itself.

    `heads`: the units whose change in a year is looked at.
    """

    def __init__(
        self,
        times: Timeline,
        unit_ids: Collection[int],
        heads: Collection[int],
        whole: int | None,
        metric: Metric,
    ) -> None:
        self.unit_ids = unit_ids
        self.whole = whole
        self.metric = metric
        self.wave, self.before, self.year_before = times.wave, times.before, times.year_before
        self.waves = list(dict.fromkeys(filter(None, (self.year_before, self.before, self.wave))))
        self.sheet = self._read(unit_ids, heads)
        self.themes = queries.themes([self.wave])
        self.marks: Marks = {}
        self._cells: dict[tuple[int, int], Cell] = {}
        self._written = in_this_language()

    def _read(self, unit_ids: Collection[int], heads: Collection[int]) -> ThemeSheet:
        queries.with_questions(self.waves)
        compared = [wave for wave in (self.before, self.wave) if wave]
        wanted = {*unit_ids, self.whole} if self.whole is not None else set(unit_ids)
        earlier = (self.year_before, heads) if self.year_before and self.year_before not in compared else None
        return theme_sheet(compared, wanted, earlier=earlier, all_asked=True)

    def of(self, unit_id: int) -> list[Cell]:
        return [self.cell(unit_id, theme) for theme in self.themes]

    def figure(self, wave: Wave, unit_id: int, theme: Theme) -> Figure:
        return self.sheet.index(wave, unit_id, theme.id)

    def cell(self, unit_id: int, theme: Theme) -> Cell:
        key = unit_id, theme.id
        if key not in self._cells:
            self._cells[key] = self._cell(unit_id, theme)
        return self._cells[key]

    def _cell(self, unit_id: int, theme: Theme) -> Cell:
        figure = self.figure(self.wave, unit_id, theme)
        mark = self.marks.get((unit_id, theme.id), "")
        if not isinstance(figure, Shown):
            return Cell(figure, "", mark=mark, hidden=figure.reason is Reason.TOO_FEW)
        moved = change(figure, self.figure(self.before, unit_id, theme)) if self.before else None
        if self.metric is Metric.CHANGE:
            return _difference(figure, moved, mark)
        if self.metric is Metric.GAP:
            return _difference(figure, self._gap(figure, unit_id, theme), mark)
        if self.metric is Metric.FAVOURABLE:
            return _favourable(figure, moved, mark)
        return mean_cell(figure, moved, mark, written=self._written)

    def _gap(self, figure: Shown, unit_id: int, theme: Theme) -> Change | None:
        if self.whole is None or unit_id == self.whole:
            return None
        return change(figure, self.figure(self.wave, self.whole, theme))

    def values(self, theme_code: str) -> dict[int, float]:
        theme = next((one for one in self.themes if one.code == theme_code), None)
        if theme is None:
            return {}
        cells = {unit_id: self.cell(unit_id, theme) for unit_id in self.unit_ids}
        return {unit_id: cell.value for unit_id, cell in cells.items() if cell.value is not None}

    @cached_property
    def scales(self) -> dict[int, str]:
        """By theme, the ends of a scale that is not the usual one."""
        asked = {one.theme_id: (one.lowest, one.highest) for one in queries.questions(self.wave)[::-1]}
        return {theme_id: "–".join(map(str, ends)) for theme_id, ends in asked.items() if ends != USUAL}

    def largest_move(self, since: Wave, unit_ids: Collection[int]) -> Move | None:
        """Of the changes in these units that are much larger than chance would easily give."""
        moves = (self._move(since, unit_id, theme) for unit_id in unit_ids for theme in self.themes)
        return max(filter(None, moves), key=lambda move: move.weight, default=None)

    def _move(self, since: Wave, unit_id: int, theme: Theme) -> Move | None:
        before, now = (self.figure(wave, unit_id, theme) for wave in (since, self.wave))
        if not (isinstance(before, Shown) and isinstance(now, Shown) and now.highest == before.highest):
            return None
        size = abs(now.mean - before.mean)
        if size < STRICTER * margin_between(now, before):
            return None
        return Move(theme, unit_id, before.mean, now.mean, size / (now.highest - now.lowest))


def mean_cell(
    figure: Shown,
    moved: Change | None,
    mark: str = "",
    *,
    written: Callable[[float], str] = with_one_decimal,
) -> Cell:
    return Cell(figure, written(figure.mean), heat_step(figure), figure.mean, moved, mark)


def _favourable(figure: Shown, moved: Change | None, mark: str) -> Cell:
    if figure.shares is None:
        return Cell(figure, "", mark=mark, hidden=True)
    share = figure.shares.favourable
    return Cell(figure, f"{round(share)}%", share_step(share), share, moved, mark)


def _difference(figure: Shown, found: Change | None, mark: str) -> Cell:
    """Colour only for what is more than chance: a heatmap of differences would else be one of noise."""
    if found is None:
        return Cell(figure, "", mark=mark)
    signed = found.size if found.direction == "up" else -found.size
    step = difference_step(signed / (figure.highest - figure.lowest)) if found.clear else MIDDLE
    text = SIGNS[found.direction] + with_one_decimal(found.size)
    return Cell(figure, text, step, signed, mark=mark)
