"""The evidence of a signal as SVG geometry: figures, what was expected of them, the start, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from dashboards.charts.line import Frame
from orgunits.models import ChangeEvent

WIDTH, HEIGHT = 480, 220
LEFT, RIGHT, TOP, BOTTOM = 36, 456, 26, 188
DAYS_NAMED = 4
LINES = 4
STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
SPARE = 0.08  # of the range, above and below


@dataclass(frozen=True, slots=True)
class GridLine:
    y: int
    label: float


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    value: float
    named: bool


@dataclass(frozen=True, slots=True)
class DayMark:
    x: int
    day: date


@dataclass(frozen=True, slots=True)
class EventMark:
    """`number`: as in the list beside the drawing."""

    x: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The same as text; no value where nothing is released."""

    day: date
    value: float | None
    n: int | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """`began`: from where to where the start lies; `start`: where it most likely is."""

    width: int
    height: int
    grid: list[GridLine]
    band: str
    expected: str
    path: str
    dots: list[Dot]
    began: tuple[int, int]
    start: int
    days: list[DayMark]
    events: list[EventMark]
    rows: list[Row]

    @property
    def began_width(self) -> int:
        return self.began[1] - self.began[0]


Point = dict[str, Any]


def drawing(told: dict[str, Any], events: Sequence[ChangeEvent]) -> Drawing | None:
    points: list[Point] = told["points"]
    shown = [point for point in points if "value" in point]
    if len(shown) < 2:
        return None
    frame = _frame(shown)
    places = len(points)

    def x(place: float) -> int:
        return round(LEFT + (RIGHT - LEFT) * place / max(places - 1, 1))

    stretches = _stretches(points)
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        grid=_grid(frame),
        band=" ".join(_outline(frame, x, stretch) for stretch in stretches),
        expected=" ".join(_line(frame, x, stretch, "expected") for stretch in stretches),
        path=" ".join(_line(frame, x, stretch, "value") for stretch in stretches),
        dots=_dots(frame, x, stretches),
        began=(x(told["earliest"] - 0.5), x(told["latest"] + 0.5)),
        start=x(told["start"]),
        days=_days(points, x),
        events=_events(points, events, x),
        rows=[_row(point) for point in reversed(points)],
    )


def _frame(shown: Sequence[Point]) -> Frame:
    values = [point[name] for point in shown for name in ("value", "low", "high")]
    spare = SPARE * max(max(values) - min(values), 0.1)
    return Frame(LEFT, RIGHT, TOP, BOTTOM, min(values) - spare, max(values) + spare)


def _grid(frame: Frame) -> list[GridLine]:
    span = frame.highest - frame.lowest
    step = next(step for step in STEPS if span / step <= LINES + 1)
    first = -(-frame.lowest // step)
    values = [
        round((first + number) * step, 2) for number in range(int((frame.highest - first * step) // step) + 1)
    ]
    return [GridLine(frame.y(value), value) for value in values]


def _stretches(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    """What follows each other without a gap."""
    groups = groupby(enumerate(points), key=lambda place: "value" in place[1])
    return [list(places) for is_shown, places in groups if is_shown]


def _line(frame: Frame, x: Any, stretch: Sequence[tuple[int, Point]], name: str) -> str:
    return "M" + " L".join(f"{x(place)} {frame.y(point[name])}" for place, point in stretch)


def _outline(frame: Frame, x: Any, stretch: Sequence[tuple[int, Point]]) -> str:
    above = [f"{x(place)} {frame.y(point['high'])}" for place, point in stretch]
    below = [f"{x(place)} {frame.y(point['low'])}" for place, point in stretch]
    return "M" + " L".join([*above, *below[::-1]]) + " Z"


def _dots(frame: Frame, x: Any, stretches: Sequence[Sequence[tuple[int, Point]]]) -> list[Dot]:
    every = [pair for stretch in stretches for pair in stretch]
    named = {every[0][0], every[-1][0]}
    return [Dot(x(place), frame.y(point["value"]), point["value"], place in named) for place, point in every]


def _days(points: Sequence[Point], x: Any) -> list[DayMark]:
    gaps = min(DAYS_NAMED, len(points)) - 1
    places = sorted({round(number * (len(points) - 1) / gaps) for number in range(gaps + 1)})
    return [DayMark(x(place), date.fromisoformat(points[place]["day"])) for place in places]


def _events(points: Sequence[Point], events: Sequence[ChangeEvent], x: Any) -> list[EventMark]:
    """Between the waves that they fell between."""
    days = [date.fromisoformat(point["day"]) for point in points]
    found = []
    for number, event in enumerate(events, start=1):
        after = sum(day < event.on for day in days)
        place = min(max(after - 0.5, 0), len(days) - 1)
        found.append(EventMark(x(place), number, event.name))
    return found


def _row(point: Point) -> Row:
    day = date.fromisoformat(point["day"])
    return Row(day, point.get("value"), point.get("n"), point.get("low"), point.get("high"))
