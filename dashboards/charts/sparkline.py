from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.line import Frame, path, shown
from results.figures import Figure

LEAST_RANGE = 0.25  # of the scale: one point of five


@dataclass(frozen=True, slots=True)
class Sparkline:
    """In a drawing of 120 × 32."""

    path: str
    end_x: int
    end_y: int


def common_range(rows: Sequence[Sequence[Figure]]) -> tuple[float, float]:
    """One range for all sparklines of a page, so that their slopes can be compared; in parts of the scale."""
    positions = [figure.position for figures in rows for figure in shown(figures)]
    if not positions:
        return 0.0, LEAST_RANGE
    spare = max(0.0, LEAST_RANGE - (max(positions) - min(positions))) / 2
    return min(positions) - spare, max(positions) + spare


def sparkline(figures: Sequence[Figure], common: tuple[float, float]) -> Sparkline | None:
    """None with fewer than two figures: one point is no line."""
    scale = shown(figures)
    if len(scale) < 2:
        return None
    lowest, highest = (
        scale[0].lowest + position * (scale[0].highest - scale[0].lowest) for position in common
    )
    frame = Frame(4, 116, 5, 27, lowest, highest)
    points = frame.points(figures)
    end_x, end_y = next(point for point in reversed(points) if point)
    return Sparkline(path(points), end_x, end_y)
