"""A figure on its scale with the range in which it lies, and what it is compared with as marks beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from dashboards.change import margin
from results.figures import Figure, Shown

WIDTH, EDGE = 240, 8
STEP = 0.5  # the axis begins and ends on a half point
LEAST_WIDE = 2.0  # points of a scale of five


@dataclass(frozen=True, slots=True)
class Interval:
    """In a drawing of 240 × 32: the range from `low` to `high`, the figure `at`, marks of the others."""

    low: int
    width: int
    at: int
    above: int | None
    whole: int | None


@dataclass(frozen=True, slots=True)
class Axis:
    lowest: float
    highest: float

    def x(self, value: float) -> int:
        part = (value - self.lowest) / (self.highest - self.lowest)
        return round(EDGE + (WIDTH - 2 * EDGE) * min(max(part, 0), 1))

    def interval(self, figure: Figure, above: Figure | None, whole: Figure | None) -> Interval | None:
        if not isinstance(figure, Shown):
            return None
        low, high = (self.x(figure.mean + side * margin(figure)) for side in (-1, 1))
        other = None if whole == above else whole
        return Interval(low, max(high - low, 2), self.x(figure.mean), self._mark(above), self._mark(other))

    def _mark(self, figure: Figure | None) -> int | None:
        return self.x(figure.mean) if isinstance(figure, Shown) else None


def axis_for(figures: Sequence[Figure]) -> Axis:
    """One for all figures of a page on the same scale, so that their places can be compared."""
    shown = [figure for figure in figures if isinstance(figure, Shown)]
    if not shown:
        return Axis(1, 5)
    bottom, top = shown[0].lowest, shown[0].highest
    low = max(floor(min(one.mean - margin(one) for one in shown) / STEP) * STEP, bottom)
    high = min(ceil(max(one.mean + margin(one) for one in shown) / STEP) * STEP, top)
    while high - low < min(LEAST_WIDE, top - bottom):
        low, high = max(low - STEP, bottom), min(high + STEP, top)
    return Axis(low, high)
