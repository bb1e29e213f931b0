"""A small line on a real time axis, drawn beside others with the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.change import margin
from results.figures import Figure, Shown

WIDTH, HEIGHT = 240, 84
LEFT, RIGHT, TOP, BOTTOM = 4, 232, 6, 78

Dated = tuple[datetime, Figure]


@dataclass(frozen=True, slots=True)
class Axes:
    """What all lines of a row share: time from left to right, points of the scale from bottom to top."""

    first: datetime
    last: datetime
    lowest: float
    highest: float

    def x(self, moment: datetime) -> int:
        whole = (self.last - self.first).total_seconds() or 1
        return round(LEFT + (RIGHT - LEFT) * (moment - self.first).total_seconds() / whole)

    def y(self, value: float) -> int:
        part = (min(max(value, self.lowest), self.highest) - self.lowest) / (self.highest - self.lowest)
        return round(BOTTOM - (BOTTOM - TOP) * part)


@dataclass(frozen=True, slots=True)
class SmallLine:
    """SVG paths in a drawing of 240 × 84; interrupted where a figure is withheld."""

    band: str
    path: str
    reference: str
    end_x: int
    end_y: int


def small_line(axes: Axes, figures: Sequence[Dated], reference: Sequence[Dated]) -> SmallLine | None:
    shown = [(moment, figure) for moment, figure in figures if isinstance(figure, Shown)]
    if not shown:
        return None
    end, last = shown[-1]
    return SmallLine(
        band=" ".join(_outline(axes, stretch) for stretch in _stretches(figures) if len(stretch) > 1),
        path=_path(axes, figures),
        reference=_path(axes, reference),
        end_x=axes.x(end),
        end_y=axes.y(last.mean),
    )


def _path(axes: Axes, figures: Sequence[Dated]) -> str:
    lines = (
        " L".join(f"{axes.x(moment)} {axes.y(figure.mean)}" for moment, figure in stretch)
        for stretch in _stretches(figures)
    )
    return " ".join(f"M{line}" for line in lines)


def _outline(axes: Axes, stretch: Sequence[tuple[datetime, Shown]]) -> str:
    above, below = (
        [f"{axes.x(moment)} {axes.y(one.mean + side * margin(one))}" for moment, one in stretch]
        for side in (1, -1)
    )
    return "M" + " L".join([*above, *below[::-1]]) + " Z"


def _stretches(figures: Sequence[Dated]) -> list[list[tuple[datetime, Shown]]]:
    stretches: list[list[tuple[datetime, Shown]]] = [[]]
    for moment, figure in figures:
        if isinstance(figure, Shown):
            stretches[-1].append((moment, figure))
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]
