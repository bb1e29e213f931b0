"""The course of one figure over the waves, beside a reference, with the whole scale as y-range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.line import Frame, shown
from results.figures import Figure, Shown

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 372, 20, 155


@dataclass(frozen=True, slots=True)
class GridLine:
    y: int
    label: int


@dataclass(frozen=True, slots=True)
class Point:
    """`below`: whether the number stands under the point, out of the way of the reference."""

    x: int
    y: int
    value: float
    below: bool


@dataclass(frozen=True, slots=True)
class Reference:
    label: str
    path: str
    label_y: int


@dataclass(frozen=True, slots=True)
class WaveMark:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The same as text."""

    wave: str
    figure: Figure
    reference: Figure | None


@dataclass(frozen=True, slots=True)
class Trend:
    title: str
    width: int
    height: int
    grid: list[GridLine]
    path: str
    points: list[Point]
    reference: Reference | None
    waves: list[WaveMark]
    rows: list[TrendRow]


def trend(
    title: str,
    waves: Sequence[str],
    figures: Sequence[Figure],
    reference: Sequence[Figure] = (),
    reference_name: str = "",
) -> Trend | None:
    """`waves` are short labels, the oldest first. None with fewer than two figures."""
    scale = shown(figures)
    if len(scale) < 2:
        return None
    lowest, highest = scale[0].lowest, scale[0].highest
    frame = Frame(LEFT, RIGHT, TOP, BOTTOM, lowest, highest)
    return Trend(
        title=title,
        width=WIDTH,
        height=HEIGHT,
        grid=[GridLine(frame.y(value), value) for value in _grid(lowest, highest)],
        path=frame.path(figures),
        points=_points(frame, figures, reference),
        reference=_reference(frame, figures, reference, reference_name),
        waves=[WaveMark(frame.x(place, len(waves)), label) for place, label in enumerate(waves)],
        rows=_rows(waves, figures, reference),
    )


def _grid(lowest: int, highest: int) -> range:
    return range(lowest, highest + 1, 1 if highest - lowest <= 5 else 2)


def _points(frame: Frame, figures: Sequence[Figure], reference: Sequence[Figure]) -> list[Point]:
    beside: Sequence[Figure | None] = reference or [None] * len(figures)
    return [
        Point(point[0], point[1], figure.mean, isinstance(other, Shown) and other.mean > figure.mean)
        for point, figure, other in zip(frame.points(figures), figures, beside, strict=True)
        if point and isinstance(figure, Shown)
    ]


def _reference(
    frame: Frame, figures: Sequence[Figure], reference: Sequence[Figure], name: str
) -> Reference | None:
    ends = [(other, own) for other, own in zip(reference, figures, strict=False) if isinstance(other, Shown)]
    if not ends:
        return None
    last, own = ends[-1]
    above = not isinstance(own, Shown) or last.mean > own.mean
    return Reference(name, frame.path(reference), frame.y(last.mean) + (-6 if above else 14))


def _rows(waves: Sequence[str], figures: Sequence[Figure], reference: Sequence[Figure]) -> list[TrendRow]:
    beside: Sequence[Figure | None] = reference or [None] * len(waves)
    rows = zip(waves, figures, beside, strict=True)
    return [TrendRow(wave, figure, other) for wave, figure, other in rows]
