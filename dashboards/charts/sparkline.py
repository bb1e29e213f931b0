from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.line import Frame, shown
from results.figures import Figure

LEAST_RANGE = 1.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """In a drawing of 120 × 32."""

    path: str
    end_x: int
    end_y: int


def common_range(rows: Sequence[Sequence[Figure]]) -> tuple[float, float]:
    """One range of values for all sparklines of a page, so that their slopes can be compared."""
    values = [figure.mean for figures in rows for figure in shown(figures)]
    if not values:
        return 0.0, LEAST_RANGE
    spare = max(0.0, LEAST_RANGE - (max(values) - min(values))) / 2
    return min(values) - spare, max(values) + spare


def sparkline(figures: Sequence[Figure], value_range: tuple[float, float]) -> Sparkline | None:
    """None with fewer than two figures: one point is no line."""
    if len(shown(figures)) < 2:
        return None
    frame = Frame(4, 116, 5, 27, *value_range)
    end_x, end_y = [point for point in frame.points(figures) if point][-1]
    return Sparkline(frame.path(figures), end_x, end_y)
