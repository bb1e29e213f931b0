"""Lines over waves as SVG geometry in whole units; the templates draw them.

Whole units because a template would write 12.5 as 12,5 in Dutch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from results.figures import Figure, Shown

Point = tuple[int, int]
Place = tuple[int, Shown]  # of a shown figure in the row of waves, from 0


def height(value: float, lowest: float, highest: float, top: int, bottom: int) -> int:
    """Where a value lies between bottom and top; those beyond the frame lie on its edge."""
    if value <= lowest:
        return bottom
    if value >= highest:
        return top
    return round(bottom - (bottom - top) * ((value - lowest) / (highest - lowest)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values lie in a drawing: x by place in the row of waves, y by value."""

    left: int
    right: int
    top: int
    bottom: int
    lowest: float
    highest: float

    def x(self, place: int, places: int) -> int:
        if places == 1:
            return (self.left + self.right) // 2
        return round(self.left + (self.right - self.left) * place / (places - 1))

    def y(self, value: float) -> int:
        return height(value, self.lowest, self.highest, self.top, self.bottom)

    def points(self, figures: Sequence[Figure]) -> list[Point | None]:
        """None where no figure is shown."""
        return [
            (self.x(place, len(figures)), self.y(figure.mean)) if isinstance(figure, Shown) else None
            for place, figure in enumerate(figures)
        ]


def path(points: Iterable[Point | None]) -> str:
    """An SVG path that is interrupted where there is no point."""
    steps = []
    pen = "M"
    for point in points:
        if point:
            steps.append(f"{pen}{point[0]} {point[1]}")
        pen = "L" if point else "M"
    return " ".join(steps)


def shown(figures: Sequence[Figure]) -> list[Shown]:
    return [figure for figure in figures if isinstance(figure, Shown)]


def stretches(figures: Sequence[Figure]) -> Iterator[list[Place]]:
    """The shown figures that follow each other without a gap."""
    for is_shown, places in groupby(enumerate(figures), key=lambda place: isinstance(place[1], Shown)):
        if is_shown:
            yield [(place, figure) for place, figure in places if isinstance(figure, Shown)]
