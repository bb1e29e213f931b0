"""The course of one figure over the waves, beside a reference, with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from dashboards.change import margin
from dashboards.charts.line import Frame, Place, shown, stretches
from results.figures import Figure, Shown

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 36, 376, 14, 158
FEW = 8  # up to this many waves every point has its number
DAYS_NAMED = 5  # below the axis
LEAST_RANGE = 0.5  # of the scale: two points of five


@dataclass(frozen=True, slots=True)
class GridLine:
    y: int
    label: float


@dataclass(frozen=True, slots=True)
class Point:
    """`below`: whether the number stands under the point, out of the way of the reference."""

    x: int
    y: int
    value: float
    below: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Reference:
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class DayMark:
    x: int
    day: date


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The same as text."""

    day: date
    figure: Figure
    reference: Figure | None


@dataclass(frozen=True, slots=True)
class Trend:
    """`band` runs round the line, as wide as the uncertainty of its figures. `rows`: the newest first."""

    title: str
    label: str
    width: int
    height: int
    grid: list[GridLine]
    band: str
    path: str
    points: list[Point]
    reference: Reference | None
    days: list[DayMark]
    rows: list[TrendRow]


def trend(
    title: str,
    days: Sequence[date],
    figures: Sequence[Figure],
    *,
    label: str,
    reference: Sequence[Figure] = (),
    reference_label: str = "",
    common: tuple[float, float] = (0.0, 1.0),
) -> Trend | None:
    """`days` of closing, the oldest first. `common`: range of all trends on a page, in parts of the scale.

    None with fewer than two figures: one point is no line.
    """
    scale = shown(figures)
    if len(scale) < 2:
        return None
    lowest, highest = range_on_scale(scale[0], common)
    frame = Frame(LEFT, RIGHT, TOP, BOTTOM, lowest, highest)
    return Trend(
        title=title,
        label=label,
        width=WIDTH,
        height=HEIGHT,
        grid=[GridLine(frame.y(value), value) for value in _grid(lowest, highest)],
        band=" ".join(_outline(frame, stretch, len(figures)) for stretch in stretches(figures)),
        path=frame.path(figures),
        points=_points(frame, figures, reference),
        reference=Reference(reference_label, frame.path(reference)) if shown(reference) else None,
        days=_days(frame, days),
        rows=_rows(days, figures, reference)[::-1],
    )


def range_on_scale(figure: Shown, common: tuple[float, float]) -> tuple[float, float]:
    """In points, on whole or half ones, within the scale and at least half of it."""
    points = figure.highest - figure.lowest
    step = 0.5 if points <= 4 else 1.0
    steps = round(points / step)
    first, last = max(floor(common[0] * steps), 0), min(ceil(common[1] * steps), steps)
    width = max(last - first, ceil(LEAST_RANGE * steps))
    first = min(max(first - (width - (last - first)) // 2, 0), steps - width)
    return figure.lowest + first * step, figure.lowest + (first + width) * step


def _grid(lowest: float, highest: float) -> list[float]:
    step = 0.5 if highest - lowest < 3 else 1 if highest - lowest <= 5 else 2
    return [lowest + step * number for number in range(int((highest - lowest) / step) + 1)]


def _outline(frame: Frame, stretch: Sequence[Place], places: int) -> str:
    above = [(frame.x(place, places), frame.y(figure.mean + margin(figure))) for place, figure in stretch]
    below = [(frame.x(place, places), frame.y(figure.mean - margin(figure))) for place, figure in stretch]
    return "M" + " L".join(f"{x} {y}" for x, y in [*above, *below[::-1]]) + " Z"


def _points(frame: Frame, figures: Sequence[Figure], reference: Sequence[Figure]) -> list[Point]:
    beside: Sequence[Figure | None] = reference or [None] * len(figures)
    places = [place for place, figure in enumerate(figures) if isinstance(figure, Shown)]
    named = places if len(figures) <= FEW else [places[0], places[-1]]
    return [
        Point(
            x=point[0],
            y=point[1],
            value=figure.mean,
            below=isinstance(other, Shown) and other.mean > figure.mean,
            named=place in named,
        )
        for place, (point, figure, other) in enumerate(
            zip(frame.points(figures), figures, beside, strict=True)
        )
        if point and isinstance(figure, Shown)
    ]


def _days(frame: Frame, days: Sequence[date]) -> list[DayMark]:
    """The first, the last and some between them at equal distances."""
    gaps = min(DAYS_NAMED, len(days)) - 1
    places = sorted({round(number * (len(days) - 1) / gaps) for number in range(gaps + 1)})
    return [DayMark(frame.x(place, len(days)), days[place]) for place in places]


def _rows(days: Sequence[date], figures: Sequence[Figure], reference: Sequence[Figure]) -> list[TrendRow]:
    beside: Sequence[Figure | None] = reference or [None] * len(days)
    return [TrendRow(day, figure, other) for day, figure, other in zip(days, figures, beside, strict=True)]
