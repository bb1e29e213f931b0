"""A small line on a real time axis, drawn beside others with the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.change import margin
from dashboards.charts.line import height
from results.figures import Figure, Shown

WIDTH, HEIGHT = 240, 84
LEFT, RIGHT, TOP, BOTTOM = 4, 232, 6, 78
ALONE = 4  # half the width of the uncertainty round a figure without neighbours
TICK = 16  # and of what it is compared with

Dated = tuple[datetime, Figure]
Stretch = list[tuple[int, Shown]]  # x and the figure there


@dataclass(frozen=True, slots=True)
class Axes:
    """What all lines of a row share: time from left to right, points of the scale from bottom to top."""

    first: datetime
    last: datetime
    lowest: float
    highest: float

    def x(self, moment: datetime) -> int:
        whole = self.last - self.first
        part = (moment - self.first) / whole if whole else 0.5
        return round(LEFT + (RIGHT - LEFT) * part)

    def y(self, value: float) -> int:
        return height(value, self.lowest, self.highest, TOP, BOTTOM)


@dataclass(frozen=True, slots=True)
class SmallLine:
    """SVG paths in a drawing of 240 × 84; interrupted where a figure is withheld."""

    band: str
    path: str
    end_x: int
    end_y: int


def small_line(axes: Axes, figures: Sequence[Dated]) -> SmallLine | None:
    stretches = _stretches(axes, figures)
    if not stretches:
        return None
    end_x, last = stretches[-1][-1]
    return SmallLine(
        band=" ".join(_outline(axes, stretch) for stretch in stretches),
        path=_path(axes, stretches, reach=0),
        end_x=end_x,
        end_y=axes.y(last.mean),
    )


def reference_line(axes: Axes, figures: Sequence[Dated]) -> str:
    """The path of what the lines of a row are compared with: the same for all of them."""
    return _path(axes, _stretches(axes, figures), reach=TICK)


def _path(axes: Axes, stretches: Sequence[Stretch], *, reach: int) -> str:
    """`reach`: to either side of a figure without neighbours; with none, its round ends make it a point."""
    return " ".join(
        "M" + " L".join([f"{x} {axes.y(figure.mean)}" for x, figure in _places(stretch, reach)])
        for stretch in stretches
    )


def _outline(axes: Axes, stretch: Stretch) -> str:
    above, below = [], []
    for x, one in _places(stretch, ALONE):
        half = margin(one)
        above.append(f"{x} {axes.y(one.mean + half)}")
        below.append(f"{x} {axes.y(one.mean - half)}")
    return "M" + " L".join([*above, *below[::-1]]) + " Z"


def _places(stretch: Stretch, reach: int) -> Stretch:
    if len(stretch) > 1:
        return stretch
    [(x, figure)] = stretch
    return [(x - reach, figure), (x + reach, figure)]


def _stretches(axes: Axes, figures: Sequence[Dated]) -> list[Stretch]:
    stretches: list[Stretch] = [[]]
    for moment, figure in figures:
        if isinstance(figure, Shown):
            stretches[-1].append((axes.x(moment), figure))
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]
