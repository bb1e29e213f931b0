"""A figure per month as SVG geometry in whole units, beside that of the whole organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from dashboards.charts.line import Frame, path

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 376, 14, 118
MONTHS_NAMED = 5
LINES = 4


@dataclass(frozen=True, slots=True)
class MonthMark:
    x: int
    month: date


@dataclass(frozen=True, slots=True)
class Level:
    y: int
    value: float


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: date
    value: float | None
    whole: float | None


@dataclass(frozen=True, slots=True)
class MonthChart:
    """`rows`: the same as text, the newest first. `decimals`: of the levels."""

    width: int
    height: int
    levels: list[Level]
    decimals: int
    path: str
    whole: str
    months: list[MonthMark]
    rows: list[MonthRow]

    @property
    def table_decimals(self) -> int:
        return max(self.decimals, 1)


def month_chart(
    months: Sequence[date], values: Mapping[date, float], whole: Mapping[date, float] | None = None
) -> MonthChart | None:
    """`months`: all of them, without gaps. None with fewer than two values: one point is no line."""
    whole = whole or {}
    if len(values) < 2:
        return None
    step, lowest, highest = _range([*values.values(), *whole.values()])
    frame = Frame(LEFT, RIGHT, TOP, BOTTOM, lowest, highest)
    levels = [lowest + step * number for number in range(round((highest - lowest) / step) + 1)]
    return MonthChart(
        width=WIDTH,
        height=HEIGHT,
        levels=[Level(frame.y(level), level) for level in levels],
        decimals=max(-floor(log10(step)), 0),
        path=_path(frame, months, values),
        whole=_path(frame, months, whole),
        months=_marks(frame, months),
        rows=[MonthRow(month, values.get(month), whole.get(month)) for month in reversed(months)],
    )


def _range(values: Sequence[float]) -> tuple[float, float, float]:
    """A round step, and the range that it makes around the values."""
    least, most = min(values), max(values)
    spread = most - least or abs(most) or 1.0
    rough = spread / LINES
    size = 10.0 ** floor(log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough)
    lowest, highest = floor(least / step) * step, ceil(most / step) * step
    return step, lowest, max(highest, lowest + step)


def _path(frame: Frame, months: Sequence[date], values: Mapping[date, float]) -> str:
    """Interrupted where a month has no value."""
    return path(
        (frame.x(place, len(months)), frame.y(values[month])) if month in values else None
        for place, month in enumerate(months)
    )


def _marks(frame: Frame, months: Sequence[date]) -> list[MonthMark]:
    gaps = max(min(MONTHS_NAMED, len(months)) - 1, 1)
    places = sorted({round(number * (len(months) - 1) / gaps) for number in range(gaps + 1)})
    return [MonthMark(frame.x(place, len(months)), months[place]) for place in places]
